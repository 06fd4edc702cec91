"""What an operator may choose, checked when the program starts.

Sources, strongest first: options of the command, the environment (ALLTID_PORT=9000 and so on),
the settings file (alltid.toml, or what ALLTID_SETTINGS names), the defaults.
docs/configuration.md explains every field.
"""

from __future__ import annotations

import difflib
import os
import secrets
import tomllib
from datetime import UTC
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from alltid.assistant.tools.declared import DeclaredLimits, DeclaredTools
from alltid.dispatch.callback_slots import opening_hours

_PREFIX: Final = "ALLTID_"
# Read by ./up, ./check and the tests, or named here; not settings of the program.
_NOT_SETTINGS: Final = frozenset(
    {"ALLTID_CHROMIUM", "ALLTID_NO_SKIPS", "ALLTID_OUTSIDE_DATA", "ALLTID_PYTHON", "ALLTID_SEED"}
    | {"ALLTID_SETTINGS", "ALLTID_SIMULATED_OPERATIONS"}
)
_SECRET_CHARACTERS_MIN: Final = 32
_VAPID_CHARACTERS: Final = 43
_ALL_ADDRESSES: Final = ("0.0.0.0", "::")  # noqa: S104  recognised, not chosen


class SettingsError(Exception):
    """Settings that can't be used; the message says which, why and what to do."""


class CustomerJwtKey(BaseModel):
    """A key with which the company signs its customers' tokens, found by its key id."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key_id: str = Field(min_length=1)
    algorithm: Literal["EdDSA", "RS256", "HS256"]
    key: SecretStr = Field(description="public key in PEM; for HS256 the shared secret")


class CustomerJwt(BaseModel):
    """The company's own sign-in for customers: whose tokens are believed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: str = Field(min_length=1)
    audience: str = Field(min_length=1)
    max_age_minutes: int = Field(default=60, ge=1, le=1440)
    keys: tuple[CustomerJwtKey, ...] = Field(min_length=1)


