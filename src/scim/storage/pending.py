"""References to what is not there yet: kept as they were sent, and bound when it arrives (quirk COMMON-34).

A name that is looked for in vain and a resource of that name that arrives at the same time must not miss each other: who
looks in vain holds the name alone, who arrives holds it together with others, each before the look that counts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson

from scim.caller import Caller
from scim.db.session import Session
from scim.protocol.attributes.registry import ENTERPRISE_USER
from scim.protocol.text_key import bounded_key, bounded_text

MEMBERS: Final = "members"
MANAGER: Final = f"{ENTERPRISE_USER}:manager"

_STRIPES: Final = 64
"""Locks that the names of an application share, so that no transaction needs many."""


@dataclass(frozen=True, slots=True)
class Pending:
    """One reference: whose it is, in which attribute, and the entry as it was sent, whose `value` is the name."""

    holder_id: UUID
    attribute: str
    sent: Mapping[str, Any]

    @property
    def key(self) -> str:
        """What it is found by."""
        return key_of(self.sent["value"])

    @property
    def name(self) -> str:
        """What tells it from others of the same key: externalIds that differ in letter case only are two."""
        return bounded_text(self.sent["value"])


def key_of(name: str) -> str:
    """The form in which names are compared: whatever kind of name it is, it finds what it might mean."""
    return bounded_key(name)


def locks_of(caller: Caller, keys: Iterable[str]) -> list[int]:
    """The locks that stand for names, in the one order in which they are taken."""
    return sorted({_lock(caller, key) for key in keys})


def _lock(caller: Caller, key: str) -> int:
    stripe = int.from_bytes(hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()[:4]) % _STRIPES
    return int.from_bytes(hashlib.sha256(f"name:{caller.app_id}:{stripe}".encode()).digest()[:8], signed=True)


async def hold(caller: Caller, session: Session, *, arriving: Collection[str], missing: Collection[str]) -> None:
    """Hold names until the transaction ends: those that arrive together with others, those that are missing alone."""
    alone = set(locks_of(caller, missing))
    locks = sorted(alone.union(locks_of(caller, arriving)))
    if locks:
        await session.execute(
            "SELECT CASE WHEN l.alone THEN pg_advisory_xact_lock(l.id)::text ELSE pg_advisory_xact_lock_shared(l.id)::text"
            " END FROM unnest($1::bigint[], $2::boolean[]) AS l (id, alone)",
            locks,
            [lock in alone for lock in locks],
        )


async def add(caller: Caller, session: Session, references: Iterable[Pending], *, at: datetime) -> list[str]:
    """Keep references; the names of those that were not kept yet, as they were sent."""
    listed = sorted(references, key=lambda one: (one.holder_id, one.attribute, one.key, one.name))
    rows = await session.fetch(
        "INSERT INTO scim.pending_references (app_id, holder_id, attribute, match_key, sent_key, sent, at)"
        " SELECT $1, p.holder, p.attribute, p.key, p.name, p.sent::json, $7"
        " FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[]) AS p (holder, attribute, key, name, sent)"
        " ON CONFLICT DO NOTHING RETURNING sent ->> 'value' AS name",
        caller.app_id,
        [one.holder_id for one in listed],
        [one.attribute for one in listed],
        [one.key for one in listed],
        [one.name for one in listed],
        [orjson.dumps(one.sent).decode() for one in listed],
        at,
    )
    return [row["name"] for row in rows]


async def drop(
    caller: Caller, session: Session, holder_id: UUID, attribute: str, *, but: Sequence[str] = ()
) -> list[str]:
    """Give up all that a holder refers to `but` some names; those that are given up, as they were sent."""
    rows = await session.fetch(
        "DELETE FROM scim.pending_references WHERE app_id = $1 AND holder_id = $2 AND attribute = $3"
        " AND NOT sent_key = ANY($4) RETURNING sent ->> 'value' AS name",
        caller.app_id,
        holder_id,
        attribute,
        [bounded_text(name) for name in but],
    )
    return [row["name"] for row in rows]


async def drop_named(
    caller: Caller,
    session: Session,
    holder_id: UUID,
    attribute: str,
    *,
    exactly: Sequence[str],
    in_any_case: Sequence[str],
) -> list[str]:
    """Give up some names that a holder refers to; those that are given up, as they were sent.

    Where a name may be in any letter case, it means those in another if it is not kept in its own.
    """
    names = [*exactly, *in_any_case]
    rows = await session.fetch(
        "DELETE FROM scim.pending_references AS p USING unnest($4::text[], $5::text[], $6::boolean[])"
        " AS n (key, name, exactly) WHERE p.app_id = $1 AND p.holder_id = $2 AND p.attribute = $3 AND p.match_key = n.key"
        " AND (p.sent_key = n.name OR NOT n.exactly AND NOT EXISTS (SELECT 1 FROM scim.pending_references AS o"
        " WHERE o.app_id = $1 AND o.holder_id = $2 AND o.attribute = $3 AND o.match_key = n.key AND o.sent_key = n.name))"
        " RETURNING p.sent ->> 'value' AS name",
        caller.app_id,
        holder_id,
        attribute,
        [key_of(name) for name in names],
        [bounded_text(name) for name in names],
        [*(True for _ in exactly), *(False for _ in in_any_case)],
    )
    return [row["name"] for row in rows]


async def waiting_for(caller: Caller, session: Session, keys: Sequence[str]) -> list[Pending]:
    """The references that are kept under any of these names."""
    rows = await session.fetch(
        "SELECT holder_id, attribute, sent FROM scim.pending_references"
        " WHERE app_id = $1 AND match_key = ANY($2) ORDER BY holder_id, attribute, match_key, sent_key",
        caller.app_id,
        list(keys),
    )
    return [Pending(row["holder_id"], row["attribute"], orjson.loads(row["sent"])) for row in rows]


async def take(caller: Caller, session: Session, references: Sequence[Pending]) -> set[tuple[UUID, str, str]]:
    """Give up references that are to be bound; (holder, attribute, name) of those that were still kept."""
    rows = await session.fetch(
        "DELETE FROM scim.pending_references AS p USING unnest($2::uuid[], $3::text[], $4::text[], $5::text[])"
        " AS t (holder, attribute, key, name) WHERE p.app_id = $1 AND p.holder_id = t.holder"
        " AND p.attribute = t.attribute AND p.match_key = t.key AND p.sent_key = t.name"
        " RETURNING p.holder_id, p.attribute, p.sent_key",
        caller.app_id,
        [one.holder_id for one in references],
        [one.attribute for one in references],
        [one.key for one in references],
        [one.name for one in references],
    )
    return {(row["holder_id"], row["attribute"], row["sent_key"]) for row in rows}


async def counts(caller: Caller, session: Session) -> dict[str, int]:
    """How many references are kept, by attribute."""
    rows = await session.fetch(
        "SELECT attribute, count(*) AS n FROM scim.pending_references WHERE app_id = $1 GROUP BY attribute",
        caller.app_id,
    )
    return {row["attribute"]: row["n"] for row in rows}
