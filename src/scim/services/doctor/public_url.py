"""The server answers where identity providers are told that it is."""

from __future__ import annotations

import asyncio
import json
import ssl
from http.client import HTTPException
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, build_opener

from scim.services.doctor.finding import Finding, Installation, Level

NAME = "public-url"

TIMEOUT_S: Final = 5.0
_HEALTH: Final = {"status": "ok"}
_MOST_BYTES: Final = 1000
_OK: Final = 200


async def check(examined: Installation) -> list[Finding]:
    """Ask for its health; nothing where no public URL is set."""
    root = examined.settings.public_url
    if not root:
        return []
    url = f"{root}/healthz"
    status, body = await asyncio.to_thread(_ask, url)
    if status is None:
        remedy = (
            "Start the server, and check DNS, firewall, certificate and reverse proxy. If only this machine cannot reach"
            f" its own public address, ask from another one: curl {url}"
        )
        return [Finding(name=NAME, level=Level.FAIL, message=f"{url} does not answer: {body}.", remedy=remedy)]
    if status != _OK or not _is_health(body):
        remedy = f"Let the reverse proxy pass everything below {root} on to this server, without redirects."
        message = f"{url} answers with status {status}, but not as this server does."
        return [Finding(name=NAME, level=Level.FAIL, message=message, remedy=remedy)]
    return [Finding(name=NAME, level=Level.OK, message=f"{url} answers.")]


def _ask(url: str) -> tuple[int | None, str]:
    """Status and body, or None and why there is none."""
    try:
        with build_opener(_NoRedirects).open(url, timeout=TIMEOUT_S) as answer:
            return answer.status, answer.read(_MOST_BYTES).decode("utf-8", "replace")
    except HTTPError as error:
        with error:
            return error.code, ""
    except URLError as error:
        return None, _reason(error.reason)
    except (OSError, HTTPException) as error:
        return None, _reason(error)


def _reason(reason: object) -> str:
    if isinstance(reason, ssl.SSLCertVerificationError):
        return f"its certificate is not good ({reason.verify_message})"
    return str(reason) or type(reason).__name__


def _is_health(body: str) -> bool:
    try:
        return bool(json.loads(body) == _HEALTH)
    except ValueError:
        return False


class _NoRedirects(HTTPRedirectHandler):
    """Identity providers follow none."""

    def redirect_request(self, *_: Any) -> None:
        return None
