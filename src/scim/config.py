"""Every setting there is, where each value came from, and what to say about a bad one (OPERATOR.md, Settings).

Values come from the environment, else from `.env` in the working directory, else from the defaults here; an empty value
counts as not given. Worker processes call `load_settings()` again, so what a command's flags override travels to them
through the environment (`as_environment`).
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args, get_origin
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, DotEnvSettingsSource, EnvSettingsSource, NoDecode, SettingsConfigDict

from scim.exceptions import OperatorError

PREFIX: Final = "PYSCIM_"
ENV_FILE: Final = ".env"
MASK: Final = "***"

LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
LogFormat = Literal["auto", "rich", "json"]
Source = Literal["default", "environment", ".env"]
Network = IPv4Network | IPv6Network

# The URL path below which the protocol lives; a public URL that repeats it means the same server.
API_PATH: Final = "/scim/v2"
_DAY_S: Final = 86_400
_MIB: Final = 1024 * 1024
_SECRET_LENGTH: Final = 16


def _upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _path(value: object) -> object:
    return Path(value).expanduser() if isinstance(value, str) else value


def _networks(value: object) -> object:
    """Read `127.0.0.1, 10.0.0.0/8`; host bits beyond the prefix are ignored, people write `10.0.0.1/8`."""
    if not isinstance(value, str):
        return value
    return tuple(ip_network(part.strip(), strict=False) for part in value.split(",") if part.strip())


def _public_url(value: object) -> object:
    """An http(s) URL without its trailing slash and without `/scim/v2`."""
    if not isinstance(value, str) or not value:
        return value
    url = urlsplit(value.strip())
    if url.scheme not in {"http", "https"} or not url.hostname or url.username or url.query or url.fragment:
        raise ValueError(value)
    return f"{url.scheme}://{url.netloc}" + url.path.rstrip("/").removesuffix(API_PATH).rstrip("/")


def _long_enough(secret: SecretStr) -> SecretStr:
    if 0 < len(secret) < _SECRET_LENGTH:
        raise ValueError
    return secret


class Settings(BaseSettings):
    """The settings of one process; `load_settings()` makes it and explains what is wrong with a bad value."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", env_ignore_empty=True, frozen=True)

    database_url: SecretStr = Field(
        default=SecretStr(""),
        validation_alias="DATABASE_URL",
        description="PostgreSQL to use, as postgresql://user:password@host:port/database; empty: the embedded one",
    )
    data_dir: Annotated[Path, BeforeValidator(_path)] = Field(
        default=Path(".pyscim"), description="Folder of the embedded PostgreSQL and its files"
    )
    host: str | None = Field(
        default=None, description="Address to listen on; empty: 127.0.0.1 for `run dev`, 0.0.0.0 for `run prod`"
    )
    port: int = Field(default=8000, ge=1, le=65_535, description="Port to listen on")
    workers: int = Field(default=1, ge=1, le=1024, description="Server processes of `run prod`")
    log_level: Annotated[LogLevel, BeforeValidator(_upper)] = Field(
        default="INFO", description="Least level that is logged; libraries stay at WARNING"
    )
    log_format: Annotated[LogFormat, BeforeValidator(_lower)] = Field(
        default="auto", description="rich for people, json for programs; auto: rich for `run dev`, json for `run prod`"
    )
    migrate_on_start: bool = Field(default=True, description="Migrate the database before the server listens")
    proxy_headers: bool | None = Field(
        default=None,
        description="Believe X-Forwarded-* of trusted proxies; empty: true for `run dev`, false for `run prod`",
        json_schema_extra={"accepted": "true or false"},
    )
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_networks)] = Field(
        default=(IPv4Network("127.0.0.0/8"), IPv6Network("::1/128")),
        description="Proxies whose X-Forwarded-* headers count: addresses or CIDRs, separated by commas",
        json_schema_extra={"accepted": "IP addresses or CIDRs, separated by commas"},
    )
    public_url: Annotated[str, BeforeValidator(_public_url)] = Field(
        default="",
        description="What meta.location and $ref start with (before /scim/v2); empty: taken from the request",
        json_schema_extra={"accepted": "a URL like https://scim.example.com, without query"},
    )
    docs_enabled: bool = Field(default=False, description="Serve /docs, /redoc and /openapi.json in `run prod` too")
    auth_enabled: bool = Field(default=True, description="Ask for tokens; false is for `run dev` only")
    db_pool_min: int = Field(default=2, ge=1, le=1000, description="Database connections each worker keeps open")
    db_pool_max: int = Field(default=10, ge=1, le=1000, description="Database connections each worker may open")
    db_timeout_s: float = Field(default=30, gt=0, le=3600, description="Seconds one database statement may take")
    token_cache_s: float = Field(default=5, ge=0, le=3600, description="Seconds a worker remembers a checked token")
    default_page_size: int = Field(default=100, ge=1, le=100_000, description="Resources a page has if not asked")
    max_page_size: int = Field(default=1000, ge=1, le=100_000, description="Resources a page has at most")
    max_body_bytes: int = Field(default=10 * _MIB, ge=1024, le=1024 * _MIB, description="Longest request body in bytes")
    bulk_max_operations: int = Field(default=1000, ge=1, le=100_000, description="Operations of one bulk request")
    bulk_max_payload_bytes: int = Field(
        default=8 * _MIB, ge=1024, le=1024 * _MIB, description="Longest body of a bulk request, in bytes"
    )
    bulk_max_passwords: int = Field(
        default=100, ge=0, le=100_000, description="Operations of one bulk request that may set a password"
    )
    max_filter_length: int = Field(default=8192, ge=16, le=_MIB, description="Longest filter, in characters")
    max_filter_depth: int = Field(default=50, ge=1, le=200, description="Deepest nesting of parentheses in a filter")
    rate_limit_per_second: int = Field(default=0, ge=0, le=1_000_000, description="Requests a token may make; 0: any")
    metrics_enabled: bool = Field(default=False, description="Count what the server does, for Prometheus, at /metrics")
    metrics_port: int = Field(
        default=0,
        ge=0,
        le=65_535,
        description="Port of /metrics alone, on the server's address; 0: the server's own port",
    )
    metrics_allow: Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_networks)] = Field(
        default=(),
        description="Who may read /metrics: addresses or CIDRs; empty: loopback, and anybody on a port of its own",
        json_schema_extra={"accepted": "IP addresses or CIDRs, separated by commas"},
    )
    audit_bodies: Annotated[Literal["errors", "all", "none"], BeforeValidator(_lower)] = Field(
        default="errors", description="Requests whose bodies the audit record keeps, secrets masked"
    )
    audit_retention_days: int = Field(default=90, ge=0, le=36_500, description="Days audit records stay; 0: for ever")
    passwords: Annotated[Literal["hash", "discard"], BeforeValidator(_lower)] = Field(
        default="hash", description="What happens to passwords that an identity provider sends"
    )
    password_memory_kib: int = Field(
        default=19 * 1024, ge=1024, le=4 * _MIB, description="Memory that hashing one password takes (Argon2id), in KiB"
    )
    password_iterations: int = Field(default=2, ge=1, le=1000, description="Passes over that memory (Argon2id)")
    password_lanes: int = Field(default=1, ge=1, le=64, description="Lanes that hashing is split into (Argon2id)")
    cursor_secret: Annotated[SecretStr, AfterValidator(_long_enough)] = Field(
        default=SecretStr(""),
        description="Key that signs page cursors; empty: made once and kept in the database",
        json_schema_extra={"accepted": f"at least {_SECRET_LENGTH} characters"},
    )
    cursor_ttl_s: int = Field(default=3600, ge=1, le=30 * _DAY_S, description="Seconds a page cursor stays valid")

    @model_validator(mode="after")
    def _smaller_fits_larger(self) -> Settings:
        """A lowered maximum takes an unset minimum along; a minimum that was set too high is an error."""
        for smaller, larger in _AT_MOST.items():
            limit = getattr(self, larger)
            if getattr(self, smaller) <= limit:
                continue
            if smaller in self.model_fields_set:
                accepted = f"at most {limit}, the value of {environment_name(larger)}"
                raise PydanticCustomError("at_most", "{accepted}", {"name": smaller, "accepted": accepted})
            self.__dict__[smaller] = limit
        return self


