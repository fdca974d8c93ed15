"""The last step of a request that is refused: what would have been due is added to the error."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Final

from scim.caller import Caller
from scim.config import Settings
from scim.exceptions import ScimError
from scim.protocol.compat.judgement import Limits
from scim.protocol.compat.nearest import Asked, explanation, section_note
from scim.protocol.compat.profile import profile
from scim.services.intake import raw_of
from scim.services.requests import Incoming, ScimRequest
from scim.utils.masking import SECRET_NAMES, mask_filter

log = logging.getLogger(__name__)

BAD_REQUEST: Final = 400


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
        return _with(error, section_note(error, None), SECRET_NAMES)
    raw = raw_of(request, caller.settings.unknown_policy(caller.profile))
    asked = Asked(
        profile=profile(caller.profile),
        raw=raw,
        policy=caller.settings.unknown_policy,
        kinds=() if isinstance(request, ScimRequest) else request.registry.resource_types,
        limits=limits_of(settings),
    )
    added = section_note(error, raw) if briefly else explanation(error, asked)
    return _with(error, added, request.registry.secret_names)


def _with(error: ScimError, added: str, secret_names: Collection[str]) -> ScimError:
    """The error with a sentence more; what is masked in its detail is masked before, so that the sentence stays whole."""
    return type(error)(mask_filter(error.detail, secret_names) + added, headers=error.headers)
