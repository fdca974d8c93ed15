"""A request that is refused is told the rule by which another profile would read it, or the section that says what is due."""

from __future__ import annotations

import logging
from typing import Any
from unittest import mock

import httpx
import pytest

from scim.db.database import Database
from scim.protocol.compat.profile import PROFILES
from scim.services import refusals
from tests.support.bulks import USER, change, create_group, create_user, put, results_of
from tests.support.http import Scim, account

SECRET = "s3cret-Word"
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
JSON = {"content-type": "application/json"}
BOOLEAN = (
    " Profile 'auto' would read it by rule COMMON-10 (Where the schema says boolean, the texts true and false in any case"
    " become booleans)."
)


def body(**attributes: Any) -> dict[str, Any]:
    """A user's body."""
    return {"schemas": [USER], "userName": "kim"} | attributes


def detail_of(answer: httpx.Response, status: int = 400) -> str:
    """What a refusal says."""
    assert answer.status_code == status, answer.text
    detail: str = answer.json()["detail"]
    return detail


class TestARule:
    async def test_is_named_for_each_kind_of_request(self, strict: Scim) -> None:
        kim = await strict.user("kim")
        path = f"/Users/{kim['id']}"
        text = "'active' must be true or false, not the text 'False'."
        assert detail_of(await strict.post("/Users", body(active="False"))) == text + BOOLEAN
        assert detail_of(await strict.put(path, body(active="False"))) == text + BOOLEAN
        operation = {"op": "replace", "path": "active", "value": "False"}
        assert detail_of(await strict.patch(path, operation)) == f"Operation 1 (replace active): {text}{BOOLEAN}"
        for answer in (
            await strict.get("/Users", filter="userName eq kim"),
            await strict.get("/", filter="userName eq kim"),
            await strict.post("/Users/.search", {"schemas": [SEARCH], "filter": "userName eq kim"}),
            await strict.post("/.search", {"schemas": [SEARCH], "filter": "userName eq kim"}),
        ):
            assert detail_of(answer).startswith("At character 13: 'kim' is no value; expected a JSON value")
            assert " Profile 'auto' would read it by rule COMMON-19 (A bare word" in detail_of(answer)
        assert "rule COMMON-04 (" in detail_of(await strict.post("/Bulk", {"Operations": []}))

    async def test_is_named_for_an_entry_that_is_not_there(self, strict: Scim) -> None:
        kim = await strict.user("kim", emails=[{"type": "home", "value": "a@b"}])
        operation = {"op": "replace", "path": 'emails[type eq "work"].value', "value": "a@b"}
        assert "rule COMMON-21 (A path whose filter selects nothing makes the entry" in detail_of(
            await strict.patch(f"/Users/{kim['id']}", operation)
        )

    async def test_is_named_for_attributes_that_another_profile_ignores(
        self, strict: Scim, client: httpx.AsyncClient, database: Database
    ) -> None:
        assert "rule COMMON-33 (" in detail_of(await strict.post("/Users", body(shoeSize=44)))
        picky = Scim(client, await account(database, settings={"unknown_attributes": "reject"}))
        assert detail_of(await picky.post("/Users", body(shoeSize=44))).endswith("'shoeSize'. (RFC 7644 §3.1)")

    async def test_would_indeed_do(self, strict: Scim, scim: Scim) -> None:
        sent = {"userName": "kim", "active": "True", "emails": {"value": "a@b"}, "x": 1}
        assert "by the rules COMMON-04, COMMON-10 and others." in detail_of(await strict.post("/Users", sent))
        assert (await scim.post("/Users", sent)).status_code == 201


class TestTheSection:
    async def test_is_named_where_no_rule_helps(self, scim: Scim) -> None:
        kim = await scim.user("kim")
        for answer, section in (
            (await scim.post("/Users", body(active="yes")), "RFC 7643 §2.3.2"),
            (await scim.put(f"/Users/{kim['id']}", {"schemas": [USER]}), "RFC 7643 §7"),
            (await scim.patch(f"/Users/{kim['id']}", {"op": "replace", "path": "id", "value": "x"}), "RFC 7643 §7"),
            (await scim.get("/Users", filter="userName zz 1"), "RFC 7644 §3.4.2.2"),
            (await scim.get("/Users", sortBy="nothing"), "RFC 7644 §3.4.2.3"),
            (await scim.get("/Users", cursor="nothing"), "RFC 9865 §2.1"),
            (await scim.get(f"/Users/{kim['id']}", attributes="a", excludedAttributes="b"), "RFC 7644 §3.9"),
            (await scim.send("POST", "/Users", content=b"{", headers=JSON), "RFC 7644 §3.8"),
            (await scim.send("GET", "/Users?filter=%ff"), "RFC 7644 §3.4.2"),
        ):
            assert detail_of(answer).endswith(f" ({section})"), answer.text

    async def test_is_named_where_the_store_decides(self, strict: Scim) -> None:
        team = await strict.group("Team")
        path = f"/Groups/{team['id']}"
        itself = {"op": "add", "path": "members", "value": [{"value": team["id"]}]}
        nobody = {"op": "add", "path": "members", "value": [{"value": "nobody"}]}
        assert detail_of(await strict.patch(path, nobody)).endswith("in this application. (RFC 7643 §4.2)")
        assert detail_of(await strict.patch(path, itself)).endswith("through other groups. (RFC 7643 §4.2)")

    async def test_is_for_status_400_alone(self, scim: Scim) -> None:
        await scim.user("kim")
        for answer, status in (
            (await scim.post("/Users", body()), 409),
            (await scim.get("/Users/nobody"), 404),
            (await scim.get("/Nothings"), 404),
            (await scim.get("/Schemas", filter="x"), 403),
        ):
            assert "RFC" not in detail_of(answer, status)


