"""What an operator types about the second opinion."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from forum.screening.hostility import engine, weights
from forum.screening.hostility.weights import Unfit
from forum.screening_cli import screening_commands
from tests.screening.hostility.children import command


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Its data folder; the extra is installed."""
    monkeypatch.setenv("HANDRAIL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(weights, "MODULES", ("json",))
    return tmp_path / "data"


@pytest.fixture
def brought(tmp_path: Path) -> list[str]:
    """A checkpoint and a folder that the fake child takes for good ones."""
    (tmp_path / "toxic.ckpt").write_bytes(b"weights")
    (tmp_path / "config.json").write_text("{}")
    return [str(tmp_path / "toxic.ckpt"), str(tmp_path)]


def run(*arguments: str) -> tuple[int, str]:
    ended = CliRunner().invoke(screening_commands, ["detoxify", *arguments])
    if isinstance(ended.exception, Unfit):
        raise ended.exception
    return ended.exit_code, ended.output


def with_child(monkeypatch: pytest.MonkeyPatch, greeting: str) -> None:
    monkeypatch.setattr(
        engine, "prove", lambda folder, prove=engine.prove: prove(folder, command=command(greeting))
    )


def test_each_state_says_what_to_do(
    installation: Path, brought: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with_child(monkeypatch, "well")
    code, said = run("status")
    assert code == 1
    assert "weights missing" in said
    assert "handrail screening detoxify import CHECKPOINT FOLDER" in said

    code, said = run("import", *brought)
    assert code == 0
    assert "insult" in said
    assert "started anew" in said
    assert run("status") == (0, "detoxify: ready\n")

    (weights.home(installation) / "config.json").write_text("{ }")
    code, said = run("status")
    assert code == 1
    assert "hash differs" in said

    monkeypatch.setattr(weights, "MODULES", ("no_such_module",))
    code, said = run("status")
    assert code == 1
    assert "extra missing" in said
    assert "pip install" in said


def test_an_import_without_the_extra_names_it(
    brought: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "MODULES", ("no_such_module",))
    with pytest.raises(Unfit, match="pip install torch"):
        run("import", *brought)


def test_refused_weights_are_told_and_not_kept(
    brought: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with_child(monkeypatch, "refusing")
    with pytest.raises(Unfit, match="A tensor is missing"):
        run("import", *brought)
    assert run("status")[0] == 1
