"""Audit records in words: one line for a list, and what to do about a refusal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from scim.cli.output import NOTHING

if TYPE_CHECKING:  # slow to import, and --help does not need it
    from scim.storage.audit_log import Record

SHORT_ID: Final = 8
_REFUSED: Final = 400
_STYLES: Final = {2: "green", 3: "cyan", 4: "yellow", 5: "bold red"}
_MAX_VALUE: Final = 60
_WHAT: Final = 13
_WHERE: Final = 16

_BY_STATUS: Final[Mapping[int, str]] = {
    400: "The request is malformed, as the detail says: a header or the URL at the identity provider is wrong.",
    401: "Enter a token that works at the identity provider: `pyscim token list --app APP --all` shows which there are, "
    "`pyscim token create --app APP` makes one.",
    403: "The token lacks a right, or covers a whole tenant: make one with `pyscim token create --app APP`.",
    404: "What it names is not here, or not any more: have the identity provider provision it again from the start.",
    405: "The base URL at the identity provider is wrong, or it uses what SCIM 2.0 has not.",
    406: "Let the identity provider accept application/scim+json or application/json.",
    409: "Others changed it at the same moment, or what it refers to is not there: the identity provider repeats the request.",
    412: "It was changed meanwhile: the identity provider reads it again and repeats the change.",
    413: "The body is too long: send less at once, or raise PYSCIM_MAX_BODY_BYTES.",
    415: "Set the content type at the identity provider to application/scim+json.",
    428: "The application demands If-Match (`require_if_match`); this identity provider does not send it.",
    429: "Too much came at once: `pyscim app guard APP` shows the guard, PYSCIM_RATE_LIMIT_PER_SECOND is the limit.",
    501: "This server does not offer it; switch the feature off at the identity provider.",
    503: "The database was away, or schemas changed at that moment; the identity provider repeats the request.",
}
_CURSOR: Final = "The identity provider reads a list from its beginning again, with one page size throughout."
_BY_SCIM_TYPE: Final[Mapping[str, str]] = {
    "invalidValue": "Correct the attribute mapping that makes this value, or its type, at the identity provider.",
    "invalidSyntax": "The body is not of the form that SCIM 2.0 has: check the attribute mapping, and the profile of the "
    "application.",
    "invalidPath": "A mapping names an attribute that no schema has: correct it, or add the schema with `pyscim schema add`.",
    "invalidFilter": "The matching attribute at the identity provider is not one that can be looked up: correct it.",
    "noTarget": "A mapping changes an entry that is not there: map the whole attribute, or use the profile of the identity "
    "provider.",
    "mutability": "A mapping writes what only the server writes, or what may be set once: take it out of the mapping.",
    "uniqueness": "Another resource has the value already: let the identity provider match by it, or rename or remove one of both.",
    "tooMany": "The query matches too much: let the identity provider match by userName or externalId.",
    "invalidCursor": _CURSOR,
    "expiredCursor": f"{_CURSOR} PYSCIM_CURSOR_TTL_S says how long a cursor is good.",
    "invalidCount": _CURSOR,
    "invalidVers": "The base URL at the identity provider is wrong: it ends with /scim/v2.",
    "sensitive": "The matching attribute at the identity provider is a secret: choose another one.",
}


def style_of(record: Record) -> str:
    """The colour of a record, by its outcome."""
    return _STYLES.get((record.status or 200) // 100, "")


def line(record: Record, *, today: datetime) -> str:
    """A record in one line: when, which, with what result, what, where, and in words."""
    what = record.action if "." in record.action else f"{record.action} {record.resource_type or ''}".strip()
    columns = (
        _time(record, today),
        str(record.id)[-SHORT_ID:],
        str(record.status) if record.status else "  -",
        f"{_cut(what, _WHAT):<{_WHAT}}",
        f"{_cut(where(record), _WHERE):<{_WHERE}}",
        words(record),
    )
    return " ".join(columns)


def where(record: Record) -> str:
    """The application and the identity provider, or who it was else."""
    return f"{record.app or record.tenant or NOTHING}/{who(record)}"


def who(record: Record) -> str:
    """The identity provider, guessed from the user agent, else the token or the operator."""
    from scim.services.audit import provider_of

    return provider_of(record) or record.actor.removeprefix("token:")


def words(record: Record) -> str:
    """What happened, as short as it goes."""
    if record.status is not None and record.status >= _REFUSED:
        return record.detail or record.scim_type or ""
    gone = _name_of_gone(record)
    parts = [gone] if gone else [_change(one) for one in _changes(record)]
    parts += [record.detail] if record.detail else []
    if record.rules:
        parts.append(f"[{', '.join(record.rules)}]")
    return "; ".join(parts) or "no change"


def _name_of_gone(record: Record) -> str | None:
    """Of what was deleted its name is enough."""
    if record.action != "delete":
        return None
    old = {one.get("path"): one.get("old") for one in _changes(record)}
    name = old.get("userName") or old.get("displayName")
    return f"was {name}" if name else None


def changes(record: Record) -> Iterator[tuple[str, str, str]]:
    """The changes attribute by attribute: path, before, after."""
    for one in _changes(record):
        if "old" in one or "new" in one:
            yield one["path"], _value(one.get("old")), _value(one.get("new"))
        else:
            gone = [*one.get("removed", []), *one.get("no_longer_pending", [])]
            came = [*one.get("added", []), *one.get("pending", []), *([one["bound"]] if "bound" in one else [])]
            yield one.get("path", ""), _value(gone or None), _value(came or None)


def advice(record: Record) -> str | None:
    """What to change, and where to read more, for a refusal."""
    from scim.services.audit import provider_of

    if record.status is None or record.status < _REFUSED:
        return None
    told = _BY_SCIM_TYPE.get(record.scim_type or "") or _BY_STATUS.get(record.status)
    if told is None:
        return "This is a fault of the server: its log has more under the request id."
    provider = provider_of(record)
    more = f" docs/idp/{provider}.md tells how it is connected." if provider else ""
    return told.replace("APP", record.app or "APP") + more


def _time(record: Record, today: datetime) -> str:
    at = record.at.astimezone(UTC)
    return at.strftime("%H:%M:%S" if at.date() == today.astimezone(UTC).date() else "%m-%d %H:%M")


def _changes(record: Record) -> list[Mapping[str, Any]]:
    return [one for one in record.changes or [] if isinstance(one, Mapping)]


def _change(one: Mapping[str, Any]) -> str:
    path = str(one.get("path", "")).rpartition(":")[2]
    if "new" in one or "old" in one:
        return f"{path}={_value(one['new'])}" if one.get("new") is not None else f"-{path}"
    counts = [
        f"{sign}{len(one[name])}{mark}"
        for name, sign, mark in (
            ("added", "+", ""),
            ("removed", "-", ""),
            ("pending", "+", "?"),
            ("no_longer_pending", "-", "?"),
        )
        if one.get(name)
    ]
    return f"{path} {' '.join(counts) or 'bound'}"


def _value(value: Any) -> str:
    import json

    text = NOTHING if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return _cut(text, _MAX_VALUE)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
