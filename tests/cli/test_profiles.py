"""`pyscim profile`: the rules of each profile, and what an application makes of a request."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from typer.testing import Result

from scim.protocol.compat.profile import PROFILES
from tests.cli.support import Commands
from tests.support.operators import unique

CORE_USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LAB = "urn:example:params:scim:schemas:extension:lab:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
VECTORS = Path(__file__).parents[1] / "vectors" / "schemas"
SECRET = "s3cret-Word"


@pytest.fixture
def app(pyscim: Commands) -> str:
    """A new application, in profile auto."""
    name = unique("app")
    pyscim.done("app", "create", "--name", name)
    return name


def checked(pyscim: Commands, body: Any, *options: str) -> dict[str, Any]:
    """What `profile check --json` says of a body; its exit status tells whether it is accepted."""
    text = body if isinstance(body, str) else json.dumps(body)
    result = pyscim.run("profile", "check", "-", "--json", *options, stdin=text)
    found: dict[str, Any] = json.loads(result.stdout)
    parts = [found, *found["operations"]]
    assert result.exit_code == (0 if all(one["outcome"]["accepted"] for one in parts) else 1), result.output
    return found


def printed(pyscim: Commands, body: Any, *options: str) -> Result:
    """What it prints for people, in lines of at most 80 characters."""
    result = pyscim.run("profile", "check", "-", *options, stdin=json.dumps(body))
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert "Traceback" not in result.output
    return result


class TestList:
    def test_tells_what_each_profile_is_for_without_a_database(self) -> None:
        nowhere = Commands("postgresql://nobody@127.0.0.1:1/none")
        found = nowhere.json("profile", "list")
        assert [(one["name"], one["rules"]) for one in found] == [
            (name, len(profile.rules)) for name, profile in PROFILES.items()
        ]
        assert all(one.keys() == {"name", "description", "rules"} for one in found)
        shown = nowhere.done("profile", "list")
        assert len(shown.splitlines()) == len(PROFILES) + 2
        assert max(map(len, shown.splitlines())) <= 80


class TestShow:
    @pytest.mark.parametrize("name", PROFILES)
    def test_prints_every_rule_with_its_sentence_and_an_example(self, pyscim: Commands, name: str) -> None:
        shown = pyscim.done("profile", "show", name)
        words = " ".join(shown.split())
        assert max(map(len, shown.splitlines())) <= 80
        for rule in PROFILES[name].rules:
            assert f"\n{rule.id}: {rule.concerns}" in shown
            assert rule.sentence in words

    def test_gives_whole_rules_to_programs(self, pyscim: Commands) -> None:
        found = pyscim.json("profile", "show", "auto")
        assert [one["id"] for one in found] == [rule.id for rule in PROFILES["auto"].rules]
        rule = next(one for one in found if one["id"] == "COMMON-10")
        assert rule.keys() == {"id", "sentence", "concerns", "kind", "rewrites", "in_auto", "same_as", "example"}
        assert (rule["kind"], rule["rewrites"], rule["same_as"]) == ("rewrite", True, [])
        assert rule["example"]["before"] == [{"op": "replace", "path": "active", "value": "False"}]
        assert next(one for one in found if one["id"] == "COMMON-27")["rewrites"] is False
        assert pyscim.json("profile", "show", "strict") == []

    def test_may_be_asked_for_one_rule(self, pyscim: Commands) -> None:
        assert [one["id"] for one in pyscim.json("profile", "show", "auto", "--rule", "common-12")] == ["COMMON-12"]
        shown = pyscim.done("profile", "show", "auto", "--rule", "COMMON-01")
        assert "urn:scim:schemas:core:1.0" in shown
        assert CORE_USER in shown
        assert "COMMON-02" not in shown
        assert "has no rule 'COMMON-10'" in pyscim.refused("profile", "show", "strict", "--rule", "COMMON-10")

    def test_of_another_name_lists_the_names(self, pyscim: Commands) -> None:
        assert f"choose one of {', '.join(PROFILES)}" in pyscim.refused("profile", "show", "azure")


class TestCheck:
    def test_tells_rules_the_body_in_rfc_form_and_what_strict_would_say(self, pyscim: Commands, app: str) -> None:
        sent = {"userName": "kim", "active": "True", "password": SECRET, "shoeSize": 44}
        found = checked(pyscim, sent, "--app", app)
        assert found.keys() >= {"profile", "method", "type", "rules", "changed", "body", "ignored", "outcome", "strict"}
        assert (found["profile"], found["method"], found["type"], found["changed"]) == ("auto", "POST", "User", True)
        assert [rule["id"] for rule in found["rules"]] == ["COMMON-04", "COMMON-10"]
        assert found["rules"][1]["sentence"].startswith("Where the schema says boolean")
        assert found["body"] == {"schemas": [CORE_USER], **sent, "active": True, "password": "***"}
        assert (found["ignored"], found["outcome"]) == (["shoeSize"], {"accepted": True})
        strict = found["strict"]
        assert (strict["accepted"], strict["status"], strict["scim_type"]) == (False, 400, "invalidSyntax")
        assert "by the rules COMMON-04, COMMON-10 and others" in strict["detail"]

    def test_prints_the_same_for_people(self, pyscim: Commands, app: str) -> None:
        result = printed(pyscim, {"userName": "kim", "active": "True", "password": SECRET}, "--app", app)
        assert result.exit_code == 0
        assert SECRET not in result.output
        for text in (
            "POST of a User, read by profile auto.",
            "--type and --method override it",
            "COMMON-10  Where the schema says boolean",
            "In the form of the RFC:",
            '"password": "***"',
            "Outcome    accepted",
            "In strict  400 invalidSyntax: 'schemas' must be a list",
            "What stored data decides is not judged",
        ):
            assert text in result.stdout
        plain = printed(pyscim, {"schemas": [CORE_USER], "userName": "kim"}, "--type", "user", "--method", "post")
        assert "override" not in plain.stdout
        assert "In the form of the RFC" not in plain.stdout
        assert "none applies" in plain.stdout

    def test_ends_with_1_where_the_profile_refuses_it(self, pyscim: Commands, app: str) -> None:
        result = printed(pyscim, {"userName": "kim", "active": "yes"}, "--app", app)
        assert (result.exit_code, result.stderr) == (1, "Error: profile 'auto' refuses it\n")
        words = " ".join(result.stdout.split())
        assert "400 invalidValue: 'active' must be true or false, not the text 'yes'. (RFC 7643 §2.3.2)" in words

    def test_reads_a_file(self, pyscim: Commands, tmp_path: Path) -> None:
        (tmp_path / "body.json").write_text(json.dumps({"userName": "kim"}))
        assert "POST of a User" in pyscim.done("profile", "check", str(tmp_path / "body.json"))

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("nosuch.json",), "nosuch.json cannot be read: No such file or directory"),
            (("bad.json",), "bad.json: it is not acceptable JSON: expecting property name"),
            (("bad.json",), "(line 2, column 1)"),
            ((), "give either a FILE with a request body or --filter"),
            (("bad.json", "--filter", "title pr"), "give either a FILE with a request body or --filter"),
            (("good.json", "--method", "GET"), "--method is 'GET'; accepted: POST, PUT, PATCH"),
        ],
    )
    def test_ends_with_2_where_it_is_used_wrongly(
        self, pyscim: Commands, tmp_path: Path, arguments: tuple[str, ...], message: str
    ) -> None:
        (tmp_path / "bad.json").write_text("{\n")
        (tmp_path / "good.json").write_text("{}")
        assert message in pyscim.refused("profile", "check", *arguments, status=2)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("--app", "nosuch"), "no application 'nosuch'"),
            (("--profile", "azure"), "There is no profile 'azure'"),
            (("--type", "Usr"), "no resource type 'Usr'; did you mean 'User'?"),
        ],
    )
    def test_names_what_there_is_not(self, pyscim: Commands, arguments: tuple[str, ...], message: str) -> None:
        assert message in pyscim.refused("profile", "check", "--filter", "title pr", *arguments)

    def test_shows_paths_of_a_patch_in_rfc_form(self, pyscim: Commands) -> None:
        operations = [
            {"op": "Replace", "path": "department", "value": "Ops"},
            {"op": "remove", "path": "roles", "value": [{"value": "a"}]},
            {"op": "add", "value": {"id": "7", "title": "T"}},
            {"op": "add", "path": "password", "value": SECRET},
        ]
        found = checked(pyscim, {"Operations": operations})
        assert (found["method"], found["type"], found["message"]) == ("PATCH", "User", PATCH_OP)
        assert [rule["id"] for rule in found["rules"]] == [
            "COMMON-04",
            "COMMON-09",
            "COMMON-18",
            "COMMON-30",
            "COMMON-14",
        ]
        assert found["body"]["Operations"] == [
            {"op": "replace", "path": f"{ENT}:department", "value": "Ops"},
            {"op": "remove", "path": 'roles[value eq "a"]'},
            {"op": "add", "value": {"title": "T"}},
            {"op": "add", "path": "password", "value": "***"},
        ]
        assert found["outcome"]["accepted"]

    def test_takes_the_type_and_method_that_are_given(self, pyscim: Commands) -> None:
        body = {"displayName": "Kim"}
        assert checked(pyscim, body)["type"] == "Group"
        found = checked(pyscim, body, "--type", "user", "--method", "put")
        assert (found["type"], found["method"], found["outcome"]["accepted"]) == ("User", "PUT", False)
        assert checked(pyscim, body, "--method", "PATCH")["message"] == PATCH_OP

    def test_reads_a_filter_instead_of_a_body(self, pyscim: Commands) -> None:
        text = 'emails[type eq "work"].value eq kim'
        found = pyscim.json("profile", "check", "--filter", text)
        assert (found["method"], found["type"], found["body"], found["changed"]) == ("GET", "User", None, True)
        assert found["filter"] == 'emails[type eq "work" and value eq "kim"]'
        assert [rule["id"] for rule in found["rules"]] == ["COMMON-19", "COMMON-22"]
        assert found["strict"]["scim_type"] == "invalidFilter"
        shown = pyscim.done("profile", "check", "--filter", text)
        assert shown.startswith("Filter on User, read by profile auto.\n")
        assert 'emails[type eq "work" and value eq "kim"]\n' in shown
        unchanged = pyscim.json("profile", "check", "--filter", "members pr", "--type", "Group")
        assert (unchanged["type"], unchanged["changed"], unchanged["filter"]) == ("Group", False, "members pr")

    @pytest.mark.parametrize("text", [f"password eq {SECRET}", f'password eq "{SECRET}', f'Password eq "{SECRET}"'])
    def test_shows_no_secret_of_a_filter(self, pyscim: Commands, text: str) -> None:
        for profile in ("auto", "strict"):
            result = pyscim.run("profile", "check", "--filter", text, "--json", "--profile", profile)
            assert (result.exit_code, SECRET in result.output) == (1, False)
            assert json.loads(result.stdout)["filter"] == f"{text[:8]} eq ***"
        search = checked(pyscim, {"filter": text})
        assert (SECRET in json.dumps(search), search["body"]["filter"]) == (False, f"{text[:8]} eq ***")

    def test_reads_a_search_over_all_types_unless_told_otherwise(self, pyscim: Commands) -> None:
        found = checked(pyscim, {"filter": "userName pr or members pr", "count": 1})
        assert (found["type"], found["outcome"]) == (None, {"accepted": True})
        assert not checked(pyscim, {"filter": "members pr"}, "--type", "User")["outcome"]["accepted"]
        assert "Search over all types" in printed(pyscim, {"filter": "title pr"}).stdout
        assert "Search on User" in printed(pyscim, {"filter": "title pr"}, "--type", "User").stdout

    def test_judges_each_operation_of_a_bulk_request(self, pyscim: Commands) -> None:
        operations = [
            {"method": "POST", "path": "/Users", "bulkId": "a", "data": {"userName": "kim", "active": "True"}},
            {"method": "PATCH", "path": "/Groups/7", "data": {"Operations": [{"op": "add", "path": "x"}]}},
            {"method": "DELETE", "path": "/Users/7", "comment": 1},
            {"method": "GET", "path": "/Users/7"},
            {"method": "POST", "path": "/Nothings", "bulkId": "b", "data": {"password": SECRET}},
        ]
        found = checked(pyscim, {"Operations": operations})
        assert (found["type"], found["outcome"]) == (None, {"accepted": True})
        assert [rule["id"] for rule in found["rules"]] == ["COMMON-04", "COMMON-37"]
        first, second, third, fourth, fifth = found["operations"]
        assert (first["type"], first["body"]["active"], first["outcome"]) == ("User", True, {"accepted": True})
        assert (second["method"], second["type"], second["outcome"]["status"]) == ("PATCH", "Group", 400)
        assert (third["outcome"], third["strict"]["scim_type"]) == ({"accepted": True}, "invalidSyntax")
        assert "has no member 'comment'" in third["strict"]["detail"]
        assert fourth["outcome"]["detail"].endswith("not the text 'GET'. (RFC 7644 §3.7)")
        assert (fifth["outcome"]["status"], fifth["body"]) == (404, {"password": "***"})
        shown = printed(pyscim, {"Operations": operations})
        assert "Bulk request, read by profile auto." in shown.stdout
        assert "Operation 3: DELETE of a User." in shown.stdout
        assert "404: There is no endpoint '/Nothings'." in shown.stdout
        assert SECRET not in shown.output

    def test_judges_no_operation_of_a_bulk_request_that_is_refused(self, pyscim: Commands) -> None:
        found = checked(pyscim, {"Operations": [{"method": "DELETE", "path": "/Users/7"}, 7]})
        assert (found["outcome"]["scim_type"], found["operations"]) == ("invalidSyntax", [])

    def test_uses_the_profile_settings_and_schemas_of_the_application(self, pyscim: Commands, app: str) -> None:
        for name in ("lab_user", "thing"):
            pyscim.done("schema", "add", str(VECTORS / f"{name}.json"), "--app", app)
        pyscim.done("resource-type", "add", str(VECTORS / "resource_types.json"), "--app", app)
        pyscim.done("app", "update", app, "--profile", "okta", "--set", "unknown_attributes=reject")
        thing = {"schemas": ["urn:example:params:scim:schemas:core:2.0:Thing"], "name": "x", "size": "3", "nothing": 1}
        found = checked(pyscim, thing, "--app", app)
        assert (found["profile"], found["type"], found["body"]["size"]) == ("okta", "Thing", 3)
        assert found["outcome"]["detail"] == "Thing has no attribute 'nothing'. (RFC 7644 §3.1)"
        assert checked(pyscim, thing | {"nothing": None}, "--app", app, "--profile", "auto")["outcome"]["accepted"]
        pin = {"schemas": [CORE_USER], "userName": "kim", LAB: {"pin": SECRET}}
        assert checked(pyscim, pin, "--app", app)["body"][LAB] == {"pin": "***"}
        assert "no resource type 'Thing'" in pyscim.refused(
            "profile", "check", "--filter", "size pr", "--type", "Thing"
        )

    async def test_writes_nothing(self, pyscim: Commands, ready_url: str) -> None:
        async def counted() -> list[int]:
            connection = await asyncpg.connect(ready_url)
            try:
                return [
                    await connection.fetchval(f"SELECT count(*) FROM scim.{table}")
                    for table in ("audit_log", "resources", "applications", "api_tokens", "group_members")
                ]
            finally:
                await connection.close()

        before = await counted()
        checked(pyscim, {"userName": unique("kim")})
        assert await counted() == before