class TestBulk:
    async def test_each_operation_is_told_as_its_single_request_would_be(self, strict: Scim) -> None:
        kim = await strict.user("kim")
        path = f"/Users/{kim['id']}"
        answer = await strict.bulk(
            create_user("a", active="False"),
            change(path, {"op": "replace", "path": "active", "value": "False"}),
            put(path, "kim") | {"data": body(active="yes")},
            create_group("g", "nobody"),
            {"method": "GET", "path": path},
            {"method": "PUT", "path": "/Users/%ff", "data": body()},
            {"method": "PUT", "path": "/Users/nobody", "data": body()},
            create_user("k", "kim"),
        )
        told = [one["response"]["detail"] for one in results_of(answer)]
        assert told[0] == "'active' must be true or false, not the text 'False'." + BOOLEAN
        assert told[1].endswith(BOOLEAN)
        for detail, section in zip(
            told[2:6], ("RFC 7643 §2.3.2", "RFC 7643 §4.2", "RFC 7644 §3.7", "RFC 7644 §3.7"), strict=True
        ):
            assert detail.endswith(f" ({section})")
        assert [one["status"] for one in results_of(answer)] == ["400"] * 6 + ["404", "409"]
        assert not [detail for detail in told[6:] if "RFC" in detail]

    async def test_only_the_first_ones_are_told_the_rule(self, strict: Scim) -> None:
        operations = [create_user(f"u{number}", active="False") for number in range(14)]
        told = [one["response"]["detail"] for one in results_of(await strict.bulk(*operations))]
        assert [detail.endswith(BOOLEAN) for detail in told] == [True] * 10 + [False] * 4
        assert all(detail.endswith(" (RFC 7643 §2.3.2)") for detail in told[10:])

    async def test_references_are_put_in_before(self, strict: Scim) -> None:
        member = {"schemas": [GROUP], "displayName": "Team", "members": ["bulkId:kim"]}
        answer = await strict.bulk(
            create_user("kim"), {"method": "POST", "path": "/Groups", "bulkId": "team", "data": member}
        )
        assert "rule COMMON-16 (" in results_of(answer)[1]["response"]["detail"]


class TestCourtesy:
    async def test_costs_nothing_where_a_request_is_accepted(self, scim: Scim) -> None:
        with mock.patch.object(refusals, "_explained") as explained:
            kim = await scim.user("kim", active="True")
            await scim.patch(f"/Users/{kim['id']}", {"op": "Replace", "path": "title", "value": "T"})
            assert (await scim.get("/Users", filter="userName eq kim")).json()["totalResults"] == 1
            results_of(await scim.bulk(create_user("bo")))
        explained.assert_not_called()

    async def test_is_short_for_large_requests(self, strict: Scim) -> None:
        sent = body(active="False", roles=[{"value": f"role {number}"} for number in range(1000)])
        assert detail_of(await strict.post("/Users", sent)).endswith("'False'. (RFC 7643 §2.3.2)")

    @pytest.mark.parametrize("failure", [ValueError("x"), RecursionError()], ids=repr)
    async def test_never_becomes_another_error(
        self, strict: Scim, caplog: pytest.LogCaptureFixture, failure: Exception
    ) -> None:
        with (
            mock.patch.object(refusals, "explanation", side_effect=failure),
            caplog.at_level(logging.WARNING, logger=refusals.__name__),
        ):
            refused = await strict.post("/Users", body(active="False"))
            bulk = results_of(await strict.bulk(create_user("u", active="False")))
        expected = {"status": "400", "scimType": "invalidValue"}
        plain = "'active' must be true or false, not the text 'False'."
        for message in (refused.json(), bulk[0]["response"]):
            assert message | expected | {"detail": plain} == message
        assert "no explanation was found for InvalidValue" in caplog.text

    @pytest.mark.parametrize(
        "text",
        [f"password eq {SECRET}", f'password eq "{SECRET}', f'userName pr and  password eq "{SECRET}"'],
    )
    async def test_shows_no_secret_that_a_filter_compares(
        self, strict: Scim, scim: Scim, caplog: pytest.LogCaptureFixture, text: str
    ) -> None:
        caplog.set_level(logging.DEBUG)
        for one in (strict, scim):
            for answer in (
                await one.get("/Users", filter=text),
                await one.post("/Users/.search", {"schemas": [SEARCH], "filter": text}),
                await one.patch("/Users/nobody", {"op": "remove", "path": f"password[value eq {SECRET}]"}),
            ):
                assert SECRET not in answer.text
            kim = await one.user("kim")
            for path in (f"password[value eq {SECRET}]", f"emails[password eq '{SECRET}]"):
                assert SECRET not in detail_of(await one.patch(f"/Users/{kim['id']}", {"op": "remove", "path": path}))
        ours = [vars(record) for record in caplog.records if record.name.startswith("scim.")]
        assert ours
        assert SECRET not in str(ours)

    @pytest.mark.parametrize("profile", PROFILES)
    async def test_is_there_in_every_profile(self, client: httpx.AsyncClient, database: Database, profile: str) -> None:
        scim = Scim(client, await account(database, profile=profile))
        assert detail_of(await scim.post("/Users", body(active="yes"))).endswith("'yes'. (RFC 7643 §2.3.2)")
