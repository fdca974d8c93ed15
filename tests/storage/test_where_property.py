"""Two engines, one meaning: SQL selects what the in-memory evaluator does, for random documents and filters."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from scim.caller import Caller
from scim.db.database import Database
from scim.db.session import Session
from scim.models.settings import ApplicationSettings, ManagerValue
from scim.protocol.attributes.registry import ENTERPRISE_USER as ENTERPRISE
from scim.protocol.attributes.registry import ResourceType
from scim.protocol.filters.check import check
from scim.protocol.filters.checked import Checked
from scim.protocol.filters.evaluate import evaluate
from scim.protocol.grammar.ast import And, Comparison, Filter, Not, Or, ValuePath
from scim.protocol.grammar.printer import to_text
from scim.protocol.projection import Projection
from scim.services.view import View
from scim.storage import listing, members, resources
from scim.storage.columns import Row
from scim.storage.listing import Found, Selection, Skip
from scim.storage.members import Member
from scim.storage.ordering import CREATION
from scim.storage.resources import New, Stored
from scim.utils.clock import now
from scim.utils.splice import dump
from scim.utils.uuid7 import new_id
from tests.support.documents import documents, filters
from tests.support.registry import kind

BASE = "http://test/scim/v2"
USER, GROUP, THING = kind("User"), kind("Group"), kind("Thing")

quick = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


class Rollback(Exception):
    """Ends an example: nothing of it stays."""


async def insert(
    caller: Caller, session: Session, of: ResourceType, document: dict[str, Any], *, manager: UUID | None = None
) -> UUID:
    resource_id = new_id(now())
    new = New(resource_id, of.name, Row.of(document, of), secret=None, at=now(), manager_id=manager)
    await resources.insert(caller, session, new)
    return resource_id


async def page(
    caller: Caller, session: Session, of: ResourceType, checked: Checked | None, *, nests: bool = False
) -> list[Found]:
    """All that a filter selects; the total must agree."""
    selection = Selection((of,), (checked,), BASE, nests)
    found = await listing.page(caller, session, selection, CREATION, Skip(), 100)
    assert await listing.count(caller, session, selection) == len(found)
    return found


async def selected(
    caller: Caller, session: Session, of: ResourceType, wanted: Filter, *, nests: bool = False
) -> tuple[set[str], set[str]]:
    """(by SQL, by the evaluator), as ids."""
    checked = check(wanted, of)
    rows = await page(caller, session, of, checked, nests=nests)
    everyone = [one.stored for one in await page(caller, session, of, None)]
    shown = await View(of, BASE, Everything(of)).show(caller, session, everyone)
    views = orjson.loads(b"".join(dump(shown)))
    return {one.place.id for one in rows}, {view["id"] for view in views if evaluate(checked, view)}


class Everything(Projection):
    """Filters see what is stored, not only what is shown by default (row F-48)."""

    def wants(self, name: str) -> bool:
        return True

    def apply(self, document: Any, *, sent: frozenset[str] = frozenset()) -> dict[str, Any]:
        return dict(document)


@pytest.mark.parametrize("of", [USER, THING], ids=lambda of: of.name)
@quick
@given(data=st.data())
async def test_sql_selects_what_the_evaluator_selects(
    database: Database, caller: Caller, of: ResourceType, data: st.DataObject
) -> None:
    drawn = data.draw(st.lists(documents(of), min_size=1, max_size=4))
    wanted = data.draw(st.lists(filters(of), min_size=1, max_size=4))
    with pytest.raises(Rollback):
        async with database.transaction() as session:
            for document in drawn:
                await insert(caller, session, of, _distinct(document))
            for one in wanted:
                by_sql, by_evaluator = await selected(caller, session, of, one)
                note(to_text(one))
                assert by_sql == by_evaluator, to_text(one)
            raise Rollback


def _distinct(document: dict[str, Any]) -> dict[str, Any]:
    """userName is unique, so two documents of one example must not share it."""
    if "userName" in document:
        return document | {"userName": document["userName"] + new_id(now()).hex}
    return document


MEMBERSHIP = frozenset({"members", "groups", "manager", "id", "meta", "displayName"})


@quick
@given(data=st.data())
async def test_members_groups_managers_and_meta_are_selected_alike(
    database: Database, caller: Caller, data: st.DataObject
) -> None:
    texts = st.sampled_from(["ann", "Ann", "bo", "", "Bo K"])
    answered = data.draw(st.sampled_from(ManagerValue))
    caller = replace(caller, settings=ApplicationSettings(manager_value=answered))
    with pytest.raises(Rollback):
        async with database.transaction() as session:
            names = data.draw(st.lists(st.none() | texts, min_size=2, max_size=3))
            ids = await _people(caller, session, names, by_name=data.draw(st.booleans()))
            groups = [
                await insert(caller, session, GROUP, {"schemas": [GROUP.schema.id], "displayName": name})
                for name in ("ann", "Team", "ann", "bo")
            ]
            for group in groups:
                chosen = data.draw(st.lists(st.sampled_from(ids), unique=True))
                rows = [Member(one, "User", data.draw(st.none() | texts)) for one in chosen]
                await members.add(caller, session, group, rows, at=now())
            nested = data.draw(st.sets(st.sampled_from([(0, 1), (1, 2), (2, 3), (0, 3)])))
            for above, below in nested:
                await members.add(caller, session, groups[above], [Member(groups[below], "Group", None)], at=now())
            values = [
                *map(str, [*ids, *groups]),
                *(f"{BASE}/Users/{one}" for one in ids),
                f"{BASE}/Groups/{groups[0]}",
                'W/"1"',
                "ann",
                "bo",
                "user",
                "User",
                "direct",
                "indirect",
                "u0",
                "somebody",
            ]
            for of in (USER, GROUP):
                wanted = data.draw(filters(of, names=MEMBERSHIP))
                for one in (wanted, _with_values(wanted, data, values)):
                    by_sql, by_evaluator = await selected(caller, session, of, one, nests=bool(nested))
                    assert by_sql == by_evaluator, to_text(one)
            raise Rollback


async def _people(caller: Caller, session: Session, names: list[str | None], *, by_name: bool) -> list[UUID]:
    """Users; the second has the first as manager, sent as its id or its name, others one who is not there."""
    ids: list[UUID] = []
    for number, name in enumerate(names):
        document: dict[str, Any] = {"schemas": [USER.schema.id, ENTERPRISE], "userName": f"u{number}"}
        if name is not None:
            document["displayName"] = name
        sent = ("u0" if by_name else str(ids[0])) if number == 1 else "somebody"
        if ids:
            document[ENTERPRISE] = {"manager": {"value": sent}}
        ids.append(await insert(caller, session, USER, document, manager=ids[0] if number == 1 else None))
    return ids


def _with_values(wanted: Filter, data: st.DataObject, values: list[str]) -> Filter:
    """The same filter with operands that are likely to be found."""
    match wanted:
        case Comparison(value=str()) if not wanted.path.sub or (
            "created" not in (wanted.path.sub or "") and "lastModified" not in wanted.path.sub
        ):
            if wanted.path.name in ("created", "lastModified"):
                return wanted
            return replace(wanted, value=data.draw(st.sampled_from(values)))
        case And(operands) | Or(operands):
            return replace(wanted, operands=tuple(_with_values(one, data, values) for one in operands))
        case Not(operand):
            return Not(_with_values(operand, data, values))
        case ValuePath(path, inner):
            return ValuePath(path, _with_values(inner, data, values))
    return wanted


async def test_a_row_is_read_only_through_its_application(database: Database, caller: Caller) -> None:
    other = Caller(
        **{name: getattr(caller, name) for name in ("tenant_id", "scopes", "profile", "tenant", "app")},
        app_ids=(new_id(now()),),
    )
    async with database.transaction() as session:
        user = await insert(caller, session, USER, {"schemas": [USER.schema.id], "userName": "kim"})
        assert isinstance(await resources.load(caller, session, "User", user), Stored)
        assert await resources.load(other, session, "User", user) is None
        assert await page(other, session, USER, None) == []
