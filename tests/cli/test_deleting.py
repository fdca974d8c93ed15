"""`tenant delete` and `app delete`: how much goes is said first, and whoever watches sees it go."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from scim.cli.deleting import amount
from scim.services.removal import Content
from tests.cli.support import Commands
from tests.cli.terminal import Terminal
from tests.support.operators import unique


@pytest.fixture
def tenant(pyscim: Commands) -> str:
    """A tenant with two applications and two tokens."""
    name = unique("acme")
    pyscim.done("tenant", "create", "--name", name)
    pyscim.done("token", "create", "--tenant", name, "--app", "okta")
    pyscim.done("app", "create", "--tenant", name, "--name", "entra")
    pyscim.done("token", "create", "--tenant", name, "--tenant-wide")
    return name


async def add_users(url: str, app_id: str, number: int) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(
            "INSERT INTO scim.resources (app_id, id, resource_type, document, search, created_at, modified_at)"
            " SELECT $1, gen_random_uuid(), 'User', '{}', '{}', now(), now() FROM generate_series(1, $2::int)",
            app_id,
            number,
        )
        await connection.execute("INSERT INTO scim.resource_counts VALUES ($1, 'User', 0, $2)", app_id, number)
    finally:
        await connection.close()


class TestApp:
    def test_is_gone_with_its_tokens(self, pyscim: Commands, tenant: str) -> None:
        done = pyscim.run("app", "delete", "okta", "--tenant", tenant, "--force")
        assert (done.exit_code, done.stdout) == (
            0,
            f"Application 'okta' of tenant '{tenant}' is deleted. Its audit records stay.\n",
        )
        assert done.stderr == f"Deleting application 'okta' of tenant '{tenant}' with 1 token.\n"
        assert "no application 'okta'" in pyscim.refused("app", "info", "okta", "--tenant", tenant)
        assert len(pyscim.json("token", "list", "--tenant", tenant, "--all")) == 1

    def test_tells_programs_what_went(self, pyscim: Commands, tenant: str) -> None:
        made = pyscim.json("app", "info", "okta", "--tenant", tenant)
        result = pyscim.run("app", "delete", made["id"], "--force", "--json")
        assert result.exit_code == 0
        gone: dict[str, Any] = json.loads(result.stdout)
        assert gone.keys() == {"id", "tenant", "app", "removed"}
        assert (gone["id"], gone["tenant"], gone["app"]) == (made["id"], tenant, "okta")
        assert gone["removed"]["tokens"] == 1

    def test_is_refused_where_nobody_can_be_asked(self, pyscim: Commands, tenant: str) -> None:
        message = pyscim.refused("app", "delete", "okta", "--tenant", tenant)
        assert f"Delete application 'okta' of tenant '{tenant}' with 1 token?" in message
        assert "--force" in message
        assert pyscim.json("app", "info", "okta", "--tenant", tenant)["active"]

    def test_an_unknown_one_gets_the_nearest(self, pyscim: Commands, tenant: str) -> None:
        message = pyscim.refused("app", "delete", "okat", "--tenant", tenant, "--force")
        assert message == f"Error: no application 'okat' in tenant '{tenant}'; did you mean 'okta'?\n"


class TestTenant:
    def test_is_gone_with_its_applications(self, pyscim: Commands, tenant: str) -> None:
        done = pyscim.run("tenant", "delete", tenant, "--force")
        assert done.stdout == f"Tenant '{tenant}' is deleted. Its audit records stay.\n"
        assert done.stderr == f"Deleting tenant '{tenant}' with 2 applications and 2 tokens.\n"
        assert f"no tenant '{tenant}'" in pyscim.refused("tenant", "info", tenant)

    def test_the_default_one_is_refused(self, pyscim: Commands) -> None:
        assert "the default tenant cannot be deleted" in pyscim.refused("tenant", "delete", "default", "--force")

    @pytest.mark.parametrize(("answer", "status"), [("y\n", 0), ("n\n", 1), ("", 1)])
    def test_asks_at_a_terminal(
        self, pyscim: Commands, tenant: str, monkeypatch: pytest.MonkeyPatch, answer: str, status: int
    ) -> None:
        monkeypatch.setattr("scim.cli.output.at_terminal", lambda: True)
        asked = pyscim.run("tenant", "delete", tenant, stdin=answer)
        assert asked.exit_code == status
        assert f"Delete tenant '{tenant}' with 2 applications and 2 tokens? [y/N]" in asked.stderr
        assert pyscim.run("tenant", "info", tenant).exit_code == (1 if status == 0 else 0)


Open = Callable[..., Terminal]


@pytest.fixture
def at_terminal(pyscim: Commands, tmp_path: Path) -> Iterator[Open]:
    """Commands at a terminal."""
    opened: list[Terminal] = []

    def start(*arguments: str) -> Terminal:
        opened.append(Terminal(tmp_path, {"DATABASE_URL": pyscim.url}, *arguments))
        return opened[-1]

    yield start
    for terminal in opened:
        terminal.close()


class TestWatching:
    async def test_somebody_sees_a_bar_and_may_interrupt_it(
        self, pyscim: Commands, tenant: str, at_terminal: Open
    ) -> None:
        app_id, number = pyscim.json("app", "info", "okta", "--tenant", tenant)["id"], 50_000
        await add_users(pyscim.url, app_id, number)
        terminal = at_terminal("app", "delete", app_id)
        terminal.until(r"\[y/N\]")
        terminal.type("y\n")
        terminal.until(rf"[1-9]\d*/{number}")
        terminal.interrupt()
        assert terminal.ended() == 1
        assert "Error: Interrupted: application 'okta'" in terminal.screen
        assert "Traceback" not in terminal.screen
        left = pyscim.json("app", "info", app_id)
        assert not left["active"]
        assert 0 < left["resources"]["User"] < number
        again = at_terminal("app", "delete", app_id, "--force")
        assert again.ended() == 0
        bars = [line for line in again.screen.split("\n") if "━" in line]
        assert bars
        assert max(map(len, bars)) <= 80

    async def test_a_pipe_sees_no_bar(self, pyscim: Commands, tenant: str) -> None:
        await add_users(pyscim.url, pyscim.json("app", "info", "okta", "--tenant", tenant)["id"], 10)
        done = pyscim.run("app", "delete", "okta", "--tenant", tenant, "--force")
        assert done.stderr == f"Deleting application 'okta' of tenant '{tenant}' with 10 User and 1 token.\n"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (Content(), "nothing in it"),
        (Content(tokens=1), "1 token"),
        (Content(resources={"User": 2}, hidden_users=1), "2 User and 1 hidden user"),
        (
            Content(applications=2, resources={"Group": 1, "User": 3}, memberships=4, hidden_users=5, tokens=6),
            "2 applications, 1 Group, 3 User, 5 hidden users, 4 memberships and 6 tokens",
        ),
    ],
)
def test_an_amount_is_told_in_words(content: Content, expected: str) -> None:
    assert amount(content) == expected
