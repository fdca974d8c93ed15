"""Where the server is seen from outside, for people to copy."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # slow to import, and --help does not need it
    from scim.config import Settings

LOOPBACK: Final = "127.0.0.1"


def local_url(host: str | None, port: int, *, tls: bool = False) -> str:
    """The server as this machine reaches it; one that listens everywhere is reached on loopback."""
    reached = _reachable(host or LOOPBACK)
    shown = f"[{reached}]" if ":" in reached else reached
    return f"{'https' if tls else 'http'}://{shown}:{port}"


def scim_url(settings: Settings) -> str:
    """What an identity provider is given: the public URL if one is set, else the server on this machine."""
    from scim.config import API_PATH

    return (settings.public_url or local_url(settings.host, settings.port)) + API_PATH


def _reachable(host: str) -> str:
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not address.is_unspecified:
        return host
    return LOOPBACK if address.version == 4 else "::1"  # noqa: PLR2004 - the two versions of IP
