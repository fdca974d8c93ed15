"""What the IdP sent → what the RFC says (DESIGN §1.8): every rule of a profile, in the order of the phases.

Pure; the request that went in is not touched, and one that no rule concerns comes out as the same objects.
"""

from __future__ import annotations

from collections.abc import Mapping

from scim.protocol.compat.entra import NO_OPERATION
from scim.protocol.compat.keys import member
from scim.protocol.compat.message import without_unknown_members
from scim.protocol.compat.operations import UNKNOWN_MEMBERS
from scim.protocol.compat.patch import Operations
from scim.protocol.compat.profile import Profile
from scim.protocol.compat.request import Message, Normalised, Pairs, Raw
from scim.protocol.compat.resource import Resources
from scim.protocol.compat.rule import FixesQuery, FixesSchemas, FixesUrl, MakesPatchOp, Members, TakesMediaType
from scim.protocol.compat.walk import Applied
from scim.protocol.values import Json

BASE_PATH = "/scim/v2"

_JSON_MEDIA_TYPES = frozenset({"application/scim+json", "application/json"})


def normal_path(profile: Profile, path: str) -> tuple[str, tuple[str, ...]]:
    """The path of a URL, from the server's root, without what is there twice, and the rules that this took.

    A path outside the base path stays as it is (quirk COMMON-25).
    """
    applied = Applied()
    if path.startswith(f"{BASE_PATH}/"):
        for rule, work in profile.works(FixesUrl):
            fixed = work.fix(path, BASE_PATH)
            if fixed != path:
                applied.add(rule)
                path = fixed
    return path, tuple(applied.rules)


def accepts_media_type(profile: Profile, content_type: str | None, body: Json) -> str | None:
    """The rule by which a body is read although its media type is none of JSON's; None if it is to be refused with 415.

    None also for the media types of the RFC, which need no rule (quirk COMMON-28).
    """
    if content_type is not None and content_type.partition(";")[0].strip().lower() in _JSON_MEDIA_TYPES:
        return None
    return next((rule for rule, work in profile.works(TakesMediaType) if work.takes(content_type, body)), None)


def bare_token(profile: Profile) -> str | None:
    """The rule by which an `Authorization` value of one word is tried as a token; None if it is not (quirk OKTA-24)."""
    return profile.bare_token


def normalise(profile: Profile, raw: Raw) -> Normalised:
    """The request in the form of the RFC, as far as the rules of the profile go; what they leave is the core's to judge."""
    if not profile.rules:
        return Normalised(body=raw.body, query=raw.query)
    applied = Applied()
    query = _query(profile, raw.query, applied)
    rule = accepts_media_type(profile, raw.content_type, raw.body) if raw.content_type is not None else None
    if rule is not None:
        applied.add(rule)
    body, ignored, no_operation = _body(profile, raw, applied)
    return Normalised(
        body=body, query=query, rules=tuple(applied.rules), ignored=tuple(ignored), no_operation=no_operation
    )


def _query(profile: Profile, pairs: Pairs, applied: Applied) -> Pairs:
    for rule, work in profile.works(FixesQuery):
        fixed = work.fix(pairs)
        if fixed != pairs:
            applied.add(rule)
            pairs = fixed
    return pairs


def _body(profile: Profile, raw: Raw, applied: Applied) -> tuple[Json, list[str], bool]:
    """The body, the unknown members that were left out, and whether it is a PATCH without operations."""
    if not isinstance(raw.body, Mapping):
        return raw.body, [], False
    resources = Resources(profile, raw.kind, applied) if raw.kind else None
    body = _with_schemas(profile, raw, _as_patch_op(profile, raw, raw.body, applied), applied, resources)
    if raw.message is not None:
        return _message(profile, raw, body, applied, resources)
    if resources is not None:
        body = resources.valued(resources.named(body))
    return body, [], False


def _as_patch_op(profile: Profile, raw: Raw, body: Members, applied: Applied) -> Members:
    if raw.message is not Message.PATCH or raw.kind is None:
        return body
    for rule, work in profile.works(MakesPatchOp):
        made = work.make(body, raw.kind)
        if made is not body:
            applied.add(rule)
            body = made
    return body


def _with_schemas(profile: Profile, raw: Raw, body: Members, applied: Applied, resources: Resources | None) -> Members:
    key, sent = member(body, "schemas")
    urns = resources.schemas(sent) if resources is not None and raw.message is None else sent
    for rule, work in profile.works(FixesSchemas):
        fixed = work.fix(urns, raw.kind, raw.message)
        if fixed is not urns:
            applied.add(rule)
            urns = fixed
    if urns is sent:
        return body
    return {**body, key: urns} if key in body else {key: urns, **body}


def _message(
    profile: Profile, raw: Raw, body: Members, applied: Applied, resources: Resources | None
) -> tuple[Members, list[str], bool]:
    ignored: list[str] = []
    rule = profile.called(UNKNOWN_MEMBERS)
    if rule is not None and raw.message is not None:
        body, ignored = without_unknown_members(body, raw.message)
        applied.add(*([rule] if ignored else []))
    no_operation = False
    if raw.message is Message.PATCH and resources is not None:
        body = Operations(resources, raw.resource_id).all(body)
        rule = profile.called(NO_OPERATION)
        no_operation = rule is not None and [body[key] for key in body if key.lower() == "operations"] == [[]]
        applied.add(*([rule] if rule and no_operation else []))
    return body, ignored, no_operation
