"""Look-ups use an index: with 10,000 users in one application, no plan reads them all (DESIGN §1.5)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from scim.caller import Caller, Scope
from scim.db.database import Database
from scim.db.session import Session
from scim.protocol.attributes.registry import ResourceType
from scim.protocol.filters.check import check
from scim.protocol.grammar.parser import parse_filter
from scim.protocol.paging import Beyond, Place
from scim.storage import hidden, pending, references, resources
from scim.storage.columns import ROW_COLUMNS, Row
from scim.storage.fields import Binder
from scim.storage.listing import Selection, Skip, page, page_statement
from scim.storage.ordering import CREATION, order_by
from scim.storage.references import Among
from scim.storage.resources import New
from scim.storage.scopes import Surroundings
from scim.storage.where import compile_filter
from scim.utils.clock import now
from scim.utils.uuid7 import new_id
from tests.support.registry import kind

USERS, GROUPS = 10_000, 1_000
USER, GROUP = kind("User"), kind("Group")
COLUMNS = ("app_id", "id", "resource_type", *ROW_COLUMNS.split(", "), "created_at", "modified_at")
HIDDEN = Among(["User"], hidden=True)
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def user(number: int) -> dict[str, Any]:
    return {
        "schemas": [USER.schema.id, ENTERPRISE],
        "userName": f"Person.{number}@example.com",
        "externalId": f"ext-{number}",
        "displayName": f"Person {number}",
        "active": True,
        "emails": [{"type": "work", "value": f"Person.{number}@example.com", "primary": True}],
        ENTERPRISE: {"employeeNumber": f"{number:06}", "department": f"D{number % 10}"},
    }


@pytest.fixture(scope="module")
async def crowd(database: Database) -> AsyncIterator[Caller]:
    """An application with 10,000 users, removed at the end."""
    caller = Caller(
        tenant_id=new_id(now()),
        app_ids=(new_id(now()),),
        scopes=frozenset(Scope),
        profile="auto",
        tenant="t",
        app="crowd",
    )
    rows = [
        (caller.app_id, new_id(now()), "User", *Row.of(user(number), USER).values(), now(), now())
        for number in range(USERS)
    ]
    async with database.session() as session:
        await session.copy("resources", COLUMNS, rows)
        await session.script("ANALYZE scim.resources")
    yield caller
    async with database.session() as session:
        await session.execute("DELETE FROM scim.resources WHERE app_id = $1", caller.app_id)


@pytest.fixture(scope="module")
async def teams(database: Database, crowd: Caller) -> tuple[UUID, UUID]:
    """1,000 groups of ten members each, one of them in another; the ids of a group and of a member of it."""
    groups = [new_id(now()) for _ in range(GROUPS)]
    rows = []
    for number, group in enumerate(groups):
        row = Row.of({"schemas": [GROUP.schema.id], "displayName": f"Team {number}"}, GROUP)
        rows.append((crowd.app_id, group, "Group", *row.values(), now(), now()))
    async with database.session() as session:
        await session.copy("resources", COLUMNS, rows)
        users = await session.fetch(
            "SELECT id FROM scim.resources WHERE app_id = $1 AND resource_type = 'User' ORDER BY id", crowd.app_id
        )
        ids = [user["id"] for user in users]
        members = [
            (crowd.app_id, group, ids[(number * 7 + place) % USERS], "User", now())
            for number, group in enumerate(groups)
            for place in range(10)
        ]
        members.append((crowd.app_id, groups[1], groups[0], "Group", now()))
        await session.copy("group_members", ("app_id", "group_id", "member_id", "member_type", "added_at"), members)
        await session.script("ANALYZE scim.resources, scim.group_members")
    return groups[0], members[0][2]


async def plan_of(
    database: Database, caller: Caller, text: str, of: ResourceType = USER, *, nests: bool = False
) -> tuple[dict[str, Any], int]:
    """The plan of a page by a filter, and how many rows it gave."""
    selection = Selection((of,), (check(parse_filter(text), of),), "http://test", nests)
    statement, values = page_statement(caller, selection, CREATION, Skip(), 100)
    async with database.session() as session:
        rows = await session.fetch(statement, *values)
        plan = json.loads(await session.fetchval(f"EXPLAIN (FORMAT JSON) {statement}", *values))
    found: dict[str, Any] = plan[0]["Plan"]
    return found, len(rows)


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan] + [node for inner in plan.get("Plans", []) for node in nodes(inner)]


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ('userName eq "PERSON.77@example.com"', "resources_user_name"),
        ('externalId eq "ext-77"', "resources_external_id"),
        ('emails[type eq "work" and value eq "person.77@EXAMPLE.com"]', "resources_search"),
        ('emails.value eq "person.77@example.com"', "resources_search"),
        (f'{ENTERPRISE}:employeeNumber eq "000077"', "resources_search"),
        ('displayName eq "person 77"', "resources_display_name"),
        ('userName eq "person.77@example.com" and active eq true', "resources_user_name"),
        ('emails[type eq "work" and value eq "person.77@example.com"] or externalId eq "ext-77"', "resources_search"),
    ],
)
async def test_an_equality_filter_uses_an_index(database: Database, crowd: Caller, text: str, index: str) -> None:
    plan, rows = await plan_of(database, crowd, text)
    assert rows == 1
    assert "Seq Scan" not in {node["Node Type"] for node in nodes(plan)}
    assert index in {node.get("Index Name") for node in nodes(plan)}


@pytest.mark.parametrize("kinds", [(USER,), (USER, GROUP)])
async def test_a_plan_for_all_values_is_never_made_where_only_the_values_tell_how_many_match(
    database: Database, crowd: Caller, kinds: tuple[ResourceType, ...]
) -> None:
    """Of a statement that is kept, Postgres may make one after five times; it is a plan that reads all users here."""
    conditions = tuple(
        check(parse_filter('emails.value eq "person.77@example.com"'), one, among=kinds) for one in kinds
    )
    selection = Selection(kinds, conditions, "http://test")
    statement, _ = page_statement(crowd, selection, CREATION, Skip(), 100)
    uses = "SELECT coalesce(sum(generic_plans + custom_plans), 0) FROM pg_prepared_statements WHERE statement = $1"
    async with database.session() as session:
        before = await session.fetchval(uses, statement)
        for _ in range(8):
            assert len(await page(crowd, session, selection, CREATION, Skip(), 100)) == 1
        assert await session.fetchval(uses, statement) == before


@pytest.mark.parametrize("nests", [False, True])
@pytest.mark.parametrize(
    ("of", "text"),
    [
        (GROUP, 'members.value eq "{member}"'),
        (GROUP, 'members[value eq "{member}"]'),
        (GROUP, 'members[value eq "{member}" and type eq "User"]'),
        (USER, 'groups.value eq "{group}"'),
        (USER, 'groups[value eq "{group}"]'),
        (USER, 'groups.value eq "{group}" and userName sw "p"'),
    ],
)
async def test_a_membership_is_found_by_its_index_from_either_side(
    database: Database, crowd: Caller, teams: tuple[UUID, UUID], of: ResourceType, text: str, nests: bool
) -> None:
    group, member = teams
    plan, rows = await plan_of(database, crowd, text.format(group=group, member=member), of, nests=nests)
    assert rows >= 1
    assert "Seq Scan" not in {node["Node Type"] for node in nodes(plan)}


@pytest.mark.parametrize("start", [Skip(), Skip(5000), Beyond(Place(None, str(new_id(now()))))])
async def test_a_page_without_a_filter_is_read_in_the_order_of_an_index(
    database: Database, crowd: Caller, start: Skip | Beyond
) -> None:
    for kinds in ((USER,), (USER, kind("Group"))):
        selection = Selection(kinds, (None,) * len(kinds), "http://test")
        statement, values = page_statement(crowd, selection, CREATION, start, 100)
        async with database.session() as session:
            plan = json.loads(await session.fetchval(f"EXPLAIN (FORMAT JSON) {statement}", *values))
        found = {node["Node Type"] for node in nodes(plan[0]["Plan"])}
        assert "Seq Scan" not in found
        if len(kinds) == 1:
            assert "Sort" not in found


@pytest.mark.parametrize("key", [None, "Boss"])
async def test_a_key_that_stands_in_another_row_is_looked_up_once_for_each_resource(
    database: Database, crowd: Caller, key: str | None
) -> None:
    order = order_by((USER,), "manager.displayName", descending=True, surroundings=Surroundings("http://test"))
    start = Beyond(Place(key, str(new_id(now()))))
    statement, values = page_statement(crowd, Selection((USER,), (None,), "http://test"), order, start, 100)
    async with database.session() as session:
        plan = json.loads(await session.fetchval(f"EXPLAIN (FORMAT JSON) {statement}", *values))
    assert len([node for node in nodes(plan[0]["Plan"]) if node.get("Parent Relationship") == "SubPlan"]) == 1


class _Rollback(Exception):
    """Undoes what was changed to plan by it."""


class Explaining:
    """Stands for a session: plans what it is asked to fetch, and fetches nothing."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.plan: dict[str, Any] = {}

    async def fetch(self, sql: str, *values: Any) -> list[Any]:
        """Keep the plan."""
        found = json.loads(await self.session.fetchval(f"EXPLAIN (FORMAT JSON) {sql}", *values))
        self.plan = found[0]["Plan"]
        return []


