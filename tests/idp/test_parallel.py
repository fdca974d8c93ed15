"""The recordings of Entra, played eight times at once against one application, each run with names of its own.

All of their steps hold so: they look up by names and ids that hold the id of the run, and of what they fetch without a
filter (any user, any group, the schemas) they check the form alone. No step counts what is in the whole application.
"""

from __future__ import annotations

import json
from argparse import Namespace
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.idp import replay
from tests.support.server import Server

RUNS = [f"run{number:05}" for number in range(8)]
HERE = Path(__file__).parent


def play_at_once(server: Server, token: str, recording: Path) -> list[dict[str, Any]]:
    """The steps that failed, over all runs."""

    def play(run: str) -> list[dict[str, Any]]:
        arguments = Namespace(base=server.base, token=token, run=run, verbose=False, stop=False)
        with httpx.Client(timeout=60) as client:
            results: list[dict[str, Any]] = replay.play(str(recording), arguments, client)
        return results

    with ThreadPoolExecutor(len(RUNS)) as pool:
        played = [step for steps in pool.map(play, RUNS) for step in steps]
    assert len(played) >= len(RUNS) * len(steps_of(recording))
    return [step for step in played if not step["passed"]]


def steps_of(recording: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(recording.read_text(encoding="utf-8"))["steps"]
    return found


@pytest.mark.parametrize(("name", "profile"), [("entra", "entra"), ("entra_legacy", "entra-legacy"), ("entra", "auto")])
def test_every_step_of_every_run_passes(
    server: Server, name: str, profile: str, capsys: pytest.CaptureFixture[str]
) -> None:
    app = f"{name}-{profile}-at-once"
    server.command("app", "create", "--name", app, "--profile", profile)
    failed = play_at_once(server, server.token(app), HERE / f"{name}.json")
    assert failed == [], capsys.readouterr().out


def test_no_run_loses_a_member(server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The recording ends before it deletes; then all runs add two members to one group, and take a third out again."""
    app = "entra-members-at-once"
    server.command("app", "create", "--name", app, "--profile", "entra")
    token = server.token(app)
    with server.client(token) as client:
        shared = create_group(client, "Everybody")
        failed = play_at_once(server, token, recording_with_members(tmp_path, shared))
        assert failed == [], capsys.readouterr().out
        everybody: set[str] = set()
        for run in RUNS:
            left = {user_id(client, f"{name}.{run}@example.com") for name in ("adele.keller", "tomas.lindqvist")}
            assert members_of(client, f'displayName eq "SG Cloud Platform {run} EU"') == left
            everybody |= left
        assert len(everybody) == 2 * len(RUNS)
        assert members_of(client, f'id eq "{shared}"') == everybody


def recording_with_members(folder: Path, shared: str) -> Path:
    """Entra's recording up to the first delete, with changes of the members of the group of that id."""
    sequence = json.loads((HERE / "entra.json").read_text(encoding="utf-8"))
    first_delete = next(at for at, step in enumerate(sequence["steps"]) if step["request"]["method"] == "DELETE")
    added = [{"op": "add", "path": "members", "value": [{"value": f"{{{{{name}Id}}}}"}]} for name in ("adele", "nadia")]
    changes = [
        *added,
        {"op": "remove", "path": 'members[value eq "{{nadiaId}}"]'},
        {"op": "add", "path": "members", "value": [{"value": "{{tomasId}}"}, {"value": "{{adeleId}}"}]},
    ]
    sequence["steps"] = sequence["steps"][:first_delete] + [
        {
            "name": f"change {number} of the group of all runs",
            "request": {
                "method": "PATCH",
                "path": f"/Groups/{shared}",
                "body": {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [change]},
            },
            "expect": {"status": [204]},
        }
        for number, change in enumerate(changes, 1)
    ]
    made = folder / "entra.json"
    made.write_text(json.dumps(sequence), encoding="utf-8")
    return made


def create_group(client: httpx.Client, name: str) -> str:
    body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": name}
    made: str = client.post("/Groups", json=body).json()["id"]
    return made


def user_id(client: httpx.Client, user_name: str) -> str:
    found: list[dict[str, Any]] = client.get("/Users", params={"filter": f'userName eq "{user_name}"'}).json()[
        "Resources"
    ]
    assert len(found) == 1
    made: str = found[0]["id"]
    return made


def members_of(client: httpx.Client, asked: str) -> set[str]:
    """The ids of the members of the one group that a filter finds."""
    found = client.get("/Groups", params={"filter": asked}).json()["Resources"]
    assert len(found) == 1
    return {member["value"] for member in found[0]["members"]}