_AT_MOST: Final = {
    "db_pool_min": "db_pool_max",
    "default_page_size": "max_page_size",
    "bulk_max_payload_bytes": "max_body_bytes",
}


@dataclass(frozen=True, slots=True)
class SettingSource:
    """One line of `pyscim config`; `value` of a secret is masked already."""

    name: str
    value: str
    source: Source
    secret: bool
    description: str


@dataclass(frozen=True, slots=True)
class UnknownVariable:
    """A `PYSCIM_` variable that is no setting, and the setting that was probably meant."""

    name: str
    source: Source
    nearest: str | None

    def __str__(self) -> str:
        hint = f"; did you mean {self.nearest}?" if self.nearest else ""
        return f"{self.name} ({self.source}) is not a setting{hint}"


@cache
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return load_settings()


def load_settings(env_file: str | Path | None = ENV_FILE) -> Settings:
    """Read environment and `.env`; OperatorError with one line per bad value, secrets masked."""
    source: dict[str, Any] = {"_env_file": env_file}
    try:
        return Settings(**source)
    except ValidationError as error:
        lines = [_complaint(details) for details in error.errors(include_url=False)]
        raise OperatorError("\n".join(lines)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorError(f"{env_file} cannot be read: {error}") from error


def environment_name(attribute: str) -> str:
    """`port` → `PYSCIM_PORT`; KeyError for what is no setting."""
    alias = Settings.model_fields[attribute].validation_alias
    return alias if isinstance(alias, str) else PREFIX + attribute.upper()


def as_environment(overrides: Mapping[str, object]) -> dict[str, str]:
    """Environment variables that make `load_settings()` give these values; None leaves a setting as it is."""
    return {environment_name(name): _text(value) for name, value in overrides.items() if value is not None}


def sources(settings: Settings, *, env_file: str | Path | None = ENV_FILE) -> list[SettingSource]:
    """Every setting with its value and where that came from, in the order of the class."""
    variables = _variables(env_file)
    return [_setting_source(settings, name, variables) for name in Settings.model_fields]


def unknown_variables(*, env_file: str | Path | None = ENV_FILE) -> list[UnknownVariable]:
    """`PYSCIM_` variables of environment and `.env` that mean nothing, for a warning at start."""
    known = [environment_name(name) for name in Settings.model_fields]
    found = {name.upper(): source for source, names in _variables(env_file) for name in names}
    unknown = [name for name in sorted(found) if name.startswith(PREFIX) and name not in known]
    return [UnknownVariable(name, found[name], _nearest(name, known)) for name in unknown]


def env_example() -> str:
    """The text of `.env.example`: every setting with its description and default."""
    blocks = ["# Copy to .env and change what you need. An empty value means the default.\n"]
    for name, field in Settings.model_fields.items():
        blocks.append(f"# {field.description}\n{environment_name(name)}={_text(field.default)}\n")
    return "\n".join(blocks)


def _variables(env_file: str | Path | None) -> list[tuple[Source, Mapping[str, str | None]]]:
    """Non-empty variables, names in lower case; the first source that has one wins."""
    dotenv = DotEnvSettingsSource(Settings, env_file=env_file)
    return [("environment", EnvSettingsSource(Settings).env_vars), (".env", dotenv.env_vars)]


def _setting_source(
    settings: Settings, attribute: str, variables: list[tuple[Source, Mapping[str, str | None]]]
) -> SettingSource:
    name = environment_name(attribute)
    value = getattr(settings, attribute)
    secret = isinstance(value, SecretStr)
    text = _text(value)
    return SettingSource(
        name=name,
        value=MASK if secret and text else text,
        source=next((source for source, names in variables if name.lower() in names), "default"),
        secret=secret,
        description=Settings.model_fields[attribute].description or "",
    )


def _text(value: object) -> str:
    """A value as it is written in the environment."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float():
            return f"{value:g}"
        case SecretStr():
            return value.get_secret_value()
        case tuple() | list():
            return ",".join(str(item) for item in value)
        case _:
            return str(value)


def _complaint(details: ErrorDetails) -> str:
    """`PYSCIM_PORT is 'abc'; accepted: a whole number from 1 to 65535`."""
    context = details.get("ctx", {})
    location = str(details["loc"][0]) if details["loc"] else str(context["name"])
    attribute = next(name for name in Settings.model_fields if location in {name, environment_name(name)})
    field = Settings.model_fields[attribute]
    given = details["input"].get(attribute) if isinstance(details["input"], dict) else details["input"]
    shown = MASK if field.annotation is SecretStr else repr(given)
    return f"{environment_name(attribute)} is {shown}; accepted: {context.get('accepted') or accepted(field)}"


def accepted(field: FieldInfo) -> str:
    """What a setting takes, in words."""
    if isinstance(field.json_schema_extra, dict):
        return str(field.json_schema_extra["accepted"])
    if get_origin(field.annotation) is Literal:
        return ", ".join(get_args(field.annotation))
    if field.annotation is bool:
        return "true or false"
    if field.annotation in {int, float}:
        return _number_range(field)
    return "text"


def _number_range(field: FieldInfo) -> str:
    kind = "a whole number" if field.annotation is int else "a number"
    limits = {
        name: getattr(rule, name) for rule in field.metadata for name in ("ge", "gt", "le") if hasattr(rule, name)
    }
    low = f"above {limits['gt']} and" if "gt" in limits else f"from {limits['ge']}"
    return f"{kind} {low} up to {limits['le']}"


def _nearest(name: str, known: list[str]) -> str | None:
    """The known name most like this one: compared without the prefix, which all of them share."""
    stems = {candidate.removeprefix(PREFIX): candidate for candidate in known}
    found = difflib.get_close_matches(name.removeprefix(PREFIX), stems, n=1, cutoff=0.6)
    return stems[found[0]] if found else None
