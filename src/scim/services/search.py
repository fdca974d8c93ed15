"""GET of a list of resources (RFC 7644 §3.4.2)."""

from __future__ import annotations

from scim.caller import Caller
from scim.protocol.discovery import LIST_RESPONSE
from scim.protocol.filters.check import check
from scim.protocol.grammar.printer import to_text
from scim.services.environment import Environment
from scim.services.intake import Intake, take
from scim.services.requests import Answer, ScimRequest
from scim.services.view import View
from scim.storage import listing
from scim.storage.listing import FIRST
from scim.storage.ordering import order_by
from scim.storage.where import EVERYTHING, Where, compile_filter

MAX_OFFSET = 2**62
"""Postgres counts rows in 64 bits."""


async def search(env: Environment, caller: Caller, request: ScimRequest) -> Answer:
    """Answer 200 with a page of the resources that a filter selects, and how many there are in all.

    Raises:
        InvalidFilter, InvalidPath, InvalidValue: a parameter is malformed or names what the type does not have.
    """
    intake = take(caller, request)
    query = intake.query
    view = View(request.kind, request.base_url, intake.projection)
    order = order_by(request.kind, query.sort_by, descending=query.descending)
    where, words = _where(env, intake, request)
    wanted = query.count if query.count is not None else env.settings.default_page_size
    limit = min(wanted, env.settings.max_page_size)
    async with env.database.session() as session:
        total = await listing.count(caller, session, request.kind, where)
        offset = min(query.start_index - 1, MAX_OFFSET)
        rows = []
        if limit and offset < total:
            rows = await listing.page(caller, session, request.kind, where, order, offset=offset, limit=limit)
        shown = await view.show(caller, session, rows)
    body = {
        "schemas": [LIST_RESPONSE],
        "totalResults": total,
        "startIndex": query.start_index,
        "itemsPerPage": len(shown),
        "Resources": shown,
    }
    return Answer(status=200, body=body, summary=f"listed {len(shown)} of {total} {request.kind.name}s{words}")


def _where(env: Environment, intake: Intake, request: ScimRequest) -> tuple[Where, str]:
    text = intake.query.filter
    if text is None:
        return EVERYTHING, ""
    settings = env.settings
    parsed = intake.filter(text, max_length=settings.max_filter_length, max_depth=settings.max_filter_depth)
    where = compile_filter(check(parsed, request.kind), request.kind, first=FIRST, base_url=request.base_url)
    return where, f" where {to_text(parsed)}"