class Settings(BaseSettings):
    """The program's settings; load them with `load_settings`."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        populate_by_name=True,
        env_ignore_empty=True,
    )

    # Where data is
    database_url: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("ALLTID_DATABASE_URL", "DATABASE_URL")
    )
    database_connections: int = Field(default=10, ge=4, le=100)
    data_dir: Path = Path(".alltid")
    lender_database_url: SecretStr | None = None

    # Where the desk is reached
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    public_url: str | None = None
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = ()
    widget_origins: Annotated[tuple[str, ...], NoDecode] = ()

    # Who it is for
    company_name: str = Field(default="Alltid", min_length=1, max_length=80)
    answer_target_seconds: int = Field(default=180, ge=1, le=86_400)
    guaranteed_agents_least: int = Field(default=10, ge=0, le=10_000)
    time_zone: str = "UTC"
    opening_hours: str = Field(default="mon-fri 09:00-17:00", max_length=400)
    callback_agents: int = Field(default=1, ge=1, le=100)

    # Pay: the company's own account, which payouts are paid from
    payout_iban: str | None = Field(default=None, max_length=42)
    payout_bic: str | None = Field(default=None, pattern=r"^[A-Z0-9]{8}([A-Z0-9]{3})?$")

    # Secrets and sign-in
    secret_key: SecretStr | None = None
    previous_secret_keys: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    customer_jwt: CustomerJwt | None = None

    # The company's procedures, and its own systems that the assistant may read and act with
    playbooks_dir: Path | None = None
    sentence_encoder: bool = True
    tools: tuple[DeclaredTools, ...] = ()

    # A model beside the assistant: without one it answers by itself
    model: str | None = Field(default=None, max_length=200, pattern=r"^[a-z0-9-]+:\S+$")
    model_base_url: str | None = None
    model_api_key: SecretStr | None = None
    model_timeout_seconds: float = Field(default=8.0, ge=0.5, le=8)
    model_tokens_per_conversation: int = Field(default=200_000, ge=1_000)
    model_cost_per_conversation_minor: int | None = Field(default=None, ge=1)
    model_input_price_minor: int = Field(default=0, ge=0)
    model_output_price_minor: int = Field(default=0, ge=0)
    action_limits: DeclaredLimits = DeclaredLimits()

    # Limits
    text_limit: int = Field(default=4000, ge=1, le=4000)
    upload_limit_bytes: int = Field(default=10_485_760, ge=1024, le=52_428_800)
    messages_per_minute: int = Field(default=60, ge=1)
    uploads_per_hour: int = Field(default=60, ge=1)
    guests_per_hour: int = Field(default=600, ge=1)
    sign_ins_per_hour: int = Field(default=30, ge=1)
    sockets_limit: int = Field(default=20_000, ge=1)

    # Calling agents
    push_private_key: SecretStr | None = None
    push_contact: str | None = Field(default=None, max_length=200)
    push_private_addresses: bool = False
    call_in_pause_minutes: int = Field(default=60, ge=5, le=10_080)

    # Telling other systems
    webhook_url: str | None = None
    webhook_secret: SecretStr | None = None
    log_format: Literal["auto", "console", "json"] = "auto"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    otel_endpoint: str | None = Field(
        default=None,
        validation_alias=AliasChoices("ALLTID_OTEL_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"),
    )

    # Set by `alltid up` alone, never by a file or the environment.
    demo: bool = False

    @property
    def own_url(self) -> str:
        """Where people reach the desk: `public_url`, else this machine's address and port."""
        if self.public_url is not None:
            return self.public_url
        host = "127.0.0.1" if self.host in _ALL_ADDRESSES else self.host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @field_validator("widget_origins", "trusted_proxies", "previous_secret_keys", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("public_url", "webhook_url", "otel_endpoint", "model_base_url")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("give an address that begins with http:// or https://")
        return value.rstrip("/")

    @field_validator("data_dir", mode="before")
    @classmethod
    def _is_a_folder(cls, value: Any) -> Any:
        if str(value).strip() in {"", "."}:
            raise ValueError("name a folder of its own for the data, such as ./.alltid")
        return value

    @field_validator("widget_origins")
    @classmethod
    def _are_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            parts = urlsplit(origin)
            if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path:
                raise ValueError(
                    f"{origin!r} is not an origin: write scheme and host only, "
                    "as in https://shop.example"
                )
        return value

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"{value!r} is no time zone; they are named as in Europe/Stockholm")
        return value

    @field_validator("opening_hours")
    @classmethod
    def _are_hours(cls, value: str) -> str:
        opening_hours(value, UTC, 1)
        return value

    @field_validator("push_contact")
    @classmethod
    def _is_reachable(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("mailto:", "https://")):
            raise ValueError("give an address that begins with mailto: or https://")
        return value

    @field_validator("push_private_key")
    @classmethod
    def _is_a_vapid_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) != _VAPID_CHARACTERS:
            raise ValueError("give the 43 characters of a VAPID private key (base64url, P-256)")
        return value

    @field_validator("secret_key", "webhook_secret")
    @classmethod
    def _is_long(cls, value: SecretStr | None) -> SecretStr | None:
        return None if value is None else _long_enough(value)

    @field_validator("previous_secret_keys")
    @classmethod
    def _are_long(cls, value: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        return tuple(_long_enough(each) for each in value)

    @model_validator(mode="after")
    def _webhooks_are_signed(self) -> Self:
        if self.webhook_url is not None and self.webhook_secret is None:
            raise ValueError("webhook_url needs webhook_secret, with which deliveries are signed")
        return self

    @model_validator(mode="after")
    def _money_needs_prices(self) -> Self:
        priced = self.model_input_price_minor or self.model_output_price_minor
        if self.model_cost_per_conversation_minor is not None and not priced:
            raise ValueError(
                "model_cost_per_conversation_minor needs model_input_price_minor and "
                "model_output_price_minor, the prices of a million tokens"
            )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Options, then the environment, then the settings file."""
        del dotenv_settings, file_secret_settings
        file = settings_file()
        if file is None:
            return init_settings, env_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, file)


def load_settings(**options: Any) -> Settings:
    """Read and check the settings; `options` win over everything.

    Raises SettingsError with a line for each thing to mend, which never repeats a secret.
    """
    _refuse_unknown_names()
    try:
        return Settings(**options)
    except ValidationError as error:
        lines = [_explain(dict(problem)) for problem in error.errors(include_input=False)]
        raise SettingsError("\n".join(lines)) from None
    except UnicodeDecodeError:
        raise SettingsError(f"The settings file {settings_file()} is not UTF-8 text.") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"The settings file {settings_file()} is not TOML: {error}") from None
    except OSError as error:
        raise SettingsError(
            f"The settings file {settings_file()} can't be read: {error.strerror}"
        ) from None


def settings_file() -> Path | None:
    """Return the settings file in force, or None where there is none.

    Raises SettingsError when ALLTID_SETTINGS names a file that is not there.
    """
    named = os.environ.get("ALLTID_SETTINGS")
    if named:
        if not Path(named).is_file():
            raise SettingsError(f"ALLTID_SETTINGS names {named}, and there is no such file.")
        return Path(named)
    usual = Path("alltid.toml")
    return usual if usual.is_file() else None


def new_secret() -> str:
    """Make a secret of 64 characters from the system's secure randomness."""
    return secrets.token_urlsafe(48)


def kept_secret_key(settings: Settings) -> SecretStr:
    """Return the secret key: the one set, else one made once and kept in the data folder.

    The file is readable by its owner only. Raises SettingsError when it can't be kept.
    """
    if settings.secret_key is not None:
        return settings.secret_key
    path = settings.data_dir / "secret.key"
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(descriptor, "w") as file:
                file.write(new_secret())
                file.flush()
                os.fsync(file.fileno())
        key = path.read_text().strip()
    except OSError as error:
        raise SettingsError(
            f"The secret key can't be kept in {path} ({error.strerror}): mend the folder, or "
            "set ALLTID_SECRET_KEY."
        ) from error
    if len(key) < _SECRET_CHARACTERS_MIN:
        raise SettingsError(f"{path} holds no whole secret key: remove the file, or mend it.")
    return SecretStr(key)


def masked(settings: Settings) -> dict[str, str]:
    """Return every setting as text, secrets and the database's password masked."""
    shown = {name: _shown(getattr(settings, name)) for name in type(settings).model_fields}
    if settings.database_url is not None:
        parts = urlsplit(settings.database_url.get_secret_value())
        shown["database_url"] = f"{parts.scheme}://{parts.hostname or ''}{parts.path}"
    return shown


def _shown(value: Any) -> str:
    if value is None:
        return "not set"
    if isinstance(value, tuple):
        return ", ".join(str(part) for part in value) or "none"
    return str(value)


def _long_enough(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < _SECRET_CHARACTERS_MIN:
        raise ValueError(
            f"use at least {_SECRET_CHARACTERS_MIN} random characters: try `alltid new-secret`"
        )
    return secret


def _refuse_unknown_names() -> None:
    names = {f"{_PREFIX}{field.upper()}" for field in Settings.model_fields if field != "demo"}
    for variable in os.environ:
        name = variable.partition("__")[0]
        if name.startswith(_PREFIX) and name not in names | _NOT_SETTINGS:
            near = difflib.get_close_matches(name, names, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise SettingsError(f"{variable} is not a setting of Alltid.{hint}")
    file = settings_file()
    if file is not None and "demo" in _keys_of(file):
        raise SettingsError("demo is not a setting: `alltid up` runs the demo, nothing else does.")


def _keys_of(file: Path) -> set[str]:
    try:
        return set(tomllib.loads(file.read_text()))
    except (OSError, ValueError):
        return set()  # load_settings says what is wrong with it


def _explain(problem: dict[str, Any]) -> str:
    place = ".".join(str(part) for part in problem["loc"])
    message = str(problem["msg"]).removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        near = difflib.get_close_matches(place, Settings.model_fields, n=1)
        return f"{place} is not a setting of Alltid.{f' Did you mean {near[0]}?' if near else ''}"
    return f"The setting {place}: {message}" if place else message
