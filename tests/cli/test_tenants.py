"""`pyscim tenant`."""

from __future__ import annotations

from tests.cli.support import Commands
from tests.support.operators import unique

KEYS = {
    *("id", "name", "display_name", "description", "external_id", "active", "applications", "resources"),
    *("created_at", "modified_at"),
}


def test_what_is_created_is_shown_and_listed(pyscim: Commands) -> None:
    name = unique("acme")
    made = pyscim.json("tenant", "create", "--name", name, "--display-name", "Acme", "--external-id", name)
    assert made.keys() == KEYS
    assert (made["name"], made["display_name"], made["external_id"]) == (name, "Acme", name)
    assert pyscim.json("tenant", "info", name) == made
    assert pyscim.json("tenant", "info", made["id"]) == made
    assert made in pyscim.json("tenant", "list")


def test_tables_are_for_people(pyscim: Commands) -> None:
    name = unique("acme")
    assert name in pyscim.done("tenant", "create", "--name", name, "--description", "for tests")
    assert "for tests" in pyscim.done("tenant", "info", name)
    listed = pyscim.done("tenant", "list", "--all")
    assert name in listed
    assert "default" in listed


def test_refusals_are_told_on_stderr(pyscim: Commands) -> None:
    assert "already" in pyscim.refused("tenant", "create", "--name", "default")
    assert "did you mean 'default'?" in pyscim.refused("tenant", "info", "defualt")
    assert "blanks" in pyscim.refused("tenant", "create", "--name", " x", status=2)


def test_update_changes_what_is_given(pyscim: Commands) -> None:
    name, other = unique("acme"), unique("renamed")
    made = pyscim.json("tenant", "create", "--name", name, "--description", "d", "--external-id", name)
    changed = pyscim.json(
        *("tenant", "update", name, "--name", other, "--display-name", "Acme", "--description", ""),
        *("--external-id", other, "--deactivate"),
    )
    assert changed.keys() == KEYS
    assert (changed["id"], changed["name"], changed["display_name"]) == (made["id"], other, "Acme")
    assert (changed["description"], changed["external_id"], changed["active"]) == (None, other, False)
    assert other not in pyscim.done("tenant", "list")
    assert "inactive" in pyscim.done("tenant", "list", "--all")
    assert "active" in pyscim.done("tenant", "update", made["id"], "--activate")
    assert changed | {"active": True} == pyscim.json("tenant", "info", other) | {"modified_at": changed["modified_at"]}


def test_refused_updates_are_told_on_stderr(pyscim: Commands) -> None:
    name = unique("acme")
    pyscim.done("tenant", "create", "--name", name)
    assert f"did you mean '{name}'?" in pyscim.refused("tenant", "update", name[:-1], "--activate")
    assert "there is a tenant 'default' already" in pyscim.refused("tenant", "update", name, "--name", "default")
    assert "keeps its name" in pyscim.refused("tenant", "update", "default", "--name", unique("x"))
    assert "blanks" in pyscim.refused("tenant", "update", name, "--name", " x", status=2)
