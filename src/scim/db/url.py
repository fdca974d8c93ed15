"""DATABASE_URL → what asyncpg takes, as libpq would read it (OPERATOR.md, Settings).

What is not understood stops the start by name: a dropped `sslmode` would be a silent downgrade.
"""

from __future__ import annotations

import getpass
import os
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, unquote

from scim.db.tls import tls_setting
from scim.exceptions import OperatorError

APPLICATION_NAME: Final = "pyscim"
CONNECT_TIMEOUT_S: Final = 10.0

_DEFAULT_PORT: Final = 5432
_STATEMENT_CACHE: Final = 100  # asyncpg's own default
_LARGEST_PORT: Final = 65_535

_URL: Final = re.compile(r"(?P<scheme>[a-z]+)://(?P<authority>[^/?]*)(?:/(?P<database>[^?]*))?(?:\?(?P<query>.*))?")
_HOST: Final = re.compile(r"(?P<host>\[[^\[\]]+\]|[^\[\]:]*)(?::(?P<port>.*))?")
_BAD_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})|%00")

_CHOICES: Final = {
    "target_session_attrs": ("any", "read-write", "read-only", "primary", "standby", "prefer-standby"),
    "sslnegotiation": ("postgres", "direct"),
    "channel_binding": ("disable", "prefer"),
}
_PARAMETERS: Final = (
    *("host", "port", "user", "password", "dbname", "passfile", "application_name", "connect_timeout", "options"),
    *("sslmode", "sslrootcert", "sslcert", "sslkey", "sslpassword", "sslnegotiation", "channel_binding"),
    *("target_session_attrs", "statement_cache_size"),
)
_ALIASES: Final = {"database": "dbname"}
_HINTS: Final = {
    "pgbouncer": "for a transaction pooler write statement_cache_size=0",
    "channel_binding": "the driver has no channel binding; sslmode=verify-full protects as well",
}


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """Where the database is and how to log in. No `hosts`: the local sockets, as libpq looks for them."""

    hosts: tuple[str, ...]
    ports: tuple[int, ...]
    user: str
    database: str
    password: str | None = field(default=None, repr=False)
    passfile: str | None = None
    ssl: ssl.SSLContext | str | None = None
    direct_tls: bool = False
    server_settings: Mapping[str, str] = field(default_factory=lambda: {"application_name": APPLICATION_NAME})
    target_session_attrs: str | None = None
    statement_cache_size: int = _STATEMENT_CACHE
    connect_timeout: float = CONNECT_TIMEOUT_S

    def connect_kwargs(self) -> dict[str, Any]:
        """Keyword arguments of `asyncpg.connect` and `asyncpg.create_pool`; `timeout` is left to the caller."""
        several = len(self.hosts) > 1
        optional = {
            "host": (list(self.hosts) if several else self.hosts[0]) if self.hosts else None,
            "password": self.password,
            "passfile": self.passfile,
            "ssl": self.ssl,
            "direct_tls": self.direct_tls or None,
            "target_session_attrs": self.target_session_attrs,
        }
        return {
            "port": list(self.ports) if several else self.ports[0],
            "user": self.user,
            "database": self.database,
            "server_settings": dict(self.server_settings),
            "statement_cache_size": self.statement_cache_size,
            **{name: value for name, value in optional.items() if value is not None},
        }

    @property
    def safe_text(self) -> str:
        """`postgresql://user@host:port/database`, for messages: no password, no parameters."""
        pairs = zip(self.hosts, self.ports, strict=True) if self.hosts else ()
        where = ",".join(f"{_host_text(host)}:{port}" for host, port in pairs)
        return f"postgresql://{quote(self.user, safe='')}@{where}/{quote(self.database, safe='')}"


def parse_database_url(url: str, *, environ: Mapping[str, str] = os.environ) -> ConnectionSettings:
    """Read a `postgres://` or `postgresql://` URL; what it leaves out comes from `PG…` variables, else as in libpq.

    Raises:
        OperatorError: the URL is malformed, has an unknown parameter, or names a file that cannot be used. The message
            never shows the password.
    """
    parts = _URL.fullmatch(url.strip())
    if parts is None or parts["scheme"] not in {"postgres", "postgresql"}:
        raise OperatorError("DATABASE_URL must look like postgresql://user:password@host:port/database")
    # Everything up to the last @: a raw @ in a password is a common slip, and no host has one.
    login, _, authority = parts["authority"].rpartition("@")
    user, _, password = login.partition(":")
    given = {
        "user": _decoded(user, "user"),
        "password": _decoded(password, "password"),
        "dbname": _decoded(parts["database"] or "", "database"),
    }
    parameters = {name: value for name, value in {**given, **_query(parts["query"] or "")}.items() if value}
    hosts, ports = _addresses(authority, parameters, environ)
    return _settings(hosts, ports, parameters, environ)


