"""Settings: where they come from, what is refused and how, and that `.env.example` tells the truth."""

from __future__ import annotations

import os
from ipaddress import ip_network
from pathlib import Path

import pytest

from scim.config import (
    Settings,
    SettingSource,
    as_environment,
    env_example,
    environment_name,
    get_settings,
    load_settings,
    sources,
    unknown_variables,
)
from scim.exceptions import OperatorError

ROOT = Path(__file__).parents[1]
TEN = ip_network("10.0.0.0/8")
LOOPBACK6 = ip_network("::1")


@pytest.fixture(autouse=True)
def _empty_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [*os.environ]:
        if name.upper().startswith("PYSCIM_") or name.upper() == "DATABASE_URL":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def by_name(found: list[SettingSource]) -> dict[str, SettingSource]:
    return {item.name: item for item in found}


class TestDefaults:
    def test_are_those_of_the_contract(self) -> None:
        settings = load_settings()
        assert settings.database_url.get_secret_value() == ""
        assert settings.data_dir == Path(".pyscim")
        assert (settings.host, settings.port, settings.workers) == (None, 8000, 1)
        assert (settings.log_level, settings.log_format) == ("INFO", "auto")
        assert (settings.migrate_on_start, settings.auth_enabled, settings.docs_enabled) == (True, True, False)
        assert settings.proxy_headers is None
        assert settings.trusted_proxies == (ip_network("127.0.0.0/8"), ip_network("::1"))
        assert (settings.db_pool_min, settings.db_pool_max, settings.db_timeout_s) == (2, 10, 30)
        assert (settings.default_page_size, settings.max_page_size) == (100, 1000)
        assert (settings.max_body_bytes, settings.bulk_max_payload_bytes) == (10 * 2**20, 8 * 2**20)
        assert (settings.bulk_max_operations, settings.max_filter_length, settings.max_filter_depth) == (1000, 8192, 50)
        assert (settings.token_cache_s, settings.rate_limit_per_second, settings.cursor_ttl_s) == (5, 0, 3600)
        assert (settings.audit_bodies, settings.audit_retention_days, settings.passwords) == ("errors", 90, "hash")

    def test_every_setting_has_a_description_of_one_line(self) -> None:
        for name, field in Settings.model_fields.items():
            assert field.description, name
            assert "\n" not in field.description, name


