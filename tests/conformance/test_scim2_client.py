"""A client of somebody else's making through a full life cycle: it checks every answer against its own models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from scim2_client import Me
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import BulkRequest, Error, PatchOp, PatchOperation, SearchRequest

from tests.support.bulks import change, create_group, create_user, delete, put, title
from tests.support.server import Server


@pytest.fixture
def app(request: pytest.FixtureRequest) -> str:
    return f"client-{request.node.name.removeprefix('test_')}"


@pytest.fixture
def client(server: Server, app: str) -> Iterator[SyncSCIMClient]:
    with httpx2.Client(base_url=server.base, headers=bearer(server.token(app))) as http:
        client = SyncSCIMClient(http, raise_scim_errors=False)
        client.discover()
        yield client


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def models(client: SyncSCIMClient) -> tuple[Any, Any]:
    """User, with the extensions that the server names, and Group."""
    return client.get_resource_model("User"), client.get_resource_model("Group")


def replace_of(model: Any, path: str, value: Any) -> Any:
    return PatchOp[model](operations=[PatchOperation(op=PatchOperation.Op.replace_, path=path, value=value)])


def test_users_and_groups_live_and_end(client: SyncSCIMClient) -> None:
    user, group = models(client)
    kim: Any = client.create(user(user_name="kim", display_name="Kim", emails=[{"value": "k@example.com"}]))
    team: Any = client.create(group(display_name="Team", members=[{"value": kim.id}]))
    assert team.members[0].value == kim.id
    kim = client.query(user, kim.id)
    assert kim.groups[0].value == team.id

    kim.title = "Lead"
    replaced: Any = client.replace(kim)
    assert (replaced.title, replaced.meta.version) == ("Lead", 'W/"2"')
    patched: Any = client.modify(user, kim.id, replace_of(user, "displayName", "Kim B"))
    assert patched.display_name == "Kim B"
    taken = client.create(user(user_name="KIM"))
    assert isinstance(taken, Error)
    assert (taken.status, taken.scim_type) == (409, "uniqueness")

    client.delete(user, kim.id)
    gone = client.query(user, kim.id)
    assert isinstance(gone, Error)
    assert gone.status == 404
    left: Any = client.query(group, team.id)
    assert left.members is None
    client.delete(group, team.id)


def test_lists_searches_and_pages(client: SyncSCIMClient) -> None:
    user, group = models(client)
    ids = [client.create(user(user_name=f"u{number}")).id for number in range(5)]
    client.create(group(display_name="u-group"))
    found: Any = client.query(user, query_parameters=SearchRequest(filter='userName eq "U3"'))
    assert [one.id for one in found.resources] == [ids[3]]
    second: Any = client.query(user, query_parameters=SearchRequest(start_index=3, count=2))
    assert ([one.id for one in second.resources], second.total_results) == (ids[2:4], 5)
    last: Any = client.search(user, SearchRequest(sort_by="userName", sort_order="descending", count=1))
    assert [one.user_name for one in last.resources] == ["u4"]
    everything: Any = client.search(search_request=SearchRequest(filter='userName sw "u" or displayName sw "u"'))
    assert everything.total_results == 6
    assert {type(one) for one in everything.resources} == {user, group}
    listed: Any = client.query(query_parameters=SearchRequest(count=10))
    assert listed.total_results == 6


def test_bulk(client: SyncSCIMClient) -> None:
    user, group = models(client)
    answer: Any = client.bulk(
        {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
            "Operations": [
                create_user("kim"),
                create_user("lee"),
                create_user("other", name="KIM"),
                create_group("team", "bulkId:kim"),
                change("/Users/bulkId:kim", title("Lead")),
                put("/Users/bulkId:lee", "Lee"),
                delete("/Users/bulkId:lee"),
            ],
        }
    )
    assert [one.status for one in answer.operations] == [201, 201, 409, 201, 200, 200, 204]
    assert answer.operations[2].response.scim_type == "uniqueness"
    kim: Any = client.query(user, answer.operations[0].location.rpartition("/")[2])
    assert (kim.title, kim.groups[0].display) == ("Lead", "team")
    request: Any = BulkRequest
    typed: Any = client.bulk(
        request[user | group](
            operations=[
                {"method": "POST", "path": "/Users", "bulkId": "a", "data": user(user_name="a")},
                {"method": "DELETE", "path": f"/Users/{kim.id}"},
            ]
        )
    )
    assert [one.status for one in typed.operations] == [201, 204]


def test_me(client: SyncSCIMClient, server: Server, app: str) -> None:
    user, _ = models(client)
    kim: Any = client.create(user(user_name="kim"))
    token = server.command("token", "create", "--app", app, "--subject", "kim")["token"]
    with httpx2.Client(base_url=server.base, headers=bearer(token)) as http:
        own = SyncSCIMClient(http, raise_scim_errors=False)
        own.discover()
        found: Any = own.query(Me)
        assert (found.id, found.user_name) == (kim.id, "kim")
    assert isinstance(client.query(Me), Error)
