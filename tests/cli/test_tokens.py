"""`pyscim token`."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta

import pytest

from tests.cli.support import Commands
from tests.support.operators import unique

KEYS = {
    *("id", "name", "description", "tenant", "app", "app_id", "subject_id", "scopes", "state"),
    *("expires_at", "revoked_at", "last_used_at", "created_at"),
}
ID = r"[0-9a-f]{8}-[0-9a-f-]{27}"


class TestCreate:
    def test_gives_programs_all_they_need(self, pyscim: Commands) -> None:
        name = unique("okta")
        made = pyscim.json("token", "create", "--name", "n", "--app", name)
        assert made.keys() == KEYS | {"token", "app_created", "base_url"}
        assert made["token"].startswith("pyscim_okta")
        assert (made["name"], made["tenant"], made["app"]) == ("n", "default", name)
        assert (made["scopes"], made["expires_at"]) == (["scim:read", "scim:write"], None)
        assert (made["app_created"], made["base_url"]) == (True, "http://127.0.0.1:8000/scim/v2")
        assert pyscim.json("token", "create", "--app", name)["app_created"] is False

    def test_tells_people_that_the_application_is_new_and_prints_the_token_on_a_line_of_its_own(
        self, pyscim: Commands
    ) -> None:
        name = unique("okta")
        shown = pyscim.done("token", "create", "--app", name)
        assert f"Application '{name}' is new in tenant 'default'." in shown
        assert len(re.findall(r"^pyscim_\w+$", shown, re.MULTILINE)) == 1
        assert "http://127.0.0.1:8000/scim/v2" in shown
        assert "is new" not in pyscim.done("token", "create", "--app", name)

    @pytest.mark.parametrize(
        ("options", "scopes"),
        [
            (["--read-only"], ["scim:read"]),
            (["--scopes", "read"], ["scim:read"]),
            (["--scopes", "scim:write,scim:read"], ["scim:read", "scim:write"]),
        ],
    )
    def test_scopes(self, pyscim: Commands, options: list[str], scopes: list[str]) -> None:
        assert pyscim.json("token", "create", *options)["scopes"] == scopes

    def test_expiry_is_a_time_in_utc(self, pyscim: Commands) -> None:
        made = pyscim.json("token", "create", "--expires-days", "30")
        created, expires = (datetime.fromisoformat(made[key]) for key in ("created_at", "expires_at"))
        assert expires - created == timedelta(days=30)
        assert made["expires_at"].endswith("Z")

    @pytest.mark.parametrize(
        "options",
        [
            ["--expires-days", "0"],
            ["--scopes", "admin"],
            ["--scopes", ""],
            ["--scopes", "read", "--read-only"],
            ["--name", ""],
        ],
    )
    def test_wrong_usage(self, pyscim: Commands, options: list[str]) -> None:
        assert pyscim.refused("token", "create", *options, status=2)

    def test_an_unknown_tenant_is_refused(self, pyscim: Commands) -> None:
        assert "no tenant 'nosuch'" in pyscim.refused("token", "create", "--tenant", "nosuch")


class TestTenantWide:
    @pytest.mark.parametrize("options", [[], ["--read-only"], ["--scopes", "read"]])
    def test_reads_the_whole_tenant(self, pyscim: Commands, options: list[str]) -> None:
        tenant = unique("acme")
        pyscim.done("tenant", "create", "--name", tenant)
        made = pyscim.json("token", "create", "--tenant", tenant, "--tenant-wide", *options)
        assert made.keys() == KEYS | {"token", "app_created", "base_url"}
        assert (made["name"], made["tenant"], made["app"]) == (tenant, tenant, None)
        assert (made["scopes"], made["app_created"]) == (["scim:read"], False)
        assert pyscim.json("app", "list", "--tenant", tenant) == []
        assert f"{tenant[:5]}" in pyscim.done("token", "list", "--tenant", tenant)
        assert "all of the tenant, read only" in pyscim.done("token", "info", made["id"])

    @pytest.mark.parametrize(
        ("options", "why"),
        [
            (["--app", "default"], "leave out --app"),
            (["--subject", "kim"], "--subject exclude each other"),
            (["--scopes", "write"], "only reads"),
            (["--scopes", "read,write"], "only reads"),
            (["--scopes", "read", "--read-only"], "exclude each other"),
        ],
    )
    def test_what_makes_no_sense_is_wrong_usage(self, pyscim: Commands, options: list[str], why: str) -> None:
        assert why in pyscim.refused("token", "create", "--tenant-wide", *options, status=2)


class TestList:
    def test_shows_what_works_and_with_all_the_rest(self, pyscim: Commands) -> None:
        app = unique("okta")
        kept, gone = (pyscim.json("token", "create", "--app", app) for _ in range(2))
        pyscim.done("token", "revoke", gone["id"], "--force")
        (listed,) = pyscim.json("token", "list", "--app", app)
        assert listed.keys() == KEYS
        assert listed["id"] == kept["id"]
        everything = pyscim.json("token", "list", "--app", app, "--all")
        assert {one["id"]: one["state"] for one in everything} == {kept["id"]: "active", gone["id"]: "revoked"}
        assert re.findall(ID, pyscim.done("token", "list", "--app", app)) == [kept["id"]]
        assert "revoked" in pyscim.done("token", "list", "--app", app, "--all")

    def test_of_an_unknown_application_is_refused(self, pyscim: Commands) -> None:
        assert "no application" in pyscim.refused("token", "list", "--app", "nosuchapp")

    def test_an_empty_list_says_how_to_make_one(self, pyscim: Commands) -> None:
        app = unique("okta")
        pyscim.done("app", "create", "--name", app)
        assert "pyscim token create" in pyscim.done("token", "list", "--app", app)


class TestInfo:
    def test_never_shows_the_token(self, pyscim: Commands) -> None:
        made = pyscim.json("token", "create", "--name", unique("n"))
        shown = pyscim.json("token", "info", made["name"])
        assert shown.keys() == KEYS
        assert made["token"] not in pyscim.done("token", "info", made["id"])

    def test_a_name_of_several_lists_their_ids(self, pyscim: Commands) -> None:
        name = unique("n")
        made = [pyscim.json("token", "create", "--name", name)["id"] for _ in range(2)]
        assert re.findall(ID, pyscim.refused("token", "info", name)) == made


class TestRotate:
    def test_gives_programs_the_new_token_and_the_old_one(self, pyscim: Commands) -> None:
        old = pyscim.json("token", "create", "--app", unique("okta"), "--read-only")
        new = pyscim.json("token", "rotate", old["id"], "--overlap-hours", "2")
        assert new.keys() == KEYS | {"token", "app_created", "base_url", "replaces"}
        assert (new["name"], new["app"], new["scopes"]) == (old["name"], old["app"], old["scopes"])
        assert new["token"] != old["token"]
        assert new["replaces"].keys() == KEYS
        assert new["replaces"]["id"] == old["id"]
        created, ends = (datetime.fromisoformat(text) for text in (new["created_at"], new["replaces"]["expires_at"]))
        assert ends - created == timedelta(hours=2)

    def test_tells_people_how_long_the_old_one_works(self, pyscim: Commands) -> None:
        name = unique("okta")
        old = pyscim.json("token", "create", "--app", name)
        shown = pyscim.done("token", "rotate", name)
        assert len(re.findall(r"^pyscim_\w+$", shown, re.MULTILINE)) == 1
        assert re.search(rf"The old one \({old['id']}\) works until \d{{4}}-\d\d-\d\d", shown)
        (new,) = [one["id"] for one in pyscim.json("token", "list", "--app", name) if one["id"] != old["id"]]
        assert "works no longer" in pyscim.done("token", "rotate", new, "--overlap-hours", "0")

    def test_a_name_of_several_lists_their_ids(self, pyscim: Commands) -> None:
        name = unique("okta")
        pyscim.done("token", "create", "--app", name)
        pyscim.done("token", "rotate", name)
        assert len(re.findall(ID, pyscim.refused("token", "rotate", name))) == 2

    def test_a_revoked_one_is_refused(self, pyscim: Commands) -> None:
        made = pyscim.json("token", "create")
        assert pyscim.run("token", "revoke", made["id"], "--force", "--json").exit_code == 0
        assert "is revoked; make a new one" in pyscim.refused("token", "rotate", made["id"])

    @pytest.mark.parametrize("hours", ["-1", "x", "1000000"])
    def test_wrong_usage(self, pyscim: Commands, hours: str) -> None:
        assert pyscim.refused("token", "rotate", "x", "--overlap-hours", hours, status=2)


class TestRevoke:
    def test_twice_is_no_error(self, pyscim: Commands) -> None:
        made = pyscim.json("token", "create")
        assert "is revoked" in pyscim.done("token", "revoke", made["id"], "--force")
        assert "was revoked" in pyscim.done("token", "revoke", made["id"])
        assert pyscim.json("token", "info", made["id"])["state"] == "revoked"

    def test_tells_programs_what_it_is_now(self, pyscim: Commands) -> None:
        made = pyscim.json("token", "create")
        result = pyscim.run("token", "revoke", made["id"], "--force", "--json")
        assert json.loads(result.stdout)["state"] == "revoked"

    def test_is_refused_where_nobody_can_be_asked(self, pyscim: Commands) -> None:
        made = pyscim.json("token", "create")
        assert "--force" in pyscim.refused("token", "revoke", made["id"])
        assert pyscim.json("token", "info", made["id"])["state"] == "active"

    @pytest.mark.parametrize(("answer", "status", "state"), [("y\n", 0, "revoked"), ("n\n", 1, "active")])
    def test_asks_at_a_terminal(
        self, pyscim: Commands, monkeypatch: pytest.MonkeyPatch, answer: str, status: int, state: str
    ) -> None:
        made = pyscim.json("token", "create")
        monkeypatch.setattr("scim.cli.output.at_terminal", lambda: True)
        assert pyscim.run("token", "revoke", made["id"], stdin=answer).exit_code == status
        assert pyscim.json("token", "info", made["id"])["state"] == state