class TestReading:
    @pytest.mark.parametrize(
        ("variable", "text", "attribute", "expected"),
        [
            ("PYSCIM_LOG_LEVEL", "debug", "log_level", "DEBUG"),
            ("PYSCIM_LOG_FORMAT", "JSON", "log_format", "json"),
            ("PYSCIM_PROXY_HEADERS", "false", "proxy_headers", False),
            ("PYSCIM_HOST", "::1", "host", "::1"),
            ("PYSCIM_DATA_DIR", "~/data", "data_dir", Path.home() / "data"),
            (
                "PYSCIM_TRUSTED_PROXIES",
                "10.1.2.3/8, ::1",
                "trusted_proxies",
                (TEN, LOOPBACK6),
            ),
            ("PYSCIM_PUBLIC_URL", "https://x.example/", "public_url", "https://x.example"),
            ("PYSCIM_PUBLIC_URL", "https://x.example/idp/scim/v2/", "public_url", "https://x.example/idp"),
            ("PYSCIM_DB_TIMEOUT_S", "0.5", "db_timeout_s", 0.5),
            ("PYSCIM_PORT", "", "port", 8000),
        ],
    )
    def test_from_the_environment(
        self, monkeypatch: pytest.MonkeyPatch, variable: str, text: str, attribute: str, expected: object
    ) -> None:
        monkeypatch.setenv(variable, text)
        assert getattr(load_settings(), attribute) == expected

    def test_the_environment_wins_over_the_file(self, monkeypatch: pytest.MonkeyPatch) -> None:
        Path(".env").write_text("PYSCIM_PORT=9000\nPYSCIM_WORKERS=3\nOTHER_PROGRAM=1\n")
        monkeypatch.setenv("PYSCIM_PORT", "9001")
        settings = load_settings()
        assert (settings.port, settings.workers) == (9001, 3)

    def test_the_database_url_has_no_prefix(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATABASE_URL", "postgres://db")
        monkeypatch.setenv("PYSCIM_DATABASE_URL", "postgres://other")
        assert load_settings().database_url.get_secret_value() == "postgres://db"

    def test_secrets_do_not_show_in_repr(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATABASE_URL", "postgres://u:hunter2@h/d")
        monkeypatch.setenv("PYSCIM_CURSOR_SECRET", "hunter2-hunter2-hunter2")
        assert "hunter2" not in repr(load_settings())

    def test_get_settings_reads_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        get_settings.cache_clear()
        first = get_settings()
        monkeypatch.setenv("PYSCIM_PORT", "9001")
        assert get_settings() is first
        get_settings.cache_clear()


class TestBadValues:
    @pytest.mark.parametrize(
        ("variable", "text", "message"),
        [
            ("PYSCIM_PORT", "abc", "PYSCIM_PORT is 'abc'; accepted: a whole number from 1 up to 65535"),
            ("PYSCIM_PORT", "0", "PYSCIM_PORT is '0'; accepted: a whole number from 1 up to 65535"),
            ("PYSCIM_DB_TIMEOUT_S", "0", "PYSCIM_DB_TIMEOUT_S is '0'; accepted: a number above 0 and up to 3600"),
            ("PYSCIM_LOG_LEVEL", "loud", "PYSCIM_LOG_LEVEL is 'LOUD'; accepted: DEBUG, INFO, WARNING, ERROR"),
            ("PYSCIM_LOG_FORMAT", "xml", "PYSCIM_LOG_FORMAT is 'xml'; accepted: auto, rich, json"),
            ("PYSCIM_AUTH_ENABLED", "maybe", "PYSCIM_AUTH_ENABLED is 'maybe'; accepted: true or false"),
            ("PYSCIM_PROXY_HEADERS", "maybe", "PYSCIM_PROXY_HEADERS is 'maybe'; accepted: true or false"),
            (
                "PYSCIM_TRUSTED_PROXIES",
                "proxy.example",
                "PYSCIM_TRUSTED_PROXIES is 'proxy.example'; accepted: IP addresses or CIDRs, separated by commas",
            ),
            (
                "PYSCIM_PUBLIC_URL",
                "x.example",
                "PYSCIM_PUBLIC_URL is 'x.example'; accepted: a URL like https://scim.example.com, without query",
            ),
            ("PYSCIM_CURSOR_SECRET", "short", "PYSCIM_CURSOR_SECRET is ***; accepted: at least 16 characters"),
            (
                "PYSCIM_DB_POOL_MIN",
                "20",
                "PYSCIM_DB_POOL_MIN is '20'; accepted: at most 10, the value of PYSCIM_DB_POOL_MAX",
            ),
        ],
    )
    def test_stop_with_name_value_and_what_is_accepted(
        self, monkeypatch: pytest.MonkeyPatch, variable: str, text: str, message: str
    ) -> None:
        monkeypatch.setenv(variable, text)
        with pytest.raises(OperatorError) as caught:
            load_settings()
        assert str(caught.value) == message

    def test_are_all_told_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PYSCIM_PORT", "x")
        monkeypatch.setenv("PYSCIM_WORKERS", "y")
        with pytest.raises(OperatorError, match=r"PORT.*\n.*WORKERS"):
            load_settings()

    def test_a_file_that_is_no_text_is_named(self) -> None:
        Path(".env").write_bytes(b"\xff\xfe\x00")
        with pytest.raises(OperatorError, match=r"\.env cannot be read"):
            load_settings()


class TestPairs:
    @pytest.mark.parametrize(
        ("larger", "limit", "smaller"),
        [
            ("PYSCIM_DB_POOL_MAX", "1", "db_pool_min"),
            ("PYSCIM_MAX_PAGE_SIZE", "50", "default_page_size"),
            ("PYSCIM_MAX_BODY_BYTES", "2048", "bulk_max_payload_bytes"),
        ],
    )
    def test_a_lowered_maximum_takes_the_default_along(
        self, monkeypatch: pytest.MonkeyPatch, larger: str, limit: str, smaller: str
    ) -> None:
        monkeypatch.setenv(larger, limit)
        assert getattr(load_settings(), smaller) == int(limit)


class TestSources:
    def test_names_where_each_value_came_from(self, monkeypatch: pytest.MonkeyPatch) -> None:
        Path(".env").write_text("PYSCIM_PORT=9000\nPYSCIM_WORKERS=3\nPYSCIM_HOST=\n")
        monkeypatch.setenv("PYSCIM_PORT", "9001")
        found = by_name(sources(load_settings()))
        assert found["PYSCIM_PORT"].source == "environment"
        assert (found["PYSCIM_WORKERS"].source, found["PYSCIM_WORKERS"].value) == (".env", "3")
        assert (found["PYSCIM_HOST"].source, found["PYSCIM_HOST"].value) == ("default", "")
        assert found["PYSCIM_TRUSTED_PROXIES"].value == "127.0.0.0/8,::1/128"

    def test_masks_secrets_that_are_set(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATABASE_URL", "postgres://u:hunter2@h/d")
        found = by_name(sources(load_settings()))
        assert (found["DATABASE_URL"].value, found["DATABASE_URL"].secret) == ("***", True)
        assert (found["PYSCIM_CURSOR_SECRET"].value, found["PYSCIM_CURSOR_SECRET"].secret) == ("", True)


class TestUnknownVariables:
    def test_come_with_the_nearest_setting(self, monkeypatch: pytest.MonkeyPatch) -> None:
        Path(".env").write_text("PYSCIM_WORKER=3\nUNRELATED=1\n")
        monkeypatch.setenv("PYSCIM_DATABASE_URL", "postgres://u:hunter2@h/d")
        monkeypatch.setenv("PYSCIM_QQQ", "1")
        assert [str(item) for item in unknown_variables()] == [
            "PYSCIM_DATABASE_URL (environment) is not a setting; did you mean DATABASE_URL?",
            "PYSCIM_QQQ (environment) is not a setting",
            "PYSCIM_WORKER (.env) is not a setting; did you mean PYSCIM_WORKERS?",
        ]


class TestAsEnvironment:
    def test_gives_back_the_same_settings(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATABASE_URL", "postgres://u:p@h/d")
        monkeypatch.setenv("PYSCIM_TRUSTED_PROXIES", "10.0.0.0/8,::1")
        settings = load_settings()
        for name, value in as_environment(dict(settings)).items():
            monkeypatch.setenv(name, value)
        assert load_settings() == settings

    def test_leaves_out_what_was_not_given(self) -> None:
        assert as_environment({"host": "0.0.0.0", "port": None, "proxy_headers": False}) == {
            "PYSCIM_HOST": "0.0.0.0",
            "PYSCIM_PROXY_HEADERS": "false",
        }


class TestEnvExample:
    def test_file_equals_the_class(self) -> None:
        assert (ROOT / ".env.example").read_text(encoding="utf-8") == env_example()

    def test_copied_as_it_is_changes_nothing(self) -> None:
        assert load_settings(ROOT / ".env.example") == load_settings(None)

    def test_names_every_setting(self) -> None:
        for name in Settings.model_fields:
            assert f"\n{environment_name(name)}=" in env_example()
