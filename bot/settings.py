"""One frozen settings object, read once from the environment; adapters get plain values from it, never the object."""

import os
import re
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.domain.identity import duties_from

PREFIX = "LOTSE_"
DATABASE_URL = "DATABASE_URL"


class SettingsError(Exception):
    """A setting is wrong; the message names the variable and the mend."""


class Settings(BaseSettings):
    """What can be set; the description of each field is its line in the README's table."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=True)

    data: Path = Field(Path("data"), description="folder for the database, the master key and received files")
    knowledge: Path = Field(Path("knowledge"), description="folder with the knowledge files")
    locales: Path = Field(Path("locales"), description="folder with the interface texts and word lists")
    database_url: SecretStr | None = Field(
        None,
        validation_alias=DATABASE_URL,
        description="a PostgreSQL address (`postgresql://…`); unset: SQLite in the data folder",
    )
    master_key: SecretStr | None = Field(
        None,
        description="32 bytes in base64 that wrap all data keys; unset: `master.key` in the data folder, made on "
        "first start",
    )
    operator: str = Field(
        "", description="the authority that runs the bot; unset: shown as a test installation"
    )
    operator_contact: str = Field(
        "", description="its address, telephone and e-mail, for imprint and privacy notice"
    )
    data_protection_officer: str = Field("", description="how to reach the data-protection officer")
    authority: str = Field("", description="the supervisory authority for data protection")
    public_url: str = Field(
        "",
        description="the address of the web page from outside, such as `https://…`; https "
        "makes cookies secure",
    )
    keep_messages_days: int = Field(30, ge=1, le=3650, description="messages are deleted after so many days")
    keep_tickets_days: int = Field(
        90, ge=1, le=3650, description="closed tickets are deleted after so many days"
    )
    keep_contacts_days: int = Field(
        180, ge=1, le=3650, description="silent contacts are deleted after so many days"
    )
    keep_statistics_days: int = Field(
        730,
        ge=1,
        le=3650,
        description="counted happenings (no text, no person) are deleted after so many days",
    )
    keep_audit_days: int = Field(
        365, ge=1, le=3650, description="who of the staff did what (no text) is deleted after so many days"
    )
    workers: int = Field(
        16, ge=1, le=64, description="how many messages are worked on at once in one process"
    )
    metrics_token: SecretStr | None = Field(
        None, description="bearer token for `/metrics`; unset: `/metrics` is not answered"
    )
    trusted_proxies: int = Field(
        0, ge=0, le=5, description="how many proxies stand before the page and add to `X-Forwarded-For`"
    )
    telegram_token: SecretStr | None = Field(
        None, description="the token from Telegram's BotFather; unset: no Telegram"
    )
    telegram_webhook_secret: SecretStr | None = Field(
        None,
        description="16 to 256 letters, digits, `_` and `-`: Telegram delivers (see `telegram connect --webhook`); "
        "unset: messages are fetched",
    )
    telegram_api: str = Field(
        "https://api.telegram.org",
        description="the address of the Bot API, for a test or a server of one's own",
    )
    telegram_rate: float = Field(
        30.0,
        gt=0,
        le=1000,
        description="messages a second to Telegram in all; with several processes the share of one",
    )
    smtp_host: str = Field(
        "", description="the mail server for notices to staff (number and link only); unset: no e-mail"
    )
    smtp_port: int = Field(587, ge=1, le=65535, description="its port")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="`starttls`, `tls` (port 465) or `none`, for a server on this machine"
    )
    smtp_user: str = Field("", description="the name to log in with there; unset: without logging in")
    smtp_password: SecretStr | None = Field(None, description="its password")
    smtp_from: str = Field(
        "", pattern=r"^([^@\s]+@[^@\s]+)?$", description="the address that notices come from"
    )
    staff_telegram_words: Literal["none", "telegram", "all"] = Field(
        "none",
        description="whose words the staff's Telegram group shows, and lets staff answer: `none` (numbers and links), "
        "`telegram` (of who writes on Telegram), `all`",
    )
    embedder: Literal["bundled", "endpoint", "none"] = Field(
        "bundled",
        description="what turns messages into vectors: `bundled` (a model on this machine), `endpoint`, or `none`: "
        "letters and words alone, which understand less",
    )
    embedder_url: str = Field(
        "",
        pattern=r"^(https?://.+)?$",
        description="with `endpoint`: the address before `/embeddings`, as OpenAI's; messages are sent there",
    )
    embedder_model: str = Field("", description="with `endpoint`: the name of the model there")
    embedder_key: SecretStr | None = Field(
        None, description="with `endpoint`: its bearer token, if it wants one"
    )
    oidc_issuer: str = Field(
        "",
        pattern=r"^(https?://.+)?$",
        description="people of the team log in through the town's provider (OpenID Connect): its address as it calls "
        "itself, for Keycloak `https://…/realms/…`; unset: with passwords only",
    )
    oidc_client: str = Field("", description="our client id there")
    oidc_secret: SecretStr | None = Field(None, description="our client secret there; unset: a public client")
    oidc_claim: str = Field(
        "roles",
        description="the claim of the ID token that holds somebody's roles or groups; dots lead inside, as in "
        "`realm_access.roles`",
    )
    oidc_roles: str = Field(
        "",
        description="what its values mean here, separated by `;`: `lotse-leitung=lead; "
        "lotse-duelmen=clerk:duelmen,havixbeck; lotse-vhs=course_clerk:vhs-duelmen`; of several roles the first counts",
    )
    oidc_label: str = Field("Keycloak", description="what the button of the login calls the provider")
    oidc_check_minutes: int = Field(
        15, ge=1, le=240, description="so often the provider is asked whether somebody still may"
    )
    oidc_acr: str = Field(
        "",
        description="ways of logging in there (`acr`), separated by commas, of which one is wanted; unset: any",
    )
    oidc_amr: str = Field(
        "",
        description="means of logging in there (`amr`, such as `otp,hwk`), of which one must have been used; "
        "unset: any",
    )
    staff_passwords: bool = Field(
        True, description="`false`: people of the team get in through the provider only, not with a password"
    )
    translator: Literal["none", "libretranslate", "deepl", "chat"] = Field(
        "none",
        description="what translates between newcomers and staff: `none`, `libretranslate`, `deepl`, or `chat` (a "
        "language model); except with `none` texts are sent there, and the privacy notice says so",
    )
    translator_url: str = Field(
        "",
        pattern=r"^(https?://.+)?$",
        description="the address of the translator: LibreTranslate's, or that before `/chat/completions`; DeepL's own "
        "is known",
    )
    translator_key: SecretStr | None = Field(None, description="the translator's key, if it wants one")
    translator_model: str = Field("", description="with `chat`: the name of the model there")
    translator_name: str = Field(
        "",
        max_length=32,
        description="what newcomers and staff are told the translator is called; unset: `LibreTranslate`, `DeepL` or "
        "the model's name",
    )
    translator_languages: str = Field(
        "",
        description="codes such as `ar fa uk`: only these are translated; unset: all that the translator has",
    )
    translator_seconds: float = Field(
        20.0, gt=0, le=120, description="how long a translation may take before it is tried again"
    )
    log_format: Literal["json", "text"] = Field("json", description="`json` or `text`")

    @field_validator("telegram_token")
    @classmethod
    def _is_token(cls, value: SecretStr | None) -> SecretStr | None:
        return _matching(
            value, r"\d+:[A-Za-z0-9_-]{20,}", "a token as BotFather gives it, such as 123456789:AAH…"
        )

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _is_secret(cls, value: SecretStr | None) -> SecretStr | None:
        return _matching(value, r"[A-Za-z0-9_-]{16,256}", "16 to 256 letters, digits, _ or -")

    @field_validator("oidc_roles")
    @classmethod
    def _are_duties(cls, value: str) -> str:
        duties_from(value)
        return value


def _matching(value: SecretStr | None, pattern: str, expected: str) -> SecretStr | None:
    if value is not None and not re.fullmatch(pattern, value.get_secret_value()):
        raise ValueError(f"expected {expected}")
    return value


def read_settings() -> Settings:
    """Read the environment; raise SettingsError with every wrong variable and what is expected of it."""
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in _names())
    if unknown:
        raise SettingsError(
            f"Unknown setting {', '.join(unknown)}. Known are: {', '.join(sorted(_names()))}."
        )
    try:
        return Settings()
    except ValidationError as error:
        lines = [f"{_variable(str(fault['loc'][0]))}: {fault['msg']}" for fault in error.errors()]
        raise SettingsError("; ".join(lines)) from error


def variables() -> dict[str, tuple[str, str]]:
    """Return every variable with its default and its description, for the README's table."""
    table = {}
    for name, field in Settings.model_fields.items():
        default = field.default
        shown = "" if default is None or default == "" else str(default)
        table[_variable(name)] = (shown, field.description or "")
    return table


def _names() -> frozenset[str]:
    # Not the product's settings but its tests' and run.py's.
    return frozenset(variables()) | {"LOTSE_NO_SKIP"}


def _variable(name: str) -> str:
    return DATABASE_URL if name in ("database_url", DATABASE_URL) else f"{PREFIX}{name.upper()}"