@pytest.mark.parametrize(
    ("look_up", "index"),
    [
        (references.find_by_user_name, "resources_user_name"),
        (references.find_by_email, "resources_search"),
        (references.find_by_employee_number, "resources_search"),
        (partial(references.find_by_external_id, among=Among(["User", "Group"])), "resources_external_id"),
    ],
    ids=["userName", "email", "employeeNumber", "externalId"],
)
async def test_whom_a_reference_names_is_found_by_an_index(
    database: Database, crowd: Caller, look_up: Callable[..., Any], index: str
) -> None:
    names = [f"person.{number}@example.com" for number in range(500)]
    async with database.transaction() as session:
        explaining = Explaining(session)
        await look_up(crowd, explaining, names)
    assert index in {node.get("Index Name") for node in nodes(explaining.plan)}


@pytest.mark.parametrize(
    ("look_up", "index"),
    [
        (lambda caller, session: pending.waiting_for(caller, session, ["ext-1"]), "pending_references_by_match"),
        (lambda caller, session: hidden.by_external_id(caller, session, "ext-1"), "resources_hidden_external_id"),
        (lambda caller, session: hidden.by_user_name(caller, session, "kim"), "resources_hidden_user_name"),
        (
            lambda caller, session: references.find_by_external_id(caller, session, ["ext-1"], HIDDEN),
            "resources_hidden_external_id",
        ),
        (
            lambda caller, session: references.find_by_user_name(caller, session, ["kim"], HIDDEN),
            "resources_hidden_user_name",
        ),
        (lambda caller, session: references.find_by_email(caller, session, ["kim"], HIDDEN), "resources_search"),
        (lambda caller, session: references.unbind_manager(caller, session, new_id(now())), "resources_by_manager"),
    ],
    ids=[
        "pending",
        "hidden by externalId",
        "hidden by userName",
        "hidden named by externalId",
        "hidden named by userName",
        "hidden named by e-mail",
        "reports",
    ],
)
async def test_who_waits_or_is_hidden_or_reports_is_found_by_an_index(
    database: Database, crowd: Caller, look_up: Callable[..., Any], index: str
) -> None:
    with pytest.raises(_Rollback):
        async with database.transaction() as session:
            await session.execute(
                "INSERT INTO scim.pending_references SELECT app_id, id, 'members', external_id, '{}', now(), external_id"
                " FROM scim.resources WHERE app_id = $1 AND external_id IS NOT NULL",
                crowd.app_id,
            )
            await session.execute(
                "UPDATE scim.resources SET manager_id = id, deleted_at = CASE WHEN random() < 0.5 THEN now() END"
                " WHERE app_id = $1",
                crowd.app_id,
            )
            await session.script("ANALYZE scim.resources, scim.pending_references")
            explaining = Explaining(session)
            await look_up(crowd, explaining)
            raise _Rollback
    assert index in {node.get("Index Name") for node in nodes(explaining.plan)}


