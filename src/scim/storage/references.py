"""Finding whom a reference names; every look-up takes all names at once and is served by an index (quirk COMMON-34)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from scim.caller import Caller
from scim.db.session import Row, Session
from scim.protocol.attributes.registry import ENTERPRISE_USER
from scim.protocol.text_key import bounded_key, bounded_text, text_key
from scim.storage.fields import as_id
from scim.storage.json_fields import as_json


@dataclass(frozen=True, slots=True)
class Among:
    """Among which resources is looked: of these types, and those that are visible, or hidden users."""

    types: Sequence[str]
    hidden: bool = False

    @property
    def deleted_at(self) -> str:
        """What `deleted_at` is of them."""
        return "IS NOT NULL" if self.hidden else "IS NULL"


USERS: Final = Among(("User",))


@dataclass(frozen=True, slots=True)
class Found:
    """A resource that a reference names."""

    id: UUID
    resource_type: str


async def lock_by_id(caller: Caller, session: Session, ids: Iterable[UUID], *, types: Sequence[str]) -> dict[UUID, str]:
    """Those of `ids` that exist, with their types, locked against deletion in the order of their ids."""
    rows = await session.fetch(
        "SELECT id, resource_type FROM scim.resources WHERE app_id = $1 AND id = ANY($2)"
        " AND resource_type = ANY($3) AND deleted_at IS NULL ORDER BY id FOR KEY SHARE",
        caller.app_id,
        sorted(ids),
        list(types),
    )
    return {row["id"]: row["resource_type"] for row in rows}


async def find_by_id(caller: Caller, session: Session, values: Sequence[str], among: Among) -> dict[str, list[Found]]:
    """Resources by their ids; none of them is locked."""
    ids = {value: identifier for value in values if (identifier := as_id(value))}
    if not ids:
        return {}
    rows = await session.fetch(
        "SELECT id, resource_type, id::text AS name FROM scim.resources WHERE app_id = $1 AND id = ANY($2)"
        f" AND resource_type = ANY($3) AND deleted_at {among.deleted_at}",
        caller.app_id,
        [*ids.values()],
        list(among.types),
    )
    return _by_name([*ids], rows, str)


async def find_by_external_id(
    caller: Caller, session: Session, values: Sequence[str], among: Among
) -> dict[str, list[Found]]:
    """Resources by externalId; several where it is not unique."""
    rows = await session.fetch(
        "SELECT id, resource_type, external_id AS name FROM scim.resources WHERE app_id = $1"
        f" AND resource_type = ANY($2) AND external_id = ANY($3) AND deleted_at {among.deleted_at}",
        caller.app_id,
        list(among.types),
        [bounded_text(value) for value in values],
    )
    return _by_name(values, rows, bounded_text)


async def find_by_user_name(
    caller: Caller, session: Session, values: Sequence[str], among: Among = USERS
) -> dict[str, list[Found]]:
    """Users by userName, letter case ignored."""
    rows = await session.fetch(
        "SELECT id, resource_type, user_name_key AS name FROM scim.resources WHERE app_id = $1"
        f" AND resource_type = 'User' AND user_name_key = ANY($2) AND deleted_at {among.deleted_at}",
        caller.app_id,
        [bounded_key(value) for value in values],
    )
    return _by_name(values, rows, bounded_key)


async def find_by_email(
    caller: Caller, session: Session, values: Sequence[str], among: Among = USERS
) -> dict[str, list[Found]]:
    """Users by any of their e-mail addresses, letter case ignored."""
    return await _find_by_document(caller, session, values, lambda key: {"emails": [{"value": key}]}, among)


async def find_by_employee_number(
    caller: Caller, session: Session, values: Sequence[str], among: Among = USERS
) -> dict[str, list[Found]]:
    """Users by the enterprise extension's employeeNumber, letter case ignored."""
    return await _find_by_document(
        caller, session, values, lambda key: {ENTERPRISE_USER: {"employeeNumber": key}}, among
    )


async def _find_by_document(
    caller: Caller, session: Session, values: Sequence[str], part: Callable[[str], Mapping[str, Any]], among: Among
) -> dict[str, list[Found]]:
    """By what `search` holds.

    OFFSET 0 has the index asked for each name by itself: a join of many names would be planned as a scan.
    """
    keys = sorted({text_key(value) for value in values})
    rows = await session.fetch(
        "SELECT r.id, r.resource_type, v.name FROM unnest($2::text[], $3::text[]) AS v (name, part), LATERAL ("
        "SELECT id, resource_type FROM scim.resources WHERE app_id = $1 AND search @> v.part::jsonb"
        f" AND resource_type = 'User' AND deleted_at {among.deleted_at} OFFSET 0) AS r",
        caller.app_id,
        keys,
        [as_json(part(key)) for key in keys],
    )
    return _by_name(values, rows, text_key)


def _by_name(values: Sequence[str], rows: Sequence[Row], key: Callable[[str], str]) -> dict[str, list[Found]]:
    by_key: dict[str, list[Found]] = {}
    for row in rows:
        by_key.setdefault(row["name"], []).append(Found(row["id"], row["resource_type"]))
    return {value: by_key[key(value)] for value in values if key(value) in by_key}


async def bind_managers(caller: Caller, session: Session, managers: Mapping[UUID, UUID]) -> None:
    """Set who the manager of each user is, by the user's id."""
    await session.execute(
        "UPDATE scim.resources AS r SET manager_id = v.manager FROM unnest($2::uuid[], $3::uuid[]) AS v (id, manager)"
        " WHERE r.app_id = $1 AND r.id = v.id",
        caller.app_id,
        list(managers),
        list(managers.values()),
    )


async def set_manager(caller: Caller, session: Session, user_id: UUID, manager_id: UUID | None) -> None:
    """Set who a user's manager is; None where that is not known, or there is none."""
    await session.execute(
        "UPDATE scim.resources SET manager_id = $3 WHERE app_id = $1 AND id = $2", caller.app_id, user_id, manager_id
    )


async def names_of_manager(caller: Caller, session: Session, manager_id: UUID) -> list[str]:
    """By what users name their manager, as it was sent."""
    rows = await session.fetch(
        f"SELECT DISTINCT document -> '{ENTERPRISE_USER}' -> 'manager' ->> 'value' AS sent FROM scim.resources"
        " WHERE app_id = $1 AND manager_id = $2",
        caller.app_id,
        manager_id,
    )
    return [row["sent"] for row in rows if row["sent"] is not None]


async def unbind_manager(caller: Caller, session: Session, manager_id: UUID) -> dict[UUID, str]:
    """Leave the users whose manager goes without one; the name of the manager as it was sent, by the user's id."""
    rows = await session.fetch(
        "UPDATE scim.resources SET manager_id = NULL WHERE app_id = $1 AND manager_id = $2"
        f" RETURNING id, document -> '{ENTERPRISE_USER}' -> 'manager' ->> 'value' AS sent",
        caller.app_id,
        manager_id,
    )
    return {row["id"]: row["sent"] for row in rows if row["sent"] is not None}
