"""The last step of a request that is refused: what would have been due is added to the error."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Mapping
from typing import Final

from scim.caller import Caller
from scim.config import Settings
from scim.exceptions import ScimError
from scim.protocol.compat.judgement import Limits
from scim.protocol.compat.keys import member
from scim.protocol.compat.nearest import Asked, explanation, section_note
from scim.protocol.compat.profile import profile
from scim.protocol.compat.request import Message, Raw
from scim.services.intake import raw_of
from scim.services.requests import Incoming, ScimRequest
from scim.utils.masking import mask_filter

log = logging.getLogger(__name__)

BAD_REQUEST: Final = 400

_PIECE_OF_FILTER: Final = re.compile(r"(At character \d+:).*", re.DOTALL)
"""What the parser says of a text: it shows what stands where it is malformed."""


def explained(
    error: ScimError,
    request: Incoming | None,
    caller: Caller | None,
    settings: Settings,
    *,
    briefly: bool = False,
) -> ScimError:
    """The error with the rules by which another profile would read the request, or the section that says what is due.

    Only errors of status 400 gain it; with `briefly` it is the section. The request is None where it was refused before it
    was read. Whatever goes wrong here, the error itself goes out.
    """
    if error.status != BAD_REQUEST:
        return error
    try:
        return _explained(error, request, caller, settings, briefly=briefly)
    except Exception:
        log.warning("no explanation was found for %s", type(error).__name__, exc_info=True)
        return error


def limits_of(settings: Settings) -> Limits:
    """What the server takes at most."""
    return Limits(
        filter_length=settings.max_filter_length,
        filter_depth=settings.max_filter_depth,
        bulk_operations=settings.bulk_max_operations,
    )


def _explained(
    error: ScimError, request: Incoming | None, caller: Caller | None, settings: Settings, *, briefly: bool
) -> ScimError:
    if request is None or caller is None:
        return _with(error, mask_filter(error.detail) + section_note(error, None))
    raw = raw_of(request, caller.settings.unknown_policy(caller.profile))
    asked = Asked(
        profile=profile(caller.profile),
        raw=raw,
        policy=caller.settings.unknown_policy,
        kinds=() if isinstance(request, ScimRequest) else request.registry.resource_types,
        limits=limits_of(settings),
    )
    added = section_note(error, raw) if briefly else explanation(error, asked)
    return _with(error, safe_detail(error, raw, request.registry.secret_names) + added)


def safe_detail(error: ScimError, raw: Raw, secret_names: Collection[str]) -> str:
    """The detail of an error without the secrets in it; of a filter that compares one, no piece is shown."""
    detail = mask_filter(error.detail, secret_names)
    texts = [error.detail, *(value for name, value in raw.query if name.lower() == "filter")]
    if raw.message is Message.SEARCH and isinstance(raw.body, Mapping):
        texts += [str(member(raw.body, "filter")[1])]
    if all(mask_filter(text, secret_names) == text for text in texts):
        return detail
    return _PIECE_OF_FILTER.sub(r"\1 the text is malformed; it holds a secret, so nothing of it is shown.", detail)


def _with(error: ScimError, detail: str) -> ScimError:
    return type(error)(detail, headers=error.headers)
