"""Two engines, one meaning: members as set operations over HTTP, against the document engine (DESIGN §1.6)."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from scim.exceptions import ScimError
from scim.protocol.patch.apply import apply_patch
from scim.protocol.patch.message import read_patch
from scim.utils.clock import now
from scim.utils.uuid7 import new_id
from tests.support.http import Scim
from tests.support.registry import kind

GROUP = kind("Group")
NAMES = ("Ann", "Bo", "ann", None, "Zoë")
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def operations(ids: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """One operation on members, in every form that there is."""
    one = st.sampled_from(ids)
    some = st.lists(one, max_size=4, unique=True)
    entries = some.map(lambda chosen: [{"value": member} for member in chosen])
    equal = one.map(lambda member: f'value eq "{member}"')
    filters = st.one_of(
        equal,
        st.lists(equal, min_size=2, max_size=3).map(" or ".join),
        st.sampled_from(['type eq "User"', 'type eq "group"', 'display sw "a"', "not (display pr)", 'display co "o"']),
        st.tuples(equal, st.sampled_from(["and", "or"])).map(lambda parts: f'{parts[0]} {parts[1]} type eq "User"'),
    )
    paths = filters.map(lambda text: f"members[{text}]")
    writing = st.sampled_from(["add", "replace"])
    parts = st.sampled_from([("value", ids[0]), ("type", "User"), ("type", "Group"), ("display", "Ann")])
    return st.one_of(
        st.builds(lambda op, value: {"op": op, "path": "members", "value": value}, writing, entries),
        st.builds(lambda op, value: {"op": op, "value": {"members": value}}, writing, entries),
        st.builds(lambda member: {"op": "add", "path": "members", "value": {"value": member}}, one),
        st.just({"op": "remove", "path": "members"}),
        st.builds(lambda path: {"op": "remove", "path": path}, paths),
        st.builds(lambda op, path, member: {"op": op, "path": path, "value": {"value": member}}, writing, paths, one),
        st.builds(
            lambda op, path, part: {"op": op, "path": f"{path}.{part[0]}", "value": part[1]}, writing, paths, parts
        ),
        st.builds(lambda path, part: {"op": "remove", "path": f"{path}.{part[0]}"}, paths, parts),
        st.builds(lambda op, part: {"op": op, "path": f"members.{part[0]}", "value": part[1]}, writing, parts),
    )


def by_document(document: dict[str, Any], body: dict[str, Any], entries: dict[str, Any]) -> tuple[Any, ...]:
    """(200, members, whether anything changed) or (status, scimType), by the document engine.

    What the server knows of a member is put into its entry after each operation.
    """
    after = document
    try:
        for operation in read_patch(body, GROUP, resource_id=document["id"]).operations:
            after = apply_patch(after, [operation], GROUP).document
            if "members" in after:
                after["members"] = [entries[member["value"]] for member in after["members"]]
    except ScimError as error:
        return (error.status, error.scim_type)
    return (200, members_of(after), members_of(after) != members_of(document))


def members_of(document: dict[str, Any]) -> set[str]:
    return {member["value"] for member in document.get("members", [])}


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
async def test_both_leave_the_same_members_or_the_same_error(strict: Scim, data: st.DataObject) -> None:
    made = [(await strict.user(new_id(now()).hex, **({"displayName": name} if name else {})))["id"] for name in NAMES]
    ids = [*made, (await strict.group("Inner"))["id"]]
    everybody = await strict.group("Everybody", *ids)
    entries = {member["value"]: member for member in everybody["members"]}
    path = f"/Groups/{(await strict.group('Team', *ids[:2]))['id']}"
    for _ in range(data.draw(st.integers(1, 5))):
        before = (await strict.get(path)).json()
        body = {"schemas": [PATCH_OP], "Operations": data.draw(st.lists(operations(ids), min_size=1, max_size=3))}
        answer = await strict.send("PATCH", path, body)
        after = (await strict.get(path)).json()
        note(f"{body['Operations']} → {answer.status_code} {answer.text}")
        changed = after["meta"]["version"] != before["meta"]["version"]
        if answer.status_code == 200:
            told: tuple[Any, ...] = (200, members_of(after), changed)
        else:
            told = (answer.status_code, answer.json().get("scimType"))
            assert after == before
        assert told == by_document(before, body, entries)
