"""The TLS side of a database URL: `sslmode` and its files → what asyncpg takes as `ssl`.

asyncpg reads the files only from a URL of its own, and does not know `sslrootcert=system`; so modes that verify, and
those with files, get a context made here. The others go to asyncpg by name.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from scim.exceptions import OperatorError

MODES: Final = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
FILES: Final = ("sslrootcert", "sslcert", "sslkey")

_STRICT: Final = frozenset({"require", "verify-ca", "verify-full"})
_SYSTEM: Final = "system"


def tls_setting(parameters: Mapping[str, str], environ: Mapping[str, str] = os.environ) -> ssl.SSLContext | str | None:
    """`ssl` for asyncpg: None where the URL says nothing, a mode's name, or a context.

    Raises:
        OperatorError: the mode is unknown, a file is missing or useless, or files are named for a mode that does not
            insist on TLS (libpq would quietly not use them).
    """
    mode = parameters.get("sslmode")
    root = parameters.get("sslrootcert")
    if mode is None and root == _SYSTEM:
        mode = "verify-full"  # as libpq has it
    if mode is not None and mode not in MODES:
        raise OperatorError(f"sslmode is {mode!r} in DATABASE_URL; accepted: {', '.join(MODES)}")
    files = [name for name in FILES if parameters.get(name)]
    if files and mode not in _STRICT:
        raise OperatorError(
            f"{files[0]} in DATABASE_URL has no effect without sslmode=require, verify-ca or verify-full"
        )
    if not files and mode in {None, "disable", "allow", "prefer", "require"}:
        return mode
    return _context(str(mode), parameters, environ)


def _context(mode: str, parameters: Mapping[str, str], environ: Mapping[str, str]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["postgresql"])  # PostgreSQL 17 asks for it where TLS comes without negotiation
    context.check_hostname = mode == "verify-full"
    _trust(context, mode, parameters.get("sslrootcert") or _usual_root(environ))
    _identify(context, parameters)
    return context


def _trust(context: ssl.SSLContext, mode: str, root: str | None) -> None:
    """Whom to trust; `require` with a root certificate verifies as `verify-ca` does (libpq)."""
    if root is None and mode == "require":
        context.verify_mode = ssl.CERT_NONE
    elif root is None:
        raise OperatorError(f"sslmode={mode} in DATABASE_URL needs sslrootcert=FILE, or sslrootcert=system")
    elif root != _SYSTEM:
        _load("sslrootcert", root, lambda: context.load_verify_locations(cafile=root))
    elif mode != "verify-full":
        raise OperatorError("sslrootcert=system in DATABASE_URL needs sslmode=verify-full")
    else:
        context.load_default_certs()


def _usual_root(environ: Mapping[str, str]) -> str | None:
    """Where libpq looks when the URL names no root certificate."""
    if "PGSSLROOTCERT" in environ:
        return environ["PGSSLROOTCERT"]
    usual = Path(environ.get("HOME", "/nonexistent")) / ".postgresql" / "root.crt"
    return str(usual) if usual.is_file() else None


def _identify(context: ssl.SSLContext, parameters: Mapping[str, str]) -> None:
    """The client's own certificate; its key may be in the same file."""
    certificate, key = parameters.get("sslcert"), parameters.get("sslkey")
    password = parameters.get("sslpassword", "")
    if certificate:
        names = "sslcert or sslkey" if key else "sslcert"
        files = f"{certificate}, {key}" if key else certificate
        # The empty password stands for none: without it OpenSSL would ask on the terminal.
        _load(names, files, lambda: context.load_cert_chain(certificate, keyfile=key, password=lambda: password))
    elif key:
        raise OperatorError("sslkey in DATABASE_URL needs sslcert")


def _load(parameter: str, file: str, load: Callable[[], None]) -> None:
    try:
        load()
    except (OSError, ssl.SSLError) as error:
        reason = error.strerror or str(error)
        raise OperatorError(f"{parameter} in DATABASE_URL cannot be used ({file}): {reason}") from error
