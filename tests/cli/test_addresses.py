"""The URLs that people copy."""

from __future__ import annotations

import pytest

from scim.cli.addresses import local_url, scim_url
from scim.config import load_settings


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        (None, "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
        ("fd00::1", "http://[fd00::1]:8000"),
        ("10.0.0.1", "http://10.0.0.1:8000"),
        ("localhost", "http://localhost:8000"),
    ],
)
def test_a_server_that_listens_everywhere_is_reached_on_loopback(host: str | None, expected: str) -> None:
    assert local_url(host, 8000) == expected


def test_tls_is_in_the_scheme() -> None:
    assert local_url("localhost", 443, tls=True) == "https://localhost:443"


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "http://127.0.0.1:8000/scim/v2"),
        ({"PYSCIM_HOST": "0.0.0.0", "PYSCIM_PORT": "9000"}, "http://127.0.0.1:9000/scim/v2"),
        ({"PYSCIM_PUBLIC_URL": "https://scim.example.com/scim/v2/"}, "https://scim.example.com/scim/v2"),
    ],
)
def test_the_public_url_wins(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: str) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert scim_url(load_settings()) == expected
