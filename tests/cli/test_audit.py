"""`pyscim audit`: what was sent, why it failed, and what it would change if it were sent again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scim.cli.audit_words import advice, line
from scim.config import Settings
from scim.db.database import Database
from scim.exceptions import UsageError
from scim.services import audit
from scim.services.audit import Asked
from scim.services.housekeeping import prune, prune_old
from scim.storage.audit_log import Record
from scim.utils.clock import now
from scim.utils.uuid7 import new_id
from tests.cli.support import Commands, opened
from tests.support.http import Scim, account, serving

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@asynccontextmanager
async def sending(pyscim: Commands, *, bodies: Any = "all", profile: str = "auto") -> AsyncIterator[Scim]:
    """A client of an application in the commands' database; at the end its refusals are written."""
    async with opened(pyscim) as database, serving(database, Settings(audit_bodies=bodies)) as client:
        yield Scim(client, await account(database, profile=profile))


def listed(pyscim: Commands, scim: Scim, *options: str) -> Any:
    return pyscim.json(
        "audit", "list", "--app", str(scim.owner.app_id), "--tenant", str(scim.owner.tenant_id), *options
    )


class TestList:
    async def test_shows_what_was_asked_for_the_last_at_the_end(self, pyscim: Commands) -> None:
        async with sending(pyscim) as scim:
            kim = await scim.user("kim")
            await scim.patch(f"/Users/{kim['id']}", {"op": "replace", "path": "title", "value": "Lead"})
            await scim.post(
                "/Users", {"schemas": [USER], "userName": "KIM"}, headers={"user-agent": "Okta SCIM Client"}
            )
        found = listed(pyscim, scim)
        assert [(one["action"], one["status"]) for one in found] == [("create", 201), ("patch", 200), ("create", 409)]
        assert (found[2]["idp"], found[2]["scim_type"], found[2]["app"]) == ("okta", "uniqueness", "app")
        assert "match" in found[2]["advice"]
        assert "request" not in found[0]
        for options, actions in (
            (["--status", "409"], ["create"]),
            (["--status", "4xx"], ["create"]),
            (["--status", "ok"], ["create", "patch"]),
            (["--status", "refused"], ["create"]),
            (["--action", "patch"], ["patch"]),
            (["--resource", kim["id"]], ["create", "patch"]),
            (["--limit", "1"], ["create"]),
            (["--since", "1h"], ["create", "patch", "create"]),
            (["--since", "2099-01-01"], []),
        ):
            assert [one["action"] for one in listed(pyscim, scim, *options)] == actions, options
        shown = pyscim.done("audit", "list", "--resource", kim["id"])
        assert "title=Lead" in shown
        assert all(len(row) <= 80 for row in shown.splitlines())

    @pytest.mark.parametrize(
        "options", [["--status", "many"], ["--since", "soon"], ["--resource", "kim"], ["--limit", "0"]], ids=str
    )
    def test_explains_what_it_takes(self, pyscim: Commands, options: list[str]) -> None:
        pyscim.refused("audit", "list", *options, status=2)

    async def test_follows_and_misses_nothing(self, pyscim: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(audit, "FOLLOW_SECONDS", 0.01)
        seen: list[str] = []
        async with sending(pyscim) as scim, opened(pyscim) as database:
            await scim.user("before")

            async def collect() -> None:
                async for record in audit.follow(database, Asked(app=str(scim.owner.app_id))):
                    seen.append(record.changes[0]["new"])  # noqa: PERF401 - it never ends

            following = asyncio.create_task(collect())
            await asyncio.sleep(0.1)
            await asyncio.gather(*(scim.user(f"u{number}") for number in range(12)))
            for _ in range(200):
                await asyncio.sleep(0.01)
                if len(seen) >= 12:
                    break
            await asyncio.sleep(0.05)
            following.cancel()
        assert sorted(seen) == sorted(f"u{number}" for number in range(12))


class TestShow:
    async def test_shows_a_refusal_with_what_to_do(self, pyscim: Commands) -> None:
        async with sending(pyscim, bodies="errors") as scim:
            await scim.post("/Users", {"schemas": [USER], "userName": "kim", "active": "yes", "password": "Secret-1"})
        [record] = listed(pyscim, scim)
        shown = pyscim.done("audit", "show", record["id"][-8:])
        for text in ("400 invalidValue", '"active": "yes"', '"password": "***"', "What to do:", "POST /scim/v2/Users"):
            assert text in shown
        assert "Secret-1" not in shown
        whole = pyscim.json("audit", "show", record["id"])
        assert whole["response"]["scimType"] == "invalidValue"

    async def test_shows_a_write_with_its_rules_and_changes(self, pyscim: Commands) -> None:
        async with sending(pyscim) as scim:
            kim = await scim.user("kim", title="Old")
            await scim.patch(f"/Users/{kim['id']}", {"op": "Replace", "path": "title", "value": "New"})
        shown = pyscim.done("audit", "show", listed(pyscim, scim)[-1]["id"])
        for text in ("COMMON-09", "An op with capitals becomes lower case.", "title      Old     New", "200"):
            assert text in shown

    def test_says_where_ids_are(self, pyscim: Commands) -> None:
        assert "audit list" in pyscim.refused("audit", "show", "feed0000beef")
        assert "audit list" in pyscim.refused("audit", "show", str(new_id(now())))

    def test_shows_what_an_operator_did(self, pyscim: Commands) -> None:
        [record] = pyscim.json("audit", "list", "--action", "tenant.create", "--limit", "1")
        shown = pyscim.done("audit", "show", record["id"])
        assert "a command" in shown


class TestReplay:
    async def test_is_dry_unless_it_is_told_otherwise(self, pyscim: Commands) -> None:
        async with sending(pyscim) as scim:
            kim = await scim.user("kim", title="Old")
            path = f"/Users/{kim['id']}"
            await scim.patch(path, {"op": "replace", "path": "title", "value": "New"})
            await scim.patch(path, {"op": "replace", "path": "title", "value": "Newer"})
            record = listed(pyscim, scim)[1]["id"]
            told = pyscim.json("audit", "replay", record)
            assert (told["applied"], told["status"]) == (False, 200)
            [left] = told["changes"]
            assert left["changes"] == [{"path": "title", "old": "Newer", "new": "New"}]
            assert (await scim.get(path)).json()["title"] == "Newer"
            assert len(listed(pyscim, scim)) == 3
            told = pyscim.json("audit", "replay", record, "--apply")
            assert (told["applied"], told["status"]) == (True, 200)
            assert [one["changes"] for one in told["changes"]] == [[{"path": "title", "old": "Newer", "new": "New"}]]
            assert (await scim.get(path)).json()["title"] == "New"
        last = listed(pyscim, scim)[-1]
        assert last["actor"].startswith("cli:")
        assert "no change" in pyscim.done("audit", "replay", record)

    @pytest.mark.parametrize("apply", [False, True])
    async def test_of_a_delete_and_a_create(self, pyscim: Commands, apply: bool) -> None:
        options = ["--apply"] if apply else []
        async with sending(pyscim) as scim:
            kim = await scim.user("kim")
            await scim.delete(f"/Users/{kim['id']}")
            create, delete = (one["id"] for one in listed(pyscim, scim))
            assert pyscim.json("audit", "replay", create, *options)["status"] == 201
            found = (await scim.get("/Users")).json()["totalResults"]
            assert found == int(apply)
            refused = pyscim.refused_json("audit", "replay", delete, *options)
            assert refused["status"] == 404

    async def test_never_sends_a_masked_value(self, pyscim: Commands) -> None:
        async with sending(pyscim) as scim:
            kim = await scim.user("kim", password="Secret-1")
            await scim.patch(
                f"/Users/{kim['id']}",
                {"op": "replace", "path": "password", "value": "Secret-2"},
                {"op": "replace", "path": "title", "value": "Lead"},
            )
            await scim.delete(f"/Users/{kim['id']}")
            create, patch, _ = (one["id"] for one in listed(pyscim, scim))
            assert pyscim.json("audit", "replay", create, "--apply")["left_out"] == ["password"]
            async with opened(pyscim) as database, database.session() as session:
                secret = await session.fetchval(
                    "SELECT secret FROM scim.resources WHERE app_id = $1", scim.owner.app_id
                )
            assert secret is None
            assert pyscim.refused_json("audit", "replay", patch)["left_out"] == ["Operations.password"]

    async def test_says_what_is_missing(self, pyscim: Commands) -> None:
        async with sending(pyscim, bodies="none") as scim:
            await scim.user("kim")
            await scim.get("/Users/x")
        create, read = (one["id"] for one in listed(pyscim, scim))
        assert "PYSCIM_AUDIT_BODIES" in pyscim.refused("audit", "replay", create)
        assert pyscim.refused_json("audit", "replay", read)["status"] == 404
        [record] = pyscim.json("audit", "list", "--action", "tenant.create", "--limit", "1")
        assert "nothing to send again" in pyscim.refused("audit", "replay", record["id"])


class TestPrune:
    async def test_drops_what_is_old_and_asks_first(self, pyscim: Commands) -> None:
        async with opened(pyscim) as database:
            await _old_records(database, days=400, number=7)
        assert "Without a terminal" in pyscim.refused("audit", "prune", "--older-than", "365d")
        assert pyscim.done("audit", "prune", "--older-than", "365d", "--force") == "Dropped 7 records.\n"
        assert "nothing" in pyscim.done("audit", "prune", "--older-than", "365d", "--force")
        pyscim.refused("audit", "prune", "--older-than", "never", "--force", status=2)

    async def test_is_done_by_the_server_as_the_setting_says(self, pyscim: Commands) -> None:
        async with opened(pyscim) as database:
            await _old_records(database, days=100, number=3)
            assert await prune_old(database, Settings(audit_retention_days=0)) == 0
            assert await prune_old(database, Settings(audit_retention_days=200)) == 0
            assert await prune_old(database, Settings(audit_retention_days=90)) == 3

    async def test_is_done_by_one_at_a_time(self, pyscim: Commands) -> None:
        async with opened(pyscim) as database:
            await _old_records(database, days=500, number=1)
            async with database.transaction() as session:
                await session.fetchval("SELECT pg_advisory_xact_lock($1)", 0x7079_5343_5052)
                assert await prune(database, now() - timedelta(days=400)) == 0
            assert await prune(database, now() - timedelta(days=400)) == 1


async def _old_records(database: Database, *, days: int, number: int) -> None:
    at = now() - timedelta(days=days)
    async with database.session() as session:
        for place in range(number):
            made = new_id(at + timedelta(seconds=place)).int & ((1 << 80) - 1)
            milliseconds = int(at.timestamp() * 1000) + place
            await session.execute(
                "INSERT INTO scim.audit_log (id, at, action, actor) VALUES (($1::text)::uuid, $2, 'test', 'test')",
                f"{(milliseconds << 80) | made:032x}",
                at,
            )


def record(**fields: Any) -> Record:
    base: dict[str, Any] = dict.fromkeys(Record.__dataclass_fields__) | {
        "id": new_id(now()),
        "at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        "action": "create",
        "actor": "token:first",
        "rules": (),
    }
    return Record(**(base | fields))


class TestWords:
    @pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 412, 413, 415, 428, 429, 501, 503, 500])
    def test_tell_what_to_do_about_every_refusal(self, status: int) -> None:
        assert advice(record(status=status, app="okta-prod"))

    def test_tell_nothing_where_nothing_is_to_be_done(self) -> None:
        assert advice(record(status=200)) is None
        assert advice(record(status=None)) is None

    def test_have_the_day_where_it_is_another_one(self) -> None:
        assert line(record(), today=now()).startswith("01-02 03:04 ")
        assert line(record(), today=datetime(2026, 1, 2, tzinfo=UTC)).startswith("03:04:05 ")

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ([{"path": "title", "old": "a", "new": None}], "-title"),
            ([{"path": "members", "added": ["a", "b"], "removed": []}], "members +2"),
            ([{"path": "members", "added": [], "removed": ["a"], "pending": ["x"]}], "members -1 +1?"),
            ([{"path": f"{USER}:manager", "sent": "kim", "bound": "id"}], "manager bound"),
            (None, "no change"),
            (json.loads("[]"), "no change"),
        ],
    )
    def test_say_what_changed(self, changes: Any, words: str) -> None:
        assert line(record(changes=changes, status=200), today=now()).endswith(words)


@pytest.mark.parametrize("text", ["2h", "30min", "90d", "1w", "5m", "10s", "2026-01-01", "2026-01-01T10:00:00+02:00"])
def test_times_are_ages_or_iso(text: str) -> None:
    assert audit.moment_before(text).tzinfo is not None


@pytest.mark.parametrize("text", ["", "h", "2x", "yesterday", "-3d"])
def test_other_times_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        audit.moment_before(text)
