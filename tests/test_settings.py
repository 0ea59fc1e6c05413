"""Settings: read once, frozen; a bad value stops the start and names itself."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from forum.errors import BadSettings
from forum.settings import Settings, load_settings


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("PUBLIC_URL", "http://people.example", "https"),
        ("PUBLIC_URL", "people.example", "scheme and host"),
        ("PUBLIC_URL", "https://people.example/forum", "scheme and host"),
        ("PORT", "many", "integer"),
        ("PORT", "70000", "65535"),
        ("LEAVE_URL", "javascript:alert(1)", "whole address"),
        ("LEAVE_URL", "http://plain.example", "whole address"),
        ("DATABASE_URL", "mysql://x", "sqlite:///"),
        ("BROKER_URL", "http://x", "redis://"),
        ("SECRET_KEY", "short", "32 characters"),
        ("MINIMUM_AGE", "7", "13"),
        ("TIMEZONE", "Mars/Olympus", "time zone"),
        ("SCREENING_DEADLINE_SECONDS", "0", "greater than 0"),
        ("LOG_LEVEL", "loud", "info"),
        ("DEMO", "perhaps", "boolean"),
    ],
)
def test_a_bad_value_names_itself(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(f"HANDRAIL_{name}", value)
    with pytest.raises(BadSettings) as caught:
        load_settings()
    assert f"HANDRAIL_{name}: " in str(caught.value)
    assert told in str(caught.value)


def test_every_bad_value_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDRAIL_PORT", "x")
    monkeypatch.setenv("HANDRAIL_MINIMUM_AGE", "7")
    with pytest.raises(BadSettings) as caught:
        load_settings()
    assert len(caught.value.problems) == 2


def test_a_secret_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDRAIL_SECRET_KEY", "s3cret")
    with pytest.raises(BadSettings) as caught:
        load_settings()
    assert "s3cret" not in str(caught.value)
    assert "k" * 40 not in repr(Settings(secret_key="k" * 40))  # type: ignore[arg-type]


def test_settings_do_not_change() -> None:
    settings = Settings()
    with pytest.raises(ValidationError):
        settings.port = 1  # type: ignore[misc]


def test_the_database_lies_in_the_data_folder_unless_told(tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path).database == f"sqlite:///{tmp_path}/handrail.db"
    assert Settings(database_url="sqlite:///x.db").database == "sqlite:///x.db"