SURROUNDINGS = {by_id: Surroundings("http://test/scim/v2", manager_ids=by_id) for by_id in (False, True)}
REPORTS = (
    'manager.value eq "{id}"',
    'manager[value eq "{id}"]',
    'manager[value eq "{id}" and displayName sw "p"]',
    'manager.$ref eq "http://test/scim/v2/Users/{id}"',
    'manager.displayName eq "Person 7"',
    'manager[displayName eq "Person 7"]',
)


async def test_who_reports_to_somebody_is_found_by_an_index(database: Database, crowd: Caller) -> None:
    """Whether `manager.value` is as it was sent or the id, and whatever of the manager is asked for."""
    indexes = {}
    with pytest.raises(_Rollback):
        async with database.transaction() as session:
            manager = await session.fetchval(
                "UPDATE scim.resources SET manager_id = id WHERE app_id = $1 AND external_id LIKE '%77' RETURNING id",
                crowd.app_id,
            )
            await session.script("ANALYZE scim.resources")
            for text in REPORTS:
                for by_id, surroundings in SURROUNDINGS.items():
                    bind = Binder(first=2)
                    checked = check(parse_filter(f"{ENTERPRISE}:{text.format(id=manager)}"), USER)
                    condition = compile_filter(checked, USER, bind, surroundings)
                    explaining = Explaining(session)
                    await explaining.fetch(
                        "SELECT r.id FROM scim.resources AS r WHERE r.app_id = $1 AND r.resource_type = 'User'"
                        f" AND r.deleted_at IS NULL AND {condition}",
                        crowd.app_id,
                        *bind.values,
                    )
                    indexes[text, by_id] = {
                        node.get("Index Name")
                        for node in nodes(explaining.plan)
                        if node["Node Type"] == "Bitmap Index Scan"
                        or (node.get("Alias") == "r" and node["Node Type"] != "Bitmap Heap Scan")
                    }
            raise _Rollback
    assert [
        asked
        for asked, used in indexes.items()
        if used & {None, "resources_in_order"} or not used & {"resources_by_manager", "resources_search"}
    ] == []


async def test_a_change_of_membership_is_a_hot_update(database: Database, crowd: Caller) -> None:
    """No index holds what it touches (DESIGN §3, HOT updates)."""

    async with database.session() as session:
        group = new_id(now())
        group_row = Row.of({"schemas": [kind("Group").schema.id], "displayName": "Team"}, kind("Group"))
        await resources.insert(crowd, session, New(group, "Group", group_row, secret=None, at=now()))
        count = "SELECT n_tup_hot_upd FROM pg_stat_get_tuples_hot_updated('scim.resources'::regclass) AS n_tup_hot_upd"
        await session.fetchval("SELECT pg_stat_force_next_flush()")
        before = await session.fetchval(count)
        for _ in range(20):
            await resources.touch(crowd, session, [group], at=now())
        await session.fetchval("SELECT pg_stat_force_next_flush()")
        await session.fetchval("SELECT 1")
        assert await session.fetchval(count) >= before + 20
