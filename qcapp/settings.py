"""Every setting of the product, typed, read from the environment (``QCAPP_…``)."""

import os
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Read once at start; a wrong value stops the start with a sentence that names the variable.

    Secrets may be given as files: ``qcapp_secret_key`` etc. in a folder that ``QCAPP_SECRETS_DIR`` names.
    """

    model_config = SettingsConfigDict(
        env_prefix="QCAPP_", extra="ignore", secrets_dir=os.environ.get("QCAPP_SECRETS_DIR")
    )

    data_dir: Path = Field(default=Path("var"), description="database, queue, files and model of one machine")
    database_url: str = Field(default="", description="SQLAlchemy URL; empty: SQLite in the data folder")
    queue_url: str = Field(
        default="", description="postgresql://… or redis://…; empty: SQLite in the data folder"
    )
    storage_url: str = Field(
        default="", description="s3://bucket/prefix or a folder; empty: files/ in the data folder"
    )
    secret_key: SecretStr = Field(
        default=SecretStr(""), description="signs cookies; empty: made once in the data folder"
    )

    audit_key: SecretStr = Field(
        default=SecretStr(""),
        description="seals the audit log, the same on all hosts; empty: made once in the data folder",
    )

    timezone: str = Field(default="Europe/Moscow", description="in which pages show times")
    locale: str = Field(
        default="ru", pattern="^(ru|en)$", description="language when the person has chosen none"
    )
    company: str = Field(default="", description="shown in the header, given to the recogniser as vocabulary")
    vocabulary: str = Field(
        default="", description="names of products and people, comma separated, for the recogniser"
    )

    whisper_model: str = Field(
        default="", description="path or name of a model; empty: the embedded base model"
    )
    language: str = Field(default="ru", description="language of the calls; auto: detect")
    workers: int = Field(default=0, ge=0, description="transcription processes; 0: one per core")
    max_attempts: int = Field(default=3, ge=1, description="tries before a transcription counts as failed")
    lease_s: int = Field(
        default=120,
        ge=1,
        le=86_400,
        description="seconds a worker may be silent before its call is taken over",
    )

    max_upload_mb: int = Field(default=2048, ge=1, description="largest request that is accepted")
    watch_dir: Path | None = Field(default=None, description="folder whose new recordings are imported")
    watch_source: str = Field(default="watched", description="name of the source of that folder")
    watch_timezone: str = Field(default="", description="time zone of file names and CDR in that folder")

    dispute_hours: int = Field(
        default=48, ge=0, description="hours after publishing in which a manager may dispute; 0: never"
    )
    enough_reviews: int = Field(
        default=5, ge=1, description="reviews below which an average is not shown (too few calls)"
    )
    claim_limit: int = Field(default=3, ge=1, description="calls a reviewer may hold unfinished at once")
    recall_days: int = Field(default=2, ge=0, description="days in which a lost client is called again")

    webhook_url: str = Field(
        default="",
        description="address of the CRM that is told who is cleared for hot leads; empty: nobody is told",
    )
    webhook_secret: SecretStr = Field(default=SecretStr(""), description="signs what is sent there")

    public_url: str = Field(default="", description="address of the product, for links in e-mails")
    smtp_url: SecretStr = Field(
        default=SecretStr(""), description="smtp://user:password@host:587 or smtps://…; empty: no e-mail"
    )
    mail_from: str = Field(default="", description="sender of e-mails, such as QC <qc@example.com>")

    secure_cookies: bool = Field(default=False, description="set when served over https")
    proxies: int = Field(
        default=0, ge=0, description="reverse proxies in front, whose X-Forwarded-… are believed"
    )
    session_days: int = Field(default=14, ge=1, description="days a login lasts")

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"{value!r} is no time zone; write a name such as Europe/Moscow") from error
        return value

    @field_validator("webhook_url")
    @classmethod
    def _reachable(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname):
            raise ValueError(f"{value!r} is no http:// or https:// address")
        return value

    @model_validator(mode="after")
    def _signed(self) -> Self:
        if self.webhook_url and not self.webhook_secret.get_secret_value():
            raise ValueError("with QCAPP_WEBHOOK_URL, QCAPP_WEBHOOK_SECRET is needed as well")
        return self

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.lease_s)

    @property
    def sqlalchemy_url(self) -> str:
        """The URL with the driver the product uses."""
        if not self.database_url:
            return f"sqlite:///{self.data_dir.resolve() / 'qcapp.sqlite3'}"
        return with_driver(self.database_url)

    @property
    def storage_location(self) -> str:
        return self.storage_url or str(self.data_dir.resolve() / "files")


def with_driver(url: str) -> str:
    """A database's URL as people write it, with the driver the product uses."""
    for plain in ("postgresql://", "postgres://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    return url
