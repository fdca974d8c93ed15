"""The operations of a bulk request (group J): their form, their order, and references between them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.bulks import (
    ENTERPRISE,
    change,
    create_group,
    create_managed,
    create_user,
    delete,
    id_of,
    put,
    results_of,
    statuses_of,
    title,
)
from tests.support.http import Scim


@pytest.mark.parametrize(
    ("operation", "scim_type"),
    [
        ({"method": "GET", "path": "/Users"}, "invalidSyntax"),
        ({"path": "/Users", "bulkId": "x", "data": {}}, "invalidSyntax"),
        (create_user("x") | {"path": "/Users/7"}, "invalidPath"),
        (put("/Users", "x"), "invalidPath"),
        (delete("/Users"), "invalidPath"),
        ({"method": "DELETE"}, "invalidPath"),
    ],
)
async def test_J_04_a_method_and_a_path_that_fit_each_other_are_needed(
    strict: Scim, operation: Any, scim_type: str
) -> None:
    wrong, right = results_of(await strict.bulk(operation, create_user("kim")))
    assert (wrong["status"], wrong["response"]["scimType"], right["status"]) == ("400", scim_type, "201")


async def test_J_05_a_create_has_a_bulk_id_of_its_own(strict: Scim) -> None:
    bare = {name: value for name, value in create_user("kim").items() if name != "bulkId"}
    answer = await strict.bulk(bare, create_user("a"), create_user("a", name="b"))
    assert [(one["status"], one.get("response", {}).get("scimType")) for one in results_of(answer)] == [
        ("400", "invalidSyntax"),
        ("201", None),
        ("400", "invalidSyntax"),
    ]


async def test_J_06_data_is_needed_but_by_a_delete_and_that_of_a_patch_is_a_message(strict: Scim) -> None:
    kim = await strict.user("kim")
    path = f"/Users/{kim['id']}"
    answer = await strict.bulk(
        {"method": "POST", "path": "/Users", "bulkId": "a"},
        {"method": "PUT", "path": path, "data": None},
        {"method": "PATCH", "path": path, "data": title("a")},
        change(path, title("a")),
        delete(path),
    )
    assert statuses_of(answer) == ["400", "400", "400", "200", "204"]


async def test_J_07_each_operation_does_what_its_single_request_would(strict: Scim) -> None:
    kim = await strict.user("kim")
    path = f"/Users/{kim['id']}"
    answer = await strict.bulk(
        put(path, "Kim"),
        change(path, title("Lead")),
        change(path, {"op": "replace", "path": "id", "value": "7"}),
        change(path, {"op": "replace", "path": "nope", "value": "7"}),
        create_user("lee", name="KIM"),
        create_user("bo", emails=[{"value": 7}]),
    )
    assert [(one["status"], one.get("response", {}).get("scimType")) for one in results_of(answer)] == [
        ("200", None),
        ("200", None),
        ("400", "mutability"),
        ("400", "invalidPath"),
        ("409", "uniqueness"),
        ("400", "invalidValue"),
    ]
    found = (await strict.get(path)).json()
    assert (found["userName"], found["title"], found["meta"]["version"]) == ("Kim", "Lead", 'W/"3"')


async def test_J_17_a_reference_stands_for_the_id_of_what_is_made(strict: Scim) -> None:
    kim, team = results_of(await strict.bulk(create_user("kim"), create_group("team", "bulkId:kim")))
    [member] = (await strict.get(f"/Groups/{id_of(team)}")).json()["members"]
    assert member["value"] == id_of(kim)


async def test_J_18_references_work_across_types_in_extensions_patches_and_paths(strict: Scim) -> None:
    add = {"op": "add", "path": "members", "value": [{"value": "bulkId:b"}]}
    answer = await strict.bulk(
        create_user("a"),
        create_managed("b", "bulkId:a"),
        create_group("g", "bulkId:a"),
        change("/Groups/bulkId:g", add),
        change("/Groups/bulkId:g", {"op": "remove", "path": 'members[value eq "bulkId:a"]'}),
    )
    first, second, team, *rest = results_of(answer)
    assert [one["status"] for one in rest] == ["200", "200"]
    assert (await strict.get(f"/Users/{id_of(second)}")).json()[ENTERPRISE]["manager"]["value"] == id_of(first)
    members = (await strict.get(f"/Groups/{id_of(team)}")).json()["members"]
    assert [one["value"] for one in members] == [id_of(second)]


async def test_J_19_a_reference_may_come_before_what_it_refers_to(strict: Scim) -> None:
    answer = await strict.bulk(create_group("g", "bulkId:a", "bulkId:b"), create_user("a"), create_user("b"))
    assert statuses_of(answer) == ["201", "201", "201"]
    team = id_of(results_of(answer)[0])
    assert len((await strict.get(f"/Groups/{team}")).json()["members"]) == 2


async def test_J_20_circles_are_closed_where_they_can_be_and_else_refused(strict: Scim) -> None:
    answer = await strict.bulk(
        create_managed("a", "bulkId:b"),
        create_managed("b", "bulkId:a"),
        create_group("g", "bulkId:h"),
        create_group("h", "bulkId:g"),
    )
    first, second, *groups = results_of(answer)
    assert [first["status"], second["status"]] == ["201", "201"]
    for one, other in ((first, second), (second, first)):
        found = (await strict.get(f"/Users/{id_of(one)}")).json()
        assert found[ENTERPRISE]["manager"]["value"] == id_of(other)
        assert found["meta"]["version"] == one["version"]
    assert [one["status"] for one in groups] == ["409", "409"]
    assert (await strict.get("/Groups")).json()["totalResults"] == 0


async def test_J_21_a_reference_to_what_is_not_made_fails_its_operation_alone(strict: Scim) -> None:
    await strict.user("kim")
    answer = await strict.bulk(
        create_group("g", "bulkId:nobody"), create_user("kim"), create_group("h", "bulkId:kim"), create_group("i")
    )
    assert statuses_of(answer) == ["409", "409", "409", "201"]


async def test_J_22_what_happens_in_order_is_as_if_it_were_and_results_come_in_order(strict: Scim) -> None:
    kim = await strict.user("kim")
    answer = await strict.bulk(
        create_group("g", "bulkId:kim"),
        change(f"/Users/{kim['id']}", title("a")),
        delete(f"/Users/{kim['id']}"),
        create_user("kim"),
        change("/Groups/bulkId:g", {"op": "replace", "path": "displayName", "value": "last"}),
    )
    assert statuses_of(answer) == ["201", "200", "204", "201", "200"]
    assert [one.get("bulkId") for one in results_of(answer)] == ["g", None, None, "kim", None]
    group = (await strict.get("/Groups")).json()["Resources"][0]
    assert group["displayName"] == "last"
    assert [one["value"] for one in group["members"]] == [id_of(results_of(answer)[3])]


async def test_J_23_a_version_is_a_condition(strict: Scim) -> None:
    kim = await strict.user("kim")
    path = f"/Users/{kim['id']}"
    answer = await strict.bulk(
        change(path, title("a")) | {"version": 'W/"9"'},
        put(path, "kim") | {"version": 'W/"9"'},
        delete(path) | {"version": 'W/"9"'},
        change(path, title("b")) | {"version": 'W/"1"'},
        delete(path) | {"version": 'W/"2"'},
    )
    assert statuses_of(answer) == ["412", "412", "412", "200", "204"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("Users", "400"),
        ("https://example.com/scim/v2/Users", "400"),
        ("//example.com/Users", "400"),
        ("/../Users", "400"),
        ("/Users/../Groups", "400"),
        ("/Bulk", "404"),
        ("/users", "404"),
    ],
)
async def test_J_24_a_path_lies_below_the_base_and_names_a_resource_type(strict: Scim, path: str, status: str) -> None:
    assert statuses_of(await strict.bulk(create_user("kim") | {"path": path})) == [status]
    assert (await strict.get("/Users")).json()["totalResults"] == 0


async def test_J_25_get_is_no_method_of_bulk(strict: Scim) -> None:
    [result] = results_of(await strict.bulk({"method": "GET", "path": "/Users"}))
    assert (result["status"], result["response"]["scimType"]) == ("400", "invalidSyntax")
    assert statuses_of(await strict.bulk(create_user("kim") | {"method": "post"})) == ["201"]


async def test_J_26_no_id_holds_the_word_that_marks_references(strict: Scim) -> None:
    results = results_of(await strict.bulk(*(create_user(f"u{number}") for number in range(30))))
    assert not [one for one in results if "bulkid" in id_of(one).lower()]
