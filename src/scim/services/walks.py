"""Which part of a list a query asks for, and how the walk goes on: by index, or by cursor (RFC 9865)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from scim.caller import Caller
from scim.config import Settings
from scim.db.session import Session
from scim.exceptions import InvalidCount
from scim.protocol.paging import Beyond, Cursor, Place, fingerprint, seal, unseal
from scim.protocol.query import Query
from scim.storage import positions, secrets
from scim.storage.listing import Skip
from scim.utils.clock import now

MAX_OFFSET = 2**62
"""Postgres counts rows in 64 bits."""

CURSOR_SECRET = "cursor"  # noqa: S105 - the name under which the secret is kept


class Walk(Protocol):
    """One page of a walk through a list."""

    limit: int
    """The most resources that the page may have."""

    async def start(self, session: Session) -> Skip | Beyond:
        """Where the page begins."""

    async def members(self, session: Session, page: Sequence[Place], total: int, *, has_more: bool) -> dict[str, Any]:
        """What the ListResponse says of a page with such places; `has_more` tells whether the list goes on behind it."""


@dataclass(slots=True)
class IndexWalk:
    """Pages by `startIndex` (RFC 7644 §3.4.2.4); the next one goes on where this one ended, whatever was deleted."""

    caller: Caller
    query: bytes
    start_index: int
    limit: int
    now: datetime
    remembered: timedelta
    _continues: bool = False

    async def start(self, session: Session) -> Skip | Beyond:
        """Behind the last page's end where that is remembered, else behind as many resources as the index says."""
        if self.start_index == 1 or not self.limit:
            return Skip()
        since = self.now - self.remembered
        place = await positions.recall(self.caller, session, self.query, self.start_index, since=since)
        self._continues = place is not None
        return Beyond(place) if place else Skip(min(self.start_index - 1, MAX_OFFSET))

    async def members(self, session: Session, page: Sequence[Place], total: int, *, has_more: bool) -> dict[str, Any]:
        """`startIndex` as asked for (row E-13).

        The index that would follow is never left to an earlier walk; but a look-up for one resource is no walk.
        """
        following = self.start_index + len(page)
        if has_more or (page and self.start_index > 1):
            await positions.remember(self.caller, session, self.query, following, page[-1], at=self.now)
        elif len(page) > 1:
            await positions.drop(self.caller, session, self.query, following)
        return {"totalResults": total, "startIndex": self.start_index}


@dataclass(slots=True)
class CursorWalk:
    """Pages by cursor (RFC 9865): each begins at the entry at which another ended."""

    query: str
    count: int
    limit: int
    now: datetime
    secret: bytes
    seconds: int
    at: Cursor | None

    async def start(self, session: Session) -> Skip | Beyond:  # noqa: ARG002 - the protocol's
        """At the beginning, or beside the cursor's place."""
        return self.at.start if self.at else Skip()

    async def members(
        self,
        session: Session,  # noqa: ARG002 - the protocol's
        page: Sequence[Place],
        total: int,
        *,
        has_more: bool,
    ) -> dict[str, Any]:
        """Cursors to the neighbours; none where there is no neighbour (rows O-03, O-04), no `startIndex` (row O-23).

        A page that was emptied meanwhile leads back to what lay beside it, its own place included.
        """
        found: dict[str, Any] = {"totalResults": total}
        if not self.limit:
            return found
        start = self.at.start if self.at else None
        backward = start is not None and start.backward
        if start is not None and not page:
            name = "nextCursor" if backward else "previousCursor"
            found[name] = self._sealed(Beyond(start.place, backward=not backward, inclusive=True))
            return found
        if page and (has_more or backward):
            found["nextCursor"] = self._sealed(Beyond(page[-1]))
        if start is not None and (has_more or not backward):
            found["previousCursor"] = self._sealed(Beyond(page[0], backward=True))
        return found

    def _sealed(self, start: Beyond) -> str:
        cursor = Cursor(query=self.query, start=start, count=self.count)
        return seal(cursor, secret=self.secret, now=self.now, seconds=self.seconds)


async def walk(
    caller: Caller,
    session: Session,
    settings: Settings,
    query: Query,
    among: Sequence[Any],
    *,
    at: datetime,
) -> Walk:
    """The page that a query asks for; `among` says in JSON what is listed, so that no other list's walk goes on there.

    Raises:
        InvalidCursor, ExpiredCursor, InvalidCount: the cursor is none of this query's, too old, or of another page size.
    """
    asked = [among, query.filter, query.sort_by, query.descending]
    if query.cursor is None:
        return IndexWalk(
            caller=caller,
            query=fingerprint(*asked),
            start_index=query.start_index or 1,
            limit=_limit(settings, query.count),
            now=at,
            remembered=timedelta(seconds=settings.cursor_ttl_s),
        )
    names = fingerprint(*map(str, caller.app_ids), *asked, query.attributes, query.excluded_attributes).hex()[:32]
    secret = await _secret(session, settings)
    cursor = unseal(query.cursor, query=names, secret=secret, now=at) if query.cursor else None
    count = query.count
    if cursor is not None:
        count = cursor.count if count is None else count
        if count != cursor.count:
            raise InvalidCount(f"'count' is {count}, and was {cursor.count} on the first page; it stays the same.")
    return CursorWalk(
        query=names,
        count=settings.default_page_size if count is None else count,
        limit=_limit(settings, count),
        now=at,
        secret=secret,
        seconds=settings.cursor_ttl_s,
        at=cursor,
    )


class Placed(Protocol):
    """An entry of a list that knows its place."""

    @property
    def place(self) -> Place:
        """What it is sorted by, and its id."""


T = TypeVar("T", bound=Placed)


async def page_of(
    asked: Walk, session: Session, total: int, read: Callable[[Skip | Beyond, int], Awaitable[list[T]]]
) -> tuple[list[T], dict[str, Any]]:
    """The entries of a page, and what the ListResponse says of its place.

    `read` gives at most so many entries from a start on; it is not called where there can be none.
    """
    start = await asked.start(session)
    found: list[T] = []
    if asked.limit and (isinstance(start, Beyond) or start.count < total):
        found = await read(start, asked.limit + 1)
    has_more = len(found) > asked.limit
    if has_more:  # the one too many tells only that the list goes on
        del found[0 if isinstance(start, Beyond) and start.backward else -1]
    return found, await asked.members(session, [one.place for one in found], total, has_more=has_more)


def _limit(settings: Settings, count: int | None) -> int:
    return min(settings.default_page_size if count is None else count, settings.max_page_size)


async def _secret(session: Session, settings: Settings) -> bytes:
    configured = settings.cursor_secret.get_secret_value()
    return (configured or await secrets.get_or_make(session, CURSOR_SECRET, at=now())).encode()
