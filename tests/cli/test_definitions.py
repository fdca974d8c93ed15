"""`pyscim schema` and `pyscim resource-type`."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.support import Commands
from tests.support.operators import unique
from tests.support.server import PYSCIM, running_server
from tests.vectors import read_vectors

LAB = "urn:example:params:scim:schemas:extension:lab:2.0:User"
THING = "urn:example:params:scim:schemas:core:2.0:Thing"
VECTORS = Path(__file__).parents[1] / "vectors" / "schemas"


@pytest.fixture
def app(pyscim: Commands) -> str:
    """A new application."""
    name = unique("app")
    pyscim.done("app", "create", "--name", name)
    return name


def written(folder: Path, body: Any) -> str:
    """A file with a JSON document."""
    path = folder / "definition.json"
    path.write_text(json.dumps(body))
    return str(path)


class TestSchema:
    def test_is_added_listed_shown_and_removed(self, pyscim: Commands, app: str) -> None:
        told = pyscim.done("schema", "add", str(VECTORS / "lab_user.json"), "--app", app)
        assert told == f"Schema {LAB} is added and extends User.\n"
        told = pyscim.done("schema", "add", str(VECTORS / "lab_user.json"), "--app", app)
        assert told == f"Schema {LAB} is changed and extends User.\n"
        [found] = [one for one in pyscim.json("schema", "list", "--app", app) if not one["builtin"]]
        assert (found["urn"], found["extends"], found["types"]) == (LAB, ["User"], [])
        assert LAB not in pyscim.done("schema", "list")
        shown = pyscim.done("schema", "show", LAB.upper(), "--app", app)
        assert "extends User" in shown
        assert "contracts.value" in shown
        assert pyscim.json("schema", "show", LAB, "--app", app)["attributes"][0]["name"] == "badge"
        refused = pyscim.refused("schema", "remove", LAB, "--app", app)
        assert "add --force" in refused
        assert pyscim.done("schema", "remove", LAB, "--app", app, "--force") == f"Schema {LAB} is removed.\n"
        assert f"no schema '{LAB}'" in pyscim.refused("schema", "show", LAB, "--app", app)

    def test_waits_for_a_type_that_is_not_there_yet(self, pyscim: Commands, app: str, tmp_path: Path) -> None:
        urn = "urn:example:params:scim:schemas:extension:note:2.0:Thing"
        note = written(tmp_path, {"id": urn, "attributes": [{"name": "note"}]})
        assert "there is no resource type 'Thing' yet" in pyscim.done("schema", "add", note, "--app", app)
        pyscim.done("schema", "add", str(VECTORS / "thing.json"), "--app", app)
        body = {"name": "Thing", "endpoint": "/Things", "schema": THING, "schemaExtensions": [{"schema": urn}]}
        told = pyscim.done("resource-type", "add", written(tmp_path, body), "--app", app)
        assert told == "Resource type 'Thing' is added at /Things.\n"
        assert pyscim.json("schema", "show", urn, "--app", app)["id"] == urn
        [found] = [one for one in pyscim.json("schema", "list", "--app", app) if one["urn"] == urn]
        assert found["extends"] == ["Thing"]

    def test_may_extend_another_type_than_its_urn_says_and_be_required(
        self, pyscim: Commands, app: str, tmp_path: Path
    ) -> None:
        file = written(tmp_path, {"id": LAB, "attributes": [{"name": "floor", "type": "integer"}]})
        pyscim.done("schema", "add", file, "--app", app, "--extends", "Group", "--required")
        shown = pyscim.json("resource-type", "show", "Group", "--app", app)
        assert shown["schemaExtensions"] == [{"schema": LAB, "required": True}]

    @pytest.mark.parametrize(
        ("body", "message"),
        [
            (
                {"id": "urn:ietf:params:scim:schemas:core:2.0:User", "attributes": [{"name": "x"}]},
                "cannot be redefined",
            ),
            ({"id": LAB, "attributes": [{"name": "userName", "type": "integer"}]}, "defines 'userName'"),
            ({"id": LAB, "attributes": [{"name": "externalId", "caseExact": False}]}, "its caseExact is true"),
            ({"id": LAB, "attributes": [{"name": "a", "type": "text"}]}, "'type' is 'text'"),
            ("x", "a schema is a JSON object"),
        ],
    )
    def test_is_checked(self, pyscim: Commands, app: str, tmp_path: Path, body: Any, message: str) -> None:
        file = written(tmp_path, body)
        assert message in pyscim.refused("schema", "add", file, "--app", app)
        assert [one for one in pyscim.json("schema", "list", "--app", app) if not one["builtin"]] == []

    def test_a_file_that_cannot_be_read_is_named(self, pyscim: Commands, tmp_path: Path) -> None:
        assert "cannot be read" in pyscim.refused("schema", "add", str(tmp_path / "none.json"))
        (tmp_path / "bad.json").write_text("{")
        assert "bad.json" in pyscim.refused("schema", "add", str(tmp_path / "bad.json"))
        (tmp_path / "empty.json").write_text("[]")
        assert "no definition in it" in pyscim.refused("schema", "add", str(tmp_path / "empty.json"))

    def test_several_are_taken_from_one_file_or_from_stdin_and_all_or_none(self, pyscim: Commands, app: str) -> None:
        both = [read_vectors("schemas/lab_user"), read_vectors("schemas/thing")]
        wrong = json.dumps([*both, {"id": "x"}])
        assert pyscim.run("schema", "add", "-", "--app", app, stdin=wrong).exit_code == 1
        assert [one for one in pyscim.json("schema", "list", "--app", app) if not one["builtin"]] == []
        done = pyscim.run("schema", "add", "-", "--app", app, "--json", stdin=json.dumps({"Resources": both}))
        assert [one["schema"]["urn"] for one in json.loads(done.stdout)] == [LAB, THING]

    @pytest.mark.parametrize("urn", ["urn:ietf:params:scim:schemas:core:2.0:User"])
    def test_a_built_in_one_stays(self, pyscim: Commands, urn: str) -> None:
        assert "is built in, and stays" in pyscim.refused("schema", "remove", urn, "--force")


class TestResourceType:
    def test_is_added_listed_shown_and_removed(self, pyscim: Commands, app: str) -> None:
        for name in ("lab_user", "thing"):
            pyscim.done("schema", "add", str(VECTORS / f"{name}.json"), "--app", app)
        told = pyscim.done("resource-type", "add", str(VECTORS / "resource_types.json"), "--app", app)
        assert told.splitlines()[0] == "Resource type 'Thing' is added at /Things."
        assert "Resource type 'User' has these extensions now: urn:ietf:params:scim:schemas:extension" in told
        found = pyscim.json("resource-type", "list", "--app", app)
        assert [(one["name"], one["builtin"]) for one in found] == [("User", True), ("Group", True), ("Thing", False)]
        assert "/Things" in pyscim.done("resource-type", "list", "--app", app)
        assert THING in pyscim.done("resource-type", "show", "Thing", "--app", app)
        assert "built in, and stays" in pyscim.refused("resource-type", "remove", "User", "--app", app, "--force")
        told = pyscim.done("resource-type", "remove", "Thing", "--app", app, "--force")
        assert told == "Resource type 'Thing' is removed.\n"

    def test_is_checked(self, pyscim: Commands, app: str, tmp_path: Path) -> None:
        file = written(tmp_path, {"name": "Thing", "endpoint": "/Users", "schema": THING})
        message = pyscim.refused("resource-type", "add", file, "--app", app)
        assert "does not have; add it first" in message
        assert "'endpoint' is /Users, where User is" in message

    def test_of_an_unknown_name_the_nearest_is_told(self, pyscim: Commands) -> None:
        assert "did you mean 'User'" in pyscim.refused("resource-type", "show", "user")


class TestTokenOfASubject:
    def test_nobody_is_refused(self, pyscim: Commands) -> None:
        message = pyscim.refused("token", "create", "--app", unique("app"), "--subject", "kim")
        assert "has no user 'kim'; name one by id or userName" in message


def test_every_worker_knows_a_schema_at_once(ready_url: str, tmp_path: Path) -> None:
    with running_server(tmp_path, {"DATABASE_URL": ready_url}, "--workers", "3") as server:
        app = unique("workers")
        token = server.token(app)
        asked = f"{server.base}/Schemas/{LAB}"

        def statuses() -> set[int]:
            """Of requests on connections of their own, so that all workers are asked."""
            headers = {"authorization": f"Bearer {token}"}
            return {httpx.get(asked, headers=headers).status_code for _ in range(30)}

        assert statuses() == {404}
        server.command("schema", "add", str(VECTORS / "lab_user.json"), "--app", app)
        assert statuses() == {200}
        subprocess.run(
            [*PYSCIM, "schema", "remove", LAB, "--app", app, "--force"],
            env={**os.environ, **server.environment},
            check=True,
            capture_output=True,
        )
        assert statuses() == {404}
