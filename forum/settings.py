"""Every setting of a Handrail: its name, default, unit and one line of help."""

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from forum.errors import BadSettings

PREFIX = "HANDRAIL_"
LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}
DATABASES = ("sqlite", "postgresql")


class Settings(BaseSettings):
    """The settings of one installation, read once from `HANDRAIL_*` and frozen."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    site_name: str = Field("Handrail", min_length=1, max_length=60, description="Name of the site.")
    public_url: str = Field(
        "http://localhost:8000",
        description="Address people type, scheme and host; https everywhere but on this machine.",
    )
    host: str = Field("127.0.0.1", description="Address the server listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port the server listens on.")
    forwarded_allow_ips: str = Field(
        "127.0.0.1", description="Proxies whose X-Forwarded-* headers are believed."
    )
    data_dir: Path = Field(
        Path("data"), description="Folder of the database, the secret key and imported models."
    )
    database_url: str = Field(
        "", description="sqlite:///path or postgresql://…; empty: handrail.db in the data folder."
    )
    broker_url: str = Field(
        "", description="redis://… carries live hints between processes; empty: none is needed."
    )
    secret_key: SecretStr = Field(
        SecretStr(""),
        description="At least 32 characters that sign forms; empty: made once in the data folder.",
    )
    leave_url: str = Field(
        "https://www.wikipedia.org/",
        description="Harmless site that Leave this page opens; one that people here often visit.",
    )
    minimum_age: int = Field(18, ge=13, le=21, description="Years a member must have lived.")
    session_days: int = Field(30, ge=1, le=365, description="Days a sign-in lasts.")
    screening: Literal["full", "light"] = Field(
        "full", description="full: rules and trained ear; light: no encoder, for a small machine."
    )
    screening_deadline_seconds: float = Field(
        2.0, gt=0, le=30, description="Seconds the screening model may take before rules decide."
    )
    screening_learns: bool = Field(
        False,
        description="Keeps moderators' decisions about heard texts, so that `adapt` can use them.",
    )
    rules_dir: Path | None = Field(
        None, description="Folder of rules of your own, beside the packaged ones; empty: none."
    )
    timezone: str = Field("UTC", description="Time zone of times shown without JavaScript.")
    smtp_url: SecretStr = Field(
        SecretStr(""), description="smtp://user:password@host:port for mail; empty: no mail."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least weight a log line must have."
    )
    metrics_token: SecretStr = Field(
        SecretStr(""), description="Bearer token that opens /metrics; empty: /metrics is closed."
    )
    demo: bool = Field(False, description="Shows the demo banner; people on it are invented.")

    @field_validator("public_url")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
            raise ValueError("give scheme and host only, such as https://example.org")
        if parts.scheme == "http" and parts.hostname not in LOCAL_HOSTS:
            raise ValueError("people's words must travel encrypted: use https://")
        return value.rstrip("/")

    @field_validator("leave_url")
    @classmethod
    def _harmless(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme != "https" or not parts.hostname:
            raise ValueError("give a whole address, such as https://www.wikipedia.org/")
        return value

    @field_validator("rules_dir", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return value or None

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in DATABASES:
            raise ValueError("it must start with sqlite:/// or postgresql://")
        return value

    @field_validator("broker_url")
    @classmethod
    def _broker(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in ("redis", "rediss", "unix"):
            raise ValueError("it must start with redis://, rediss:// or unix://")
        return value

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < 32:
            raise ValueError("it must have at least 32 characters")
        return value

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError("no such time zone; Europe/Berlin is one") from error
        return value

    @property
    def is_secure(self) -> bool:
        """Whether people reach this site over https."""
        return self.public_url.startswith("https://")

    @property
    def database(self) -> str:
        """The database's address, with the default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir / 'handrail.db'}"


def load_settings(**overrides: object) -> Settings:
    """Read the settings from the environment; `overrides` win.

    Raises BadSettings, whose text names each wrong setting and says what is wrong with it.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # checked by pydantic itself
    except ValidationError as error:
        raise BadSettings([_plain(one["loc"], one["msg"]) for one in error.errors()]) from error


def _plain(where: tuple[int | str, ...], message: str) -> str:
    name = PREFIX + "_".join(str(part) for part in where).upper()
    return f"{name}: {message.removeprefix('Value error, ')}"
