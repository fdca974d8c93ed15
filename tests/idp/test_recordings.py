"""Recorded conversations of identity providers, replayed over HTTP in their own profile and in auto."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.idp import replay
from tests.support.server import Server

RECORDINGS = {
    "entra": "entra",
    "entra_legacy": "entra-legacy",
    "okta": "okta",
    "onelogin": "onelogin",
    "jumpcloud": "jumpcloud",
    "ping": "ping",
    "keycloak": "keycloak",
    "authentik": "authentik",
}
"""The profile of the identity provider that each recording is of."""

CLEAN = ["okta"]
"""Recordings in which everything is as the RFC has it."""

CASES = [(name, profile) for name, own in RECORDINGS.items() for profile in (own, "auto")]
CASES += [(name, "strict") for name in CLEAN]


@pytest.mark.parametrize(("name", "profile"), CASES)
def test_every_step_of_the_recording_passes(
    server: Server, name: str, profile: str, capsys: pytest.CaptureFixture[str]
) -> None:
    app = f"{name}-{profile}"
    server.command("app", "create", "--name", app, "--profile", profile)
    status = replay.main([server.base, server.token(app), str(Path(__file__).with_name(f"{name}.json"))])
    assert status == 0, capsys.readouterr().out
