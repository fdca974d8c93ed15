"""How applications stand, as it is read from the database and shown."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import httpx
import pytest

from scim.db.database import Database
from scim.db.url import parse_database_url
from scim.exceptions import Unavailable
from scim.services.metrics import applications as states
from scim.services.metrics.applications import ApplicationState, Board, application_states, keep_reading
from tests.support.databases import fresh_database
from tests.support.http import Scim, account

STATE = ApplicationState(tenant="acme", app="okta-prod", pending=3, closed=True, refused=2)


def shown(board: Board) -> dict[str, float]:
    """What is shown of one application."""
    return {sample.name: sample.value for family in board.collect() for sample in family.samples}


class TestApplicationStates:
    async def test_tell_of_pending_references_and_guards(self, client: httpx.AsyncClient, database: Database) -> None:
        guarded = Scim(client, await account(database, settings={"guard_users": 0}))
        plain = Scim(client, await account(database))
        user = await guarded.user("a")
        assert (await guarded.delete(f"/Users/{user['id']}")).status_code == 429
        await plain.group("Team", "nobody@example.com")
        found = {state.tenant: state for state in await application_states(database)}
        one = found[str(guarded.owner.tenant_id)]
        assert (one.app, one.pending, one.closed, one.refused) == ("app", 0, True, 1)
        other = found[str(plain.owner.tenant_id)]
        assert (other.pending, other.closed, other.refused) == (1, None, 0)

    @pytest.mark.parametrize("table", ["applications", "tenants"])
    async def test_leave_out_what_is_deactivated(self, database: Database, table: str) -> None:
        owner = await account(database)
        subject = owner.app_id if table == "applications" else owner.tenant_id
        async with database.transaction() as session:
            await session.execute(f"UPDATE scim.{table} SET active = false WHERE id = $1", subject)
        assert str(owner.tenant_id) not in {state.tenant for state in await application_states(database)}

    async def test_are_unknown_before_the_database_is_migrated(self, server_url: str) -> None:
        async with fresh_database(server_url) as url:
            bare = Database(parse_database_url(url))
            await bare.open()
            with pytest.raises(Unavailable):
                await application_states(bare)
            await bare.close()


class TestBoard:
    @pytest.mark.parametrize("shared", [True, False])
    def test_shows_what_was_published(self, tmp_path: Path, *, shared: bool) -> None:
        writer = Board(tmp_path if shared else None)
        assert shown(writer) == {}
        writer.publish([STATE])
        reader = Board(tmp_path) if shared else writer
        assert shown(reader) == {
            "pyscim_pending_references": 3,
            "pyscim_guard_closed": 1,
            "pyscim_guard_refused": 2,
        }
        writer.publish([])
        assert shown(reader) == {}

    def test_shows_no_guard_where_none_is_on(self) -> None:
        board = Board(None)
        board.publish([ApplicationState(tenant="a", app="b", pending=0, closed=None, refused=0)])
        assert shown(board) == {"pyscim_pending_references": 0}

    def test_shows_nothing_that_is_old(self, monkeypatch: pytest.MonkeyPatch) -> None:
        board = Board(None)
        board.publish([STATE])
        later = time.time() + 61
        monkeypatch.setattr(time, "time", lambda: later)
        assert shown(board) == {}

    def test_is_one_processes_until_that_one_ends(self, tmp_path: Path) -> None:
        first, second = Board(tmp_path), Board(tmp_path)
        assert [first.is_mine(), second.is_mine(), first.is_mine()] == [True, False, True]
        first.close()
        assert second.is_mine()
        second.close()


class TestKeepReading:
    async def test_asks_the_database_now_and_then_and_in_one_process_only(
        self, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = 0

        async def counting(_database: Database) -> list[ApplicationState]:
            nonlocal asked
            asked += 1
            if asked == 1:
                raise Unavailable
            return [STATE]

        monkeypatch.setattr(states, "application_states", counting)
        monkeypatch.setattr(states, "INTERVAL_S", 0.02)
        boards = [Board(tmp_path), Board(tmp_path)]
        tasks = [asyncio.create_task(keep_reading(database, board)) for board in boards]
        await asyncio.sleep(0.2)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert 2 <= asked <= 11
        for _ in range(50):
            assert shown(boards[1])["pyscim_pending_references"] == 3
        assert asked <= 11
        assert Board(tmp_path).is_mine(), "who ended has let go"