def _settings(
    hosts: tuple[str, ...], ports: tuple[int, ...], parameters: Mapping[str, str], environ: Mapping[str, str]
) -> ConnectionSettings:
    user = parameters.get("user") or environ.get("PGUSER") or getpass.getuser()
    server_settings = {"application_name": parameters.get("application_name", APPLICATION_NAME)}
    if "options" in parameters:
        server_settings["options"] = parameters["options"]
    tls = tls_setting(parameters, environ)
    direct_tls = parameters.get("sslnegotiation") == "direct"
    if direct_tls and tls in {None, "disable", "allow", "prefer"}:
        raise OperatorError("sslnegotiation=direct in DATABASE_URL needs sslmode=require, verify-ca or verify-full")
    return ConnectionSettings(
        hosts=hosts,
        ports=ports,
        user=user,
        database=parameters.get("dbname") or environ.get("PGDATABASE") or user,
        password=parameters.get("password"),
        passfile=parameters.get("passfile"),
        ssl=tls,
        direct_tls=direct_tls,
        server_settings=server_settings,
        target_session_attrs=parameters.get("target_session_attrs"),
        statement_cache_size=_whole_number(parameters, "statement_cache_size", _STATEMENT_CACHE),
        # 0 is libpq's word for "no limit"; a server that hangs would then hang us too.
        connect_timeout=_whole_number(parameters, "connect_timeout", 0) or CONNECT_TIMEOUT_S,
    )


def _query(text: str) -> dict[str, str]:
    """Parameters by name, the last one of a name winning (libpq); each one known and, where it is a choice, valid."""
    found: dict[str, str] = {}
    for pair in filter(None, text.split("&")):
        raw_name, _, raw_value = pair.partition("=")
        name = _ALIASES.get(raw_name, raw_name)
        if name not in _PARAMETERS:
            hint = _HINTS.get(name) or f"known: {', '.join(_PARAMETERS)}"
            raise OperatorError(f"DATABASE_URL has an unknown parameter {name!r}; {hint}")
        value = _decoded(raw_value, name)
        if name in _CHOICES and value not in _CHOICES[name]:
            hint = f"; {_HINTS[name]}" if name in _HINTS else ""
            raise OperatorError(f"{name} is {value!r} in DATABASE_URL; accepted: {', '.join(_CHOICES[name])}{hint}")
        found[name] = value
    return found


def _addresses(
    authority: str, parameters: Mapping[str, str], environ: Mapping[str, str]
) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Hosts and their ports; `?host=` and `?port=` win over what stands before the path, as in libpq."""
    pairs = [_host_and_port(part) for part in authority.split(",")]
    named = parameters.get("host") or (environ.get("PGHOST") if authority == "" else None)
    hosts = tuple(named.split(",")) if named else tuple(host for host, _ in pairs)
    ports = [port for _, port in pairs] if len(pairs) == len(hosts) else [""]
    if "port" in parameters:
        ports = parameters["port"].split(",")
    if len(ports) == 1:
        ports *= len(hosts)
    if len(ports) != len(hosts):
        raise OperatorError(f"DATABASE_URL has {len(ports)} ports for {len(hosts)} hosts")
    default = environ.get("PGPORT") or str(_DEFAULT_PORT)
    if len(hosts) > 1:
        hosts = tuple(host or "localhost" for host in hosts)
    return tuple(filter(None, hosts)), tuple(_port(port or default) for port in ports)


def _host_and_port(text: str) -> tuple[str, str]:
    parts = _HOST.fullmatch(text)
    if parts is None:
        raise OperatorError("A host in DATABASE_URL is malformed; write IPv6 addresses in brackets, like [::1]:5432")
    return _decoded(parts["host"].strip("[]"), "host"), parts["port"] or ""


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= _LARGEST_PORT):
        # A password with a raw slash ends up here, so the text is not shown.
        raise OperatorError(
            "The port in DATABASE_URL is not a number from 1 to 65535; "
            "special characters in a password are written percent-encoded (/ as %2F, ? as %3F)"
        )
    return int(text)


def _whole_number(parameters: Mapping[str, str], name: str, default: int) -> int:
    text = parameters.get(name, str(default))
    if not (text.isascii() and text.isdigit()):
        raise OperatorError(f"{name} is {text!r} in DATABASE_URL; accepted: a whole number from 0")
    return int(text)


def _decoded(text: str, what: str) -> str:
    if _BAD_ESCAPE.search(text):
        raise OperatorError(f"The {what} in DATABASE_URL has a % that starts no escape; write % as %25")
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise OperatorError(f"The {what} in DATABASE_URL is not UTF-8 once percent-decoded") from None


def _host_text(host: str) -> str:
    if ":" in host:
        return f"[{host}]"
    return quote(host, safe="")
