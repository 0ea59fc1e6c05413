"""Settings and commands stand in deploy/README.md, each domain's words in its own."""

from pathlib import Path

import pytest
import typer

from forum.cli import cli
from forum.settings import PREFIX, Settings

ROOT = Path(__file__).parent.parent
DEPLOY = (ROOT / "deploy" / "README.md").read_text()


@pytest.mark.parametrize("name", Settings.model_fields)
def test_each_setting_is_documented(name: str) -> None:
    assert f"`{PREFIX}{name.upper()}`" in DEPLOY
    assert Settings.model_fields[name].description


def _commands() -> list[str]:
    top = typer.main.get_command(cli)
    found = []
    for name, command in top.commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", None)
        found += [f"{name} {child}" for child in below] if below else [name]
    return found


@pytest.mark.parametrize("name", _commands())
def test_each_command_is_documented(name: str) -> None:
    assert f"`handrail {name}" in DEPLOY
