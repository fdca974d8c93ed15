"""The examples in docs/production: what they say of PySCIM is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scim.cli.serving import GRACE_SECONDS
from scim.config import API_PATH, PREFIX, Settings

FOLDER = Path(__file__).parents[1] / "docs" / "production"
EXAMPLES = ("pyscim.service", "nginx.conf", "Caddyfile")
PROXIES = ("nginx.conf", "Caddyfile")

LOCKED_IN = {
    "CapabilityBoundingSet": "",
    "NoNewPrivileges": "yes",
    "PrivateDevices": "yes",
    "PrivateTmp": "yes",
    "ProtectHome": "yes",
    "ProtectSystem": "strict",
    "RestrictAddressFamilies": "AF_UNIX AF_INET AF_INET6",
    "SystemCallArchitectures": "native",
}


def text(name: str) -> str:
    return (FOLDER / name).read_text()


def unit() -> list[tuple[str, str]]:
    """The settings of the unit; some stand there more than once."""
    return re.findall(r"^(\w+)=(.*)$", text("pyscim.service"), re.MULTILINE)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_begins_with_what_it_assumes(name: str) -> None:
    comment = re.match(r"(#.*\n)+", text(name))
    assert comment
    assert "ssumes that" in comment[0]


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_settings_that_are_named_exist(name: str) -> None:
    known = {f"{PREFIX}{setting.upper()}" for setting in Settings.model_fields}
    assert set(re.findall(rf"{PREFIX}[A-Z_]+", text(name))) <= known


class TestUnit:
    def test_runs_the_production_server_as_a_user_of_its_own(self) -> None:
        found = dict(unit())
        assert re.fullmatch(r"/opt/pyscim/bin/pyscim run prod --host 127\.0\.0\.1 .*", found["ExecStart"])
        assert (found["User"], found["Group"]) == ("pyscim", "pyscim")

    def test_may_write_to_its_own_folder_alone(self) -> None:
        found = dict(unit())
        assert ("Environment", f"PYSCIM_DATA_DIR=/var/lib/{found['StateDirectory']}/embedded") in unit()
        assert "ReadWritePaths" not in found
        assert {name: found[name] for name in LOCKED_IN} == LOCKED_IN

    def test_lets_the_server_end_its_workers_and_its_database(self) -> None:
        """A signal to all of them at once would take the database from the requests that are still answered."""
        found = dict(unit())
        assert found["KillMode"] == "mixed"
        assert int(found["TimeoutStopSec"]) > 2 * GRACE_SECONDS

    def test_leaves_shared_memory_to_commands_that_use_the_database_too(self) -> None:
        assert "RemoveIPC" not in dict(unit())


class TestProxies:
    @pytest.mark.parametrize("name", PROXIES)
    def test_hand_on_the_protocol_and_nothing_else(self, name: str) -> None:
        handed_on = re.findall(r"^\s*(?:location|handle) (\S+) \{", text(name), re.MULTILINE)
        assert all(f"{API_PATH}/".startswith(path.rstrip("*")) for path in handed_on if path != "/")
        assert re.search(r"^\s*(?:return|respond) 404;?$", text(name), re.MULTILINE)
        assert "127.0.0.1:8000" in text(name)

    def test_a_body_that_is_too_large_is_refused_by_pyscim_which_says_why(self) -> None:
        (limit,) = re.findall(r"client_max_body_size (\d+)m;", text("nginx.conf"))
        assert int(limit) * 1024 * 1024 > Settings.model_fields["max_body_bytes"].default
        assert "max_size" not in text("Caddyfile")

    def test_what_a_client_forges_is_replaced(self) -> None:
        """Each forwarded header that PySCIM reads."""
        source = (Path(__file__).parents[1] / "src/scim/middleware/base_url.py").read_text()
        read = set(re.findall(r'"(x-forwarded-[a-z]+)"', source))
        nginx = {name.lower() for name in re.findall(r"proxy_set_header (X-Forwarded-\w+) ", text("nginx.conf"))}
        own = {"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"}
        caddy = own | {name.lower() for name in re.findall(r"header_up -(X-Forwarded-\w+)", text("Caddyfile"))}
        assert nginx == caddy == read
