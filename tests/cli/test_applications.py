"""`pyscim app`."""

from __future__ import annotations

from tests.cli.support import Commands
from tests.support.operators import unique

KEYS = {
    *("id", "name", "tenant", "tenant_id", "display_name", "description", "active", "profile", "resources"),
    *("created_at", "modified_at"),
}


DETAILS = (
    "settings",
    "tokens",
    "last_activity",
    "pending_references",
    "hidden_users",
    "guard",
    "quirk_rules",
    "requests",
)


def test_what_is_created_is_shown_and_listed(pyscim: Commands) -> None:
    name = unique("okta")
    made = pyscim.json("app", "create", "--name", name, "--profile", "okta", "--display-name", "Okta")
    assert made.keys() == KEYS
    assert (made["name"], made["tenant"], made["profile"]) == (name, "default", "okta")
    assert made in pyscim.json("app", "list", "--tenant", "default")
    found = pyscim.json("app", "info", name)
    assert found == made | {key: found[key] for key in DETAILS}
    assert {setting["name"] for setting in found["settings"]} >= {"unknown_attributes", "member_references"}
    assert found["settings"][0].keys() == {"name", "value", "is_default", "description"}
    assert (found["tokens"], found["last_activity"]) == ([], None)
    assert (found["pending_references"], found["hidden_users"]) == ({"members": 0, "managers": 0}, 0)
    assert (found["guard"]["enabled"], found["quirk_rules"]) == (False, {})


def test_info_shows_settings_and_tokens(pyscim: Commands) -> None:
    name = unique("okta")
    issued = pyscim.json("token", "create", "--app", name)
    shown = pyscim.done("app", "info", name)
    assert "unknown_attributes" in shown
    assert issued["id"] in shown
    assert "token" not in pyscim.json("app", "info", name)["tokens"][0]


def test_update_changes_profile_and_settings(pyscim: Commands) -> None:
    name = unique("okta")
    pyscim.done("app", "create", "--name", name)
    changed = pyscim.json(
        *("app", "update", name, "--profile", "strict", "--description", "d"),
        *("--set", "unknown_attributes=reject", "--set", "unique_group_names=true"),
    )
    assert (changed["profile"], changed["description"]) == ("strict", "d")
    settings = {one["name"]: one["value"] for one in pyscim.json("app", "info", name)["settings"]}
    assert (settings["unknown_attributes"], settings["unique_group_names"]) == ("reject", True)


def test_an_application_of_another_tenant_needs_its_name(pyscim: Commands) -> None:
    tenant, name = unique("acme"), unique("okta")
    pyscim.done("tenant", "create", "--name", tenant)
    made = pyscim.json("app", "create", "--name", name, "--tenant", tenant)
    assert f"--tenant {tenant}" in pyscim.refused("app", "info", name)
    assert pyscim.json("app", "info", name, "--tenant", tenant)["id"] == made["id"]
    assert pyscim.json("app", "info", made["id"])["id"] == made["id"]
    assert tenant in pyscim.done("app", "list")


def test_refusals_are_told_on_stderr(pyscim: Commands) -> None:
    name = unique("okta")
    pyscim.done("app", "create", "--name", name)
    assert f"did you mean '{name}'?" in pyscim.refused("app", "info", name[:-1])
    assert "already" in pyscim.refused("app", "create", "--name", name)
    assert "strict" in pyscim.refused("app", "update", name, "--profile", "nosuch")
    message = pyscim.refused("app", "update", name, "--set", "unknown_attributes=maybe", status=2)
    assert message == "Error: unknown_attributes is 'maybe'; accepted: ignore or reject\n"


def test_deactivate_and_activate_say_what_it_means(pyscim: Commands) -> None:
    tenant = unique("acme")
    pyscim.done("tenant", "create", "--name", tenant)
    issued = pyscim.json("token", "create", "--app", "okta", "--tenant", tenant)
    of = ("okta", "--tenant", tenant)
    told = f"Application 'okta' of tenant '{tenant}' is"
    assert (
        pyscim.done("app", "deactivate", *of) == f"{told} deactivated: its tokens are answered 401, its data stays.\n"
    )
    assert "is deactivated already" in pyscim.done("app", "deactivate", *of)
    assert pyscim.json("app", "list", "--tenant", tenant) == []
    (listed,) = pyscim.json("app", "list", "--tenant", tenant, "--all")
    assert (listed["name"], listed["active"]) == ("okta", False)
    assert f"`pyscim token list --app {listed['id']} --all`" in " ".join(pyscim.done("app", "info", *of).split())
    assert pyscim.json("token", "info", issued["id"])["state"] == "inactive"
    assert pyscim.json("app", "activate", *of).keys() == KEYS
    assert pyscim.done("app", "activate", *of) == f"{told} active already: its tokens get in.\n"
    pyscim.done("tenant", "update", tenant, "--deactivate")
    assert "once the tenant is active again" in pyscim.done("app", "activate", *of)


def test_what_is_not_there_cannot_be_deactivated(pyscim: Commands) -> None:
    name = unique("okta-prod")
    pyscim.done("app", "create", "--name", name)
    message = pyscim.refused("app", "deactivate", name.replace("prod", "prd"))
    assert message.endswith(f"in tenant 'default'; did you mean '{name}'?\n")
