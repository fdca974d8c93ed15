"""Pages against the order in memory, with random data: forward and backward, from any place, over one type or several."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scim.caller import Caller
from scim.db.database import Database
from scim.exceptions import InvalidPath, InvalidValue
from scim.protocol.attributes.definition import Attribute
from scim.protocol.attributes.registry import ResourceType, Target, build_registry
from scim.protocol.filters.values import comparable
from scim.protocol.grammar.parser import parse_attribute_path
from scim.protocol.paging import Beyond
from scim.services.references import sent_manager
from scim.storage import listing, resources
from scim.storage.columns import Row
from scim.storage.fields import as_id
from scim.storage.listing import Found, Selection, Skip
from scim.storage.ordering import CREATION, Order, order_by
from scim.storage.resources import New
from scim.storage.scopes import Surroundings
from scim.utils.clock import now
from scim.utils.uuid7 import new_id
from tests.support.documents import documents, writable
from tests.support.gadgets import gadget
from tests.support.registry import kind

BASE = "http://test/scim/v2"
USER, GROUP, THING = kind("User"), kind("Group"), kind("Thing")


class Rollback(Exception):
    """Ends an example: nothing of it stays."""


def first_value(target: Target, document: dict[str, Any]) -> Any:
    """What a resource is sorted by (row E-20), as it is compared; None where there is nothing."""
    holder = document if target.extension is None else document.get(target.extension, {})
    value = holder.get(target.attribute.name)
    if target.attribute.multi_valued and value:
        value = next((entry for entry in value if is_primary(target.attribute, entry)), value[0])
    if target.sub is not None and value is not None:
        value = value.get(target.sub.name)
    return None if value is None else comparable(target.leaf, value)


def is_primary(attribute: Attribute, entry: Any) -> bool:
    return attribute.sub("primary") is not None and entry.get("primary") is True


def in_order(rows: list[tuple[str, Any]], *, descending: bool) -> list[str]:
    """Ids by key, ties by id, and those without a key last, or first when descending (rows E-19, E-22, E-24)."""
    keyed = sorted((row for row in rows if row[1] is not None), key=lambda row: row[0])
    keyed.sort(key=lambda row: row[1], reverse=descending)
    bare = sorted(identifier for identifier, key in rows if key is None)
    found = [identifier for identifier, _ in keyed]
    return [*bare, *found] if descending else [*found, *bare]


def sortable(of: ResourceType) -> list[str]:
    found = []
    for target in writable(of):
        subs = [sub for sub in target.attribute.sub_attributes if not sub.multi_valued and sub.name != "$ref"]
        found += [str(Target(target.attribute, sub, target.extension)) for sub in subs] or [str(target)]
    return [name for name in found if "manager" not in name]


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
async def test_every_place_of_a_sorted_list_has_the_same_neighbours(
    database: Database, caller: Caller, data: st.DataObject
) -> None:
    of = data.draw(st.sampled_from([USER, THING]))
    sort_by, descending = data.draw(st.sampled_from(sortable(of))), data.draw(st.booleans())
    target = of.find(parse_attribute_path(sort_by))
    assert target is not None
    order = order_by((of,), sort_by, descending=descending, surroundings=Surroundings(BASE))
    with pytest.raises(Rollback):
        async with database.transaction() as session:
            rows = []
            for document in data.draw(st.lists(documents(of), min_size=1, max_size=6)):
                document.pop("userName", None)
                identifier = new_id(now())
                row = Row.of(document, of)
                await resources.insert(caller, session, New(identifier, of.name, row, secret=None, at=now()))
                rows.append((str(identifier), first_value(target, document)))
            expected = in_order(rows, descending=descending)
            selection = Selection((of,), (None,), BASE)

            async def page(start: Skip | Beyond, limit: int = 100) -> list[Found]:
                return await listing.page(caller, session, selection, order, start, limit)

            whole = await page(Skip())
            assert [one.place.id for one in whole] == expected
            for number, one in enumerate(whole):
                after, before = await page(Beyond(one.place)), await page(Beyond(one.place, backward=True))
                assert [other.place.id for other in after] == expected[number + 1 :]
                assert [other.place.id for other in before] == expected[:number]
                for backward, due in ((False, expected[number:]), (True, expected[: number + 1])):
                    there = await page(Beyond(one.place, backward, inclusive=True))
                    assert [other.place.id for other in there] == due
                near = await page(Beyond(one.place, backward=True), 1)
                assert [other.place.id for other in near] == expected[max(0, number - 1) : number]
                assert [other.place.id for other in await page(Skip(number), 1)] == [expected[number]]
            raise Rollback


async def make(caller: Caller, session: Any, of: ResourceType, **attributes: Any) -> str:
    identifier = new_id(now())
    row = Row.of({"schemas": [of.schema.id]} | attributes, of)
    manager = as_id(sent_manager(attributes) or "")
    await resources.insert(caller, session, New(identifier, of.name, row, secret=None, at=now(), manager_id=manager))
    return str(identifier)


async def test_several_types_are_sorted_as_one_list(database: Database, caller: Caller) -> None:
    kinds = (USER, GROUP, THING)
    async with database.transaction() as session:
        made = {
            name: await make(caller, session, of, **{attribute: name})
            for of, attribute, name in (
                (GROUP, "displayName", "b"),
                (USER, "displayName", "C"),
                (THING, "name", "x"),
                (GROUP, "displayName", "a"),
                (USER, "displayName", "d"),
            )
        }

        async def ids(order: Order) -> list[str]:
            selection = Selection(kinds, (None,) * len(kinds), BASE)
            assert await listing.count(caller, session, selection) == len(made)
            return [one.place.id for one in await listing.page(caller, session, selection, order, Skip(), 100)]

        by_name = order_by(kinds, "displayName", descending=False, surroundings=Surroundings(BASE))
        assert await ids(by_name) == [made[name] for name in ("a", "b", "C", "d", "x")]
        assert await ids(CREATION) == list(made.values())
        by_type = order_by(kinds, "meta.resourceType", descending=True, surroundings=Surroundings(BASE))
        assert await ids(by_type) == [made[name] for name in ("C", "d", "x", "b", "a")]


class TestOrderBy:
    @pytest.mark.parametrize("sort_by", ["nope", "emails.nope", "a b", "urn:none:2.0:User:userName"])
    def test_names_nobody_has_are_refused(self, sort_by: str) -> None:
        with pytest.raises(InvalidPath):
            order_by((USER,), sort_by, descending=False, surroundings=Surroundings(BASE))

    @pytest.mark.parametrize("sort_by", ["name", "password", "groups", "groups.value"])
    def test_what_has_no_order_is_refused(self, sort_by: str) -> None:
        with pytest.raises(InvalidValue):
            order_by((USER,), sort_by, descending=False, surroundings=Surroundings(BASE))

    def test_a_name_of_another_type_is_no_fault_among_several(self) -> None:
        order = order_by((USER, THING), "size", descending=False, surroundings=Surroundings(BASE))
        assert order.keys[0] == "(NULL::numeric)"

    def test_values_of_different_types_make_no_order(self) -> None:
        with pytest.raises(InvalidValue, match="different types"):
            order_by((gadget(), counted()), "name", descending=False, surroundings=Surroundings(BASE))


def counted() -> ResourceType:
    """A type whose `name` is a number."""
    schema = {"id": "urn:example:Counted", "attributes": [{"name": "name", "type": "integer"}]}
    body = {"name": "Counted", "endpoint": "/Counteds", "schema": "urn:example:Counted"}
    return build_registry([schema], [body]).resource_types[0]


@pytest.mark.parametrize("sort_by", ["meta.created", "meta.lastModified", "meta.version", "meta.location", "id"])
async def test_columns_are_sorted_by_and_their_places_survive_a_cursor(
    database: Database, caller: Caller, sort_by: str
) -> None:
    async with database.transaction() as session:
        made = [await make(caller, session, USER, userName=f"u{number}") for number in range(4)]
        order = order_by((USER,), sort_by, descending=True, surroundings=Surroundings(BASE))
        selection = Selection((USER,), (None,), BASE)
        walked: list[str] = []
        start: Skip | Beyond = Skip()
        while found := await listing.page(caller, session, selection, order, start, 1):
            walked.append(found[0].place.id)
            start = Beyond(type(found[0].place).from_json(found[0].place.to_json()))
        assert sorted(walked) == sorted(made)


async def test_users_are_sorted_by_the_names_of_their_managers(database: Database, caller: Caller) -> None:
    enterprise = USER.extensions[0].schema.id
    async with database.transaction() as session:
        bosses = [await make(caller, session, USER, userName=name, displayName=name) for name in ("zoe", "Ann")]
        staff = [
            await make(caller, session, USER, userName=f"s{number}", **{enterprise: {"manager": {"value": boss}}})
            for number, boss in enumerate(bosses)
        ]
        order = order_by((USER,), "manager.displayName", descending=False, surroundings=Surroundings(BASE))
        found = await listing.page(caller, session, Selection((USER,), (None,), BASE), order, Skip(), 100)
        assert [one.place.id for one in found] == [staff[1], staff[0], *bosses]
