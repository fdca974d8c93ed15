"""Queries (RFC 7644 §3.4.2, §3.4.3): a page of the resources of one type, or of several together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from scim.caller import Caller
from scim.db.session import Session
from scim.protocol.attributes.registry import ResourceType
from scim.protocol.discovery import LIST_RESPONSE
from scim.protocol.filters.check import check
from scim.protocol.filters.checked import Checked, mentions
from scim.protocol.grammar.printer import to_text
from scim.services.environment import Environment
from scim.services.intake import Intake, take
from scim.services.requests import Answer, Incoming
from scim.services.view import View
from scim.services.walks import page_of, walk
from scim.storage import listing, members
from scim.storage.listing import Found, Selection
from scim.storage.ordering import order_by


async def search(env: Environment, caller: Caller, request: Incoming, kinds: tuple[ResourceType, ...]) -> Answer:
    """Answer 200 with a page of the resources that a filter selects among `kinds`, and how many there are in all.

    Raises:
        InvalidFilter, InvalidPath, InvalidValue: a parameter is malformed or names what no type has.
        InvalidCursor, ExpiredCursor, InvalidCount: the walk cannot go on there (RFC 9865 §2.1).
    """
    intake = take(caller, request)
    query = intake.query
    views = {kind.name: View.of(intake, kind, request.base_url) for kind in kinds}
    order = order_by(
        kinds,
        query.sort_by,
        descending=query.descending,
        surroundings=listing.surroundings(caller, request.base_url),
    )
    filtered = _Filtered.of(env, intake, kinds)
    async with env.database.session() as session:
        selection = await _selection(caller, session, request, kinds, filtered)
        among = [[kind.name for kind in kinds], order.type]
        asked = await walk(caller, session, env.settings, query, among, at=request.now)
        total = await listing.count(caller, session, selection)
        read = partial(listing.page, caller, session, selection, order)
        found, place = await page_of(asked, session, total, read)
        shown = await _shown(caller, session, views, found)
    body = {"schemas": [LIST_RESPONSE]} | place | {"itemsPerPage": len(shown), "Resources": shown}
    what = f"{kinds[0].name}s" if len(kinds) == 1 else "resources"
    summary = f"listed {len(shown)} of {total} {what}{filtered.words}"
    return intake.told_in(Answer(status=200, body=body, summary=summary))


@dataclass(frozen=True, slots=True)
class _Filtered:
    """The filter as each type judges it, and in words."""

    conditions: tuple[Checked | None, ...]
    words: str = ""

    @classmethod
    def of(cls, env: Environment, intake: Intake, kinds: tuple[ResourceType, ...]) -> _Filtered:
        text = intake.query.filter
        if text is None:
            return cls((None,) * len(kinds))
        parsed = [intake.filter(text, kind, env.settings) for kind in kinds]
        conditions = (check(one, kind, among=kinds) for one, kind in zip(parsed, kinds, strict=True))
        return cls(tuple(conditions), f" where {to_text(parsed[0])}")


async def _selection(
    caller: Caller, session: Session, request: Incoming, kinds: tuple[ResourceType, ...], filtered: _Filtered
) -> Selection:
    """What is listed; whether groups are in groups is asked only where the filter asks for a user's groups."""
    on_groups = any(
        kind.is_user and condition is not None and mentions(condition, "groups")
        for kind, condition in zip(kinds, filtered.conditions, strict=True)
    )
    nests = on_groups and await members.nests(caller, session)
    return Selection(kinds, filtered.conditions, request.base_url, nests)


async def _shown(
    caller: Caller, session: Session, views: dict[str, View], found: Sequence[Found]
) -> list[dict[str, Any]]:
    """The resources in their order; those of one type are made ready together."""
    shown: dict[UUID, dict[str, Any]] = {}
    for name, view in views.items():
        rows = [one.stored for one in found if one.stored.resource_type == name]
        answers = await view.show(caller, session, rows) if rows else []
        shown |= {row.id: answer for row, answer in zip(rows, answers, strict=True)}
    return [shown[one.stored.id] for one in found]
