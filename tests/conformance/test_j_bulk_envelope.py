"""Bulk requests as a whole (group J): the envelope, limits and results."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from scim.config import Settings
from scim.db.database import Database
from tests.support.bulks import (
    BULK_RESPONSE,
    ERROR,
    change,
    create_user,
    delete,
    results_of,
    statuses_of,
    title,
)
from tests.support.http import SCIM, Scim, account, serving

BULK_REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"


async def test_J_01_bulk_is_announced_and_works(strict: Scim) -> None:
    bulk = (await strict.get("/ServiceProviderConfig")).json()["bulk"]
    assert bulk["supported"] is True
    assert (bulk["maxOperations"], bulk["maxPayloadSize"]) == (1000, 8 * 1024 * 1024)
    assert statuses_of(await strict.bulk(create_user("kim"))) == ["201"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"Operations": []},
        {"schemas": [], "Operations": []},
        {"schemas": [ERROR], "Operations": []},
        {"schemas": [BULK_REQUEST]},
        {"schemas": [BULK_REQUEST], "Operations": None},
        {"schemas": [BULK_REQUEST], "Operations": {}},
        {"schemas": [BULK_REQUEST], "Operations": ["x"]},
    ],
)
async def test_J_02_the_request_names_its_schema_and_has_a_list_of_operations(strict: Scim, body: Any) -> None:
    answer = await strict.post("/Bulk", body)
    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidSyntax")


async def test_J_03_the_answer_is_200_with_a_bulk_response_whatever_failed(strict: Scim) -> None:
    for operations in ([create_user("kim")], [create_user("kim")], [delete("/Users/nobody")]):
        answer = await strict.bulk(*operations)
        assert answer.status_code == 200
        assert answer.json()["schemas"] == [BULK_RESPONSE]
        assert len(answer.json()["Operations"]) == 1


async def test_J_08_the_status_of_a_result_is_the_code_as_text(strict: Scim) -> None:
    answer = await strict.bulk(create_user("kim"), create_user("lee", name="KIM"), delete("/Users/bulkId:kim"))
    assert statuses_of(answer) == ["201", "409", "204"]


async def test_J_09_every_result_has_a_location_but_that_of_a_failed_post(strict: Scim) -> None:
    kim = await strict.user("kim")
    path = f"/Users/{kim['id']}"
    results = results_of(
        await strict.bulk(
            create_user("lee"),
            create_user("bo", name="kim"),
            change(path, title("a")),
            change(path, {"op": "move"}),
            delete("/Users/nobody"),
            delete(path),
        )
    )
    assert [one.get("location") for one in results[1:]] == [
        None,
        SCIM + path,
        SCIM + path,
        f"{SCIM}/Users/nobody",
        SCIM + path,
    ]
    assert (await strict.client.get(results[0]["location"], headers=strict.owner.headers)).status_code == 200


async def test_J_10_a_result_that_is_no_success_has_an_error_body(strict: Scim) -> None:
    made, failed = results_of(await strict.bulk(create_user("kim"), delete("/Users/nobody")))
    assert "response" not in made
    assert failed["response"]["schemas"] == [ERROR]
    assert failed["response"]["status"] == failed["status"] == "404"
    assert failed["response"]["detail"]


async def test_J_11_a_result_repeats_method_and_bulk_id_and_tells_the_version(strict: Scim) -> None:
    made, patched, gone = results_of(
        await strict.bulk(
            create_user("kim"),
            change("/Users/bulkId:kim", title("a")) | {"bulkId": "second"},
            delete("/Users/bulkId:kim"),
        )
    )
    assert (made["method"], made["bulkId"], made["version"]) == ("POST", "kim", 'W/"1"')
    assert (patched["method"], patched["bulkId"], patched["version"]) == ("PATCH", "second", 'W/"2"')
    assert (gone["method"], "bulkId" in gone) == ("DELETE", False)


async def test_J_12_without_fail_on_errors_everything_is_tried(strict: Scim) -> None:
    failing = [delete("/Users/nobody") for _ in range(5)]
    answer = await strict.bulk(*failing, create_user("kim"))
    assert statuses_of(answer) == ["404"] * 5 + ["201"]


async def test_J_13_after_so_many_errors_the_rest_is_not_run_and_what_was_done_stays(strict: Scim) -> None:
    answer = await strict.bulk(
        create_user("kim"), create_user("kam", name="kim"), create_user("lee"), create_user("bo"), failOnErrors=1
    )
    assert statuses_of(answer) == ["201", "409"]
    found = (await strict.get("/Users")).json()
    assert [one["userName"] for one in found["Resources"]] == ["kim"]


@pytest.mark.parametrize("value", [0, -1, "1", 1.5, True])
async def test_J_14_fail_on_errors_is_a_number_from_one(strict: Scim, value: Any) -> None:
    answer = await strict.bulk(create_user("kim"), failOnErrors=value)
    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidValue")
    assert (await strict.get("/Users")).json()["totalResults"] == 0


async def test_J_15_more_than_the_server_takes_is_413_with_the_limit_and_nothing_is_run(database: Database) -> None:
    async with serving(database, Settings(bulk_max_operations=1, bulk_max_payload_bytes=1500)) as client:
        scim = Scim(client, await account(database, profile="strict"))
        many = await scim.bulk(create_user("kim"), create_user("lee"))
        large = await scim.bulk(create_user("kim", title="x" * 1500))
        for answer, limit in ((many, "maxOperations is 1"), (large, "maxPayloadSize is 1500")):
            assert (answer.status_code, answer.json()["status"]) == (413, "413")
            assert limit in answer.json()["detail"]
        assert (await scim.get("/Users")).json()["totalResults"] == 0
        assert (await scim.post("/Users", create_user("kim", title="x" * 1500)["data"])).status_code == 201


async def test_J_16_the_size_is_checked_by_its_declaration_and_while_reading(database: Database) -> None:
    async with serving(database, Settings(bulk_max_payload_bytes=1500)) as client:
        scim = Scim(client, await account(database, profile="strict"))
        headers = scim.owner.headers | {"content-type": "application/scim+json"}
        declared = await client.post(f"{SCIM}/Bulk", content=b"{" * 2000, headers=headers)

        async def chunks() -> Any:
            for _ in range(20):
                yield b"{" * 100

        chunked = await client.post(f"{SCIM}/Bulk", content=chunks(), headers=headers)
        assert (declared.status_code, chunked.status_code) == (413, 413)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'"x"', b'{"schemas":["urn:other"],"Operations":[]}'])
async def test_J_27_a_bad_envelope_is_one_error_for_the_request(strict: Scim, content: bytes) -> None:
    answer = await strict.send("POST", "/Bulk", content=content, headers={"content-type": "application/scim+json"})
    assert answer.status_code == 400
    assert answer.json()["schemas"] == [ERROR]
    assert answer.json()["scimType"] == "invalidSyntax"


async def test_J_28_no_operations_have_no_results(strict: Scim) -> None:
    answer = await strict.bulk()
    assert (answer.status_code, answer.json()["Operations"]) == (200, [])


async def test_J_29_who_may_not_write_is_told_for_the_whole_request(
    client: httpx.AsyncClient, database: Database
) -> None:
    reader = Scim(client, await account(database, scopes=("scim:read",)))
    assert (await reader.bulk(create_user("kim"))).status_code == 403
    body = {"schemas": [BULK_REQUEST], "Operations": []}
    assert (await client.post(f"{SCIM}/Bulk", json=body)).status_code == 401
