"""Rules of what the server's processes are told."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scim.cli.serving import check_certificate, mode_settings
from scim.config import load_settings
from scim.exceptions import OperatorError


@pytest.fixture(autouse=True)
def own_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing but what a test sets, and no `.env`."""
    monkeypatch.chdir(tmp_path)
    before = dict(os.environ)
    for name in before:
        if name.startswith("PYSCIM_"):
            del os.environ[name]
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.mark.parametrize(
    ("mode", "environment", "given", "expected"),
    [
        ("dev", {}, {}, {"host": "127.0.0.1", "log_format": "rich", "docs_enabled": True, "proxy_headers": True}),
        ("prod", {}, {}, {"host": "0.0.0.0", "log_format": "json", "docs_enabled": False, "proxy_headers": False}),
        ("prod", {"PYSCIM_DOCS_ENABLED": "true"}, {}, {"docs_enabled": True}),
        ("dev", {"PYSCIM_LOG_FORMAT": "json"}, {}, {"log_format": "json"}),
        ("prod", {"PYSCIM_LOG_FORMAT": "rich"}, {}, {"log_format": "rich"}),
        ("dev", {"PYSCIM_HOST": "::1", "PYSCIM_PORT": "81"}, {"port": 82}, {"host": "::1", "port": 82}),
        ("dev", {"PYSCIM_WORKERS": "4"}, {}, {"workers": 1}),
        ("prod", {"PYSCIM_WORKERS": "4"}, {"workers": None}, {"workers": 4}),
        ("prod", {"PYSCIM_PROXY_HEADERS": "true"}, {}, {"proxy_headers": True}),
        ("dev", {"PYSCIM_PROXY_HEADERS": "true"}, {"proxy_headers": False}, {"proxy_headers": False}),
    ],
)
def test_options_go_before_settings_and_settings_before_what_the_mode_has(
    mode: str, environment: dict[str, str], given: dict[str, Any], expected: dict[str, Any]
) -> None:
    os.environ.update(environment)
    settings = mode_settings(mode, given)
    assert {name: getattr(settings, name) for name in expected} == expected
    assert load_settings() == settings, "workers read the same"


def test_authentication_can_be_switched_off_in_development_only() -> None:
    os.environ["PYSCIM_AUTH_ENABLED"] = "false"
    assert not mode_settings("dev", {}).auth_enabled
    with pytest.raises(OperatorError, match="PYSCIM_AUTH_ENABLED=false is for 'run dev' only"):
        mode_settings("prod", {})


def test_a_certificate_that_cannot_be_used_is_named_before_the_start(tmp_path: Path) -> None:
    check_certificate(None, None)
    broken = tmp_path / "broken.pem"
    broken.write_text("no certificate")
    with pytest.raises(OperatorError, match=r"The certificate in .*broken\.pem cannot be used"):
        check_certificate(broken, None)
