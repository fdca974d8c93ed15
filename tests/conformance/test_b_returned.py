"""When an attribute is in an answer (rows B-41 to B-45)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from scim.db.database import Database
from tests.conformance.tools import BOX, LAB, box, boxes, created, lab_user, user
from tests.support.http import Scim

SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
PARTS = [
    {"name": "label", "returned": "always"},
    {"name": "text"},
    {"name": "note"},
    {"name": "hint", "returned": "request"},
    {"name": "key", "returned": "never"},
]
SENT = {"label": "L", "text": "T", "note": "N", "hint": "H", "key": "K"}


@pytest.fixture
async def shelf(client: httpx.AsyncClient, database: Database) -> Scim:
    """An application with a type Box that has an attribute of every setting, and parts of every setting."""
    simple = [{"name": setting, "returned": setting} for setting in ("always", "default", "request", "never")]
    sides: list[dict[str, Any]] = [
        {"name": "side", "type": "complex", "subAttributes": PARTS},
        {"name": "sides", "type": "complex", "multiValued": True, "subAttributes": PARTS},
    ]
    return await boxes(client, database, *simple, *sides)


async def answers(scim: Scim, path: str, cut: str) -> list[dict[str, Any]]:
    """What every kind of read gives of the one resource, cut by a parameter."""
    name, _, value = cut.partition("=")
    endpoint = path.rpartition("/")[0]
    search = {"schemas": [SEARCH], name: [value]}
    listed = [await scim.get(f"{endpoint}?{cut}"), await scim.post(f"{endpoint}/.search", search)]
    return [(await scim.get(f"{path}?{cut}")).json(), *(one.json()["Resources"][0] for one in listed)]


@pytest.mark.parametrize("cut", ["attributes=default", "excludedAttributes=always", "attributes=nope"])
async def test_B_41_always_is_in_every_answer(shelf: Scim, cut: str) -> None:
    made = await created(shelf, f"/Boxes?{cut}", box(always="a", default="d"))
    path = f"/Boxes/{made['id']}"
    written = [
        await shelf.patch(f"{path}?{cut}", {"op": "replace", "path": "default", "value": "x"}),
        await shelf.put(f"{path}?{cut}", box(always="a", default="d")),
    ]
    for shown in (made, *(answer.json() for answer in written), *await answers(shelf, path, cut)):
        assert shown["always"] == "a"
        assert ("default" in shown) is (cut != "attributes=nope")


@pytest.mark.parametrize("cut", ["attributes=never", "attributes=default,never", "excludedAttributes=default"])
async def test_B_42_never_is_in_no_answer(shelf: Scim, cut: str) -> None:
    body = box(never="Secret", default="d")
    made = await shelf.post("/Boxes", body)
    path = f"/Boxes/{made.json()['id']}"
    written = [
        await shelf.put(f"{path}?{cut}", body),
        await shelf.patch(path, {"op": "replace", "path": "never", "value": "Secret"}),
    ]
    for answer in (made, *written):
        assert answer.status_code in (200, 201)
        assert "never" not in answer.json()
    for shown in await answers(shelf, path, cut):
        assert "never" not in shown


async def test_B_42_asking_for_a_password_is_no_error(strict: Scim) -> None:
    kim = await strict.user("kim", password="Secret-7")
    for shown in await answers(strict, f"/Users/{kim['id']}", "attributes=password"):
        assert shown.keys() == {"schemas", "id"}


@pytest.mark.parametrize(
    ("cut", "shown"),
    [
        ("", True),
        ("attributes=default", True),
        ("excludedAttributes=request", True),
        ("attributes=request", False),
        ("excludedAttributes=default", False),
    ],
)
async def test_B_43_default_is_in_an_answer_unless_it_is_cut(shelf: Scim, cut: str, shown: bool) -> None:
    made = await created(shelf, "/Boxes", box(default="d", request="r"))
    path = f"/Boxes/{made['id']}"
    assert ("default" in (await shelf.get(f"{path}?{cut}")).json()) is shown
    assert ("default" in (await shelf.get(f"/Boxes?{cut}")).json()["Resources"][0]) is shown


async def test_B_44_request_is_read_only_when_it_is_asked_for(shelf: Scim) -> None:
    made = await created(shelf, "/Boxes", box(request="r", default="d"))
    path = f"/Boxes/{made['id']}"
    for shown in await answers(shelf, path, "attributes=request"):
        assert shown == {"schemas": [BOX], "id": made["id"], "request": "r"}
    for shown in await answers(shelf, path, "excludedAttributes=default"):
        assert "request" not in shown
    assert "request" not in (await shelf.get(path)).json()
    assert "request" not in (await shelf.get("/Boxes")).json()["Resources"][0]


async def test_B_44_request_is_answered_to_the_write_that_sets_it(lab: Scim) -> None:
    made = await created(lab, "/Users", lab_user(hint="h", level=1))
    assert made[LAB] == {"hint": "h", "level": 1}
    path = f"/Users/{made['id']}"
    for operation, hint in (
        ({"op": "replace", "path": f"{LAB}:hint", "value": "i"}, "i"),
        ({"op": "add", "value": {LAB: {"hint": "j"}}}, "j"),
        ({"op": "add", "path": LAB, "value": {"hint": "k"}}, "k"),
        ({"op": "replace", "path": f"{LAB}:level", "value": 2}, None),
    ):
        assert (await lab.patch(path, operation)).json()[LAB].get("hint") == hint, operation
    replaced = await lab.put(path, lab_user(hint="l"))
    assert replaced.json()[LAB] == {"hint": "l"}
    assert (await lab.put(path, user())).json().keys() == replaced.json().keys() - {LAB}


@pytest.mark.parametrize(
    "operation", [{"op": "add", "value": {LAB: {"level": 2}}}, {"op": "add", "path": LAB, "value": {"level": 2}}]
)
async def test_B_44_request_is_not_answered_to_a_write_that_sets_something_else(
    lab: Scim, operation: dict[str, Any]
) -> None:
    made = await created(lab, "/Users", lab_user(hint="h", level=1))
    assert (await lab.patch(f"/Users/{made['id']}", operation)).json()[LAB] == {"level": 2}


@pytest.mark.parametrize(
    ("cut", "side"),
    [
        ("", {"label", "text", "note"}),
        ("attributes=side", {"label", "text", "note"}),
        ("attributes=side.text", {"label", "text"}),
        ("attributes=side.hint", {"label", "hint"}),
        ("attributes=side.key,side.note", {"label", "note"}),
        ("excludedAttributes=side.text", {"label", "note"}),
        ("excludedAttributes=side.label", {"label", "text", "note"}),
        ("excludedAttributes=side.text,side.note", {"label"}),
        ("attributes=default", None),
    ],
)
async def test_B_45_parts_have_a_setting_of_their_own(shelf: Scim, cut: str, side: set[str] | None) -> None:
    made = await created(shelf, "/Boxes", box(side=SENT, default="d"))
    shown = (await shelf.get(f"/Boxes/{made['id']}?{cut}")).json()
    assert (shown["side"].keys() if side else shown.get("side")) == side


async def test_B_45_parts_returned_always_are_in_every_entry_of_a_list(shelf: Scim) -> None:
    made = await created(shelf, "/Boxes", box(sides=[SENT, SENT | {"label": "M"}]))
    shown = (await shelf.get(f"/Boxes/{made['id']}", attributes="sides.text")).json()
    assert shown["sides"] == [{"label": "L", "text": "T"}, {"label": "M", "text": "T"}]


async def test_B_45_parts_returned_on_request_are_answered_to_the_write_that_sets_them(shelf: Scim) -> None:
    made = await created(shelf, "/Boxes", box(side=SENT))
    assert made["side"] == {"label": "L", "text": "T", "note": "N", "hint": "H"}
    path = f"/Boxes/{made['id']}"
    changed = await shelf.patch(path, {"op": "replace", "path": "side.hint", "value": "I"})
    assert changed.json()["side"] == {"label": "L", "text": "T", "note": "N", "hint": "I"}
    assert "hint" not in (await shelf.get(path)).json()["side"]
