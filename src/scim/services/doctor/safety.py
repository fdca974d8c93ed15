"""No setting is dangerous where others can reach the server, and none is misspelled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from scim.config import Settings, unknown_variables
from scim.services.doctor.finding import Finding, Installation, Level
from scim.services.runtime import SUPERVISOR

NAME = "settings"


@dataclass(frozen=True, slots=True)
class _Danger:
    """When a setting is dangerous, why, and what to do."""

    holds: Callable[[Settings], bool]
    level: Level
    message: str
    remedy: str


async def check(examined: Installation) -> list[Finding]:
    """Look at the settings that this command sees; a server may have been started with others."""
    dangers = [
        Finding(name=NAME, level=danger.level, message=danger.message, remedy=danger.remedy)
        for danger in _DANGERS
        if danger.holds(examined.settings)
    ]
    misspelled = [
        Finding(name=NAME, level=Level.WARN, message=str(variable), remedy="Correct it, or take it away.")
        for variable in unknown_variables()
        if variable.name != SUPERVISOR
    ]
    sound = Finding(name=NAME, level=Level.OK, message="None is dangerous.")
    return [*dangers, *misspelled] or [sound]


def _is_local(host: str | None) -> bool:
    if host in {None, "localhost"}:
        return True
    try:
        return ip_address(str(host)).is_loopback
    except ValueError:
        return False


def _is_unencrypted(settings: Settings) -> bool:
    url = urlsplit(settings.public_url)
    return url.scheme == "http" and not _is_local(url.hostname)


def _trusts_everybody(settings: Settings) -> bool:
    return bool(settings.proxy_headers) and any(network.prefixlen == 0 for network in settings.trusted_proxies)


_DANGERS: Final = (
    _Danger(
        lambda settings: not settings.auth_enabled,
        Level.FAIL,
        "PYSCIM_AUTH_ENABLED=false: whoever reaches the server reads and changes the default application.",
        "Set it to true; false is for trying things out with `run dev`.",
    ),
    _Danger(
        _trusts_everybody,
        Level.FAIL,
        "PYSCIM_TRUSTED_PROXIES holds every address, so that any client may write its own address.",
        "Name the addresses of your reverse proxies.",
    ),
    _Danger(
        _is_unencrypted,
        Level.WARN,
        "PYSCIM_PUBLIC_URL is plain http: tokens and personal data can be read on the way.",
        "Put TLS in front (a reverse proxy, or --ssl-certfile), and make it https.",
    ),
    _Danger(
        lambda settings: settings.docs_enabled,
        Level.WARN,
        "PYSCIM_DOCS_ENABLED=true: `run prod` shows its documentation pages to everybody.",
        "Set it to false, unless that is meant.",
    ),
    _Danger(
        lambda settings: settings.audit_retention_days == 0,
        Level.WARN,
        "PYSCIM_AUDIT_RETENTION_DAYS=0: audit records with personal data are kept for ever, and the database grows.",
        "Set the number of days that you need them.",
    ),
    _Danger(
        lambda settings: settings.log_level == "DEBUG",
        Level.WARN,
        "PYSCIM_LOG_LEVEL=DEBUG: a readable log holds the bodies of requests, with personal data.",
        "Set it to INFO once the fault is found.",
    ),
    _Danger(
        lambda settings: settings.metrics_enabled and not settings.metrics_port and bool(settings.public_url),
        Level.WARN,
        "Metrics are on the server's own port: a reverse proxy on this machine that adds no X-Forwarded-For shows them"
        " to everybody.",
        "Give them a port of their own with PYSCIM_METRICS_PORT.",
    ),
)
