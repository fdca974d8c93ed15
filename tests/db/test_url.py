"""DATABASE_URL as libpq reads it: what asyncpg is given, and what is refused."""

from __future__ import annotations

import inspect
import ssl
from pathlib import Path

import asyncpg
import pytest

from scim.db.url import ConnectionSettings, parse_database_url
from scim.exceptions import OperatorError

LOGIN = "postgresql://u:p@h/d"


def parse(url: str, **environ: str) -> ConnectionSettings:
    return parse_database_url(url, environ=environ)


def refusal(url: str, **environ: str) -> str:
    with pytest.raises(OperatorError) as caught:
        parse(url, **environ)
    return str(caught.value)


class TestAddress:
    @pytest.mark.parametrize(
        ("url", "expected"),
        [
            ("postgres://u:p@h/d", {"host": "h", "port": 5432}),
            ("  postgresql://u@h:6432/d\n", {"host": "h", "port": 6432}),
            ("postgresql://u@h1:5432,h2:5433/d", {"host": ["h1", "h2"], "port": [5432, 5433]}),
            ("postgresql://u@h1,h2:5433/d", {"host": ["h1", "h2"], "port": [5432, 5433]}),
            ("postgresql://u@/d?host=h1,h2&port=7000", {"host": ["h1", "h2"], "port": [7000, 7000]}),
            ("postgresql://u@,h2/d", {"host": ["localhost", "h2"], "port": [5432, 5432]}),
            ("postgresql://u@[::1]:6432/d", {"host": "::1", "port": 6432}),
            ("postgresql://u@[::1],[fe80::2]:7000/d", {"host": ["::1", "fe80::2"], "port": [5432, 7000]}),
            ("postgresql://u@/d?host=/run/pg", {"host": "/run/pg", "port": 5432}),
            ("postgresql:///d?user=u&host=%2Frun%2Fpg&port=7000", {"host": "/run/pg", "port": 7000}),
            ("postgresql://u@%2Frun%2Fpg:7000/d", {"host": "/run/pg", "port": 7000}),
            ("postgresql://u@h:6432/d?host=/run/pg", {"host": "/run/pg", "port": 6432}),
        ],
    )
    def test_is_read_as_libpq_does(self, url: str, expected: dict[str, object]) -> None:
        found = parse(url).connect_kwargs()
        assert {name: found.get(name) for name in expected} == expected
        assert (found["user"], found["database"]) == ("u", "d")

    def test_left_out_parts_come_from_the_environment(self) -> None:
        found = parse("postgresql://", PGHOST="h", PGPORT="7000", PGUSER="u", PGDATABASE="d")
        assert found.safe_text == "postgresql://u@h:7000/d"

    def test_left_out_parts_have_defaults(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("getpass.getuser", lambda: "me")
        found = parse("postgresql://").connect_kwargs()
        assert (found["port"], found["user"], found["database"]) == (5432, "me", "me")
        assert "host" not in found

    def test_database_defaults_to_the_user(self) -> None:
        assert parse("postgresql://u@h").database == "u"

    @pytest.mark.parametrize(
        ("url", "message"),
        [
            ("mysql://u@h/d", "must look like postgresql://"),
            ("h:5432/d", "must look like postgresql://"),
            ("postgresql+asyncpg://u@h/d", "must look like postgresql://"),
            ("postgresql://u@h:abc/d", "The port in DATABASE_URL"),
            ("postgresql://u@h:0/d", "The port in DATABASE_URL"),
            ("postgresql://u@[::1/d", "write IPv6 addresses in brackets"),
            ("postgresql://u@h1,h2,h3/d?port=1,2", "2 ports for 3 hosts"),
            ("postgresql://u@::1/d", "The port in DATABASE_URL"),
            ("postgresql://u:%zz@h/d", "password in DATABASE_URL has a %"),
            ("postgresql://u%00@h/d", "user in DATABASE_URL has a %"),
            ("postgresql://u:%ff@h/d", "not UTF-8"),
        ],
    )
    def test_refuses(self, url: str, message: str) -> None:
        assert message in refusal(url)


class TestPassword:
    @pytest.mark.parametrize(
        ("text", "password"),
        [("p%40ss%2Fw%3F", "p@ss/w?"), ("a:b", "a:b"), ("p@ss", "p@ss"), ("p#ss", "p#ss"), ("a+b", "a+b"), ("", None)],
    )
    def test_is_percent_decoded(self, text: str, password: str | None) -> None:
        found = parse(f"postgresql://u:{text}@h/d")
        assert (found.password, found.hosts) == (password, ("h",))

    def test_shows_in_no_text(self) -> None:
        found = parse("postgresql://u:hunter2@h/d?sslpassword=hunter2")
        assert "hunter2" not in found.safe_text + repr(found)

    @pytest.mark.parametrize(
        "url", ["postgresql://u:hunter2/x@h/d", "mysql://u:hunter2@h/d", "postgresql://u:hunter2@h:x/"]
    )
    def test_shows_in_no_refusal(self, url: str) -> None:
        assert "hunter2" not in refusal(url)


class TestParameters:
    def test_every_argument_is_one_of_asyncpg(self) -> None:
        url = (
            f"{LOGIN}?sslmode=require&sslnegotiation=direct&target_session_attrs=read-write&passfile=/f"
            "&statement_cache_size=0&application_name=x&connect_timeout=3&channel_binding=prefer"
        )
        known = inspect.signature(asyncpg.connect).parameters
        assert set(parse(url).connect_kwargs()) <= set(known)

    @pytest.mark.parametrize(
        ("query", "name", "expected"),
        [
            ("", "statement_cache_size", 100),
            ("statement_cache_size=0", "statement_cache_size", 0),
            ("", "server_settings", {"application_name": "pyscim"}),
            ("application_name=my%20app", "server_settings", {"application_name": "my app"}),
            (
                "options=-c%20geqo%3Doff",
                "server_settings",
                {"application_name": "pyscim", "options": "-c geqo=off"},
            ),
            ("target_session_attrs=read-write", "target_session_attrs", "read-write"),
            ("sslmode=disable&sslmode=require", "ssl", "require"),
            ("sslmode=require&sslnegotiation=direct", "direct_tls", True),
            ("dbname=other", "database", "other"),
            ("database=other", "database", "other"),
            ("passfile=/x", "passfile", "/x"),
        ],
    )
    def test_reach_asyncpg(self, query: str, name: str, expected: object) -> None:
        assert parse(f"{LOGIN}?{query}").connect_kwargs()[name] == expected

    @pytest.mark.parametrize(("query", "seconds"), [("", 10), ("connect_timeout=3", 3), ("connect_timeout=0", 10)])
    def test_connect_timeout(self, query: str, seconds: float) -> None:
        assert parse(f"{LOGIN}?{query}").connect_timeout == seconds

    @pytest.mark.parametrize(
        ("query", "message"),
        [
            ("sslmod=require", "unknown parameter 'sslmod'; known: host, port, user"),
            ("pgbouncer=true", "unknown parameter 'pgbouncer'; for a transaction pooler write statement_cache_size=0"),
            ("sslmode=yes", "sslmode is 'yes' in DATABASE_URL; accepted: disable, allow, prefer, require"),
            (
                "target_session_attrs=master",
                "target_session_attrs is 'master' in DATABASE_URL; accepted: any, read-write",
            ),
            ("channel_binding=require", "the driver has no channel binding"),
            ("statement_cache_size=-1", "statement_cache_size is '-1' in DATABASE_URL; accepted: a whole number"),
            ("sslnegotiation=direct", "sslnegotiation=direct in DATABASE_URL needs sslmode=require"),
        ],
    )
    def test_refuses_what_it_cannot_keep(self, query: str, message: str) -> None:
        assert message in refusal(f"{LOGIN}?{query}")

    async def test_are_understood_by_asyncpg(self, unused_tcp_port: int) -> None:
        """Nothing listens there, so all that can fail is the connection itself, not an argument."""
        several = f"127.0.0.1:{unused_tcp_port},[::1]:{unused_tcp_port}"
        found = parse(f"postgresql://u:p@{several}/d?sslmode=prefer&target_session_attrs=primary")
        with pytest.raises(OSError, match=r"refused|failed|Cannot assign"):
            await asyncpg.connect(timeout=5, **found.connect_kwargs())


def context(query: str, **environ: str) -> ssl.SSLContext:
    found = parse(f"{LOGIN}?{query}", **environ).connect_kwargs()["ssl"]
    assert isinstance(found, ssl.SSLContext)
    return found


@pytest.fixture
def root_certificate(tmp_path: Path) -> Path:
    """Any certificate that OpenSSL reads will do: those of the system, cut to the first."""
    authorities = ssl.create_default_context().get_ca_certs(binary_form=True)
    if not authorities:
        pytest.skip("this machine has no root certificates")
    file = tmp_path / "root.crt"
    file.write_text(ssl.DER_cert_to_PEM_cert(authorities[0]))
    return file


class TestTls:
    @pytest.mark.parametrize("mode", ["disable", "allow", "prefer", "require"])
    def test_modes_without_files_are_left_to_asyncpg(self, mode: str) -> None:
        assert parse(f"{LOGIN}?sslmode={mode}").ssl == mode

    def test_no_mode_is_no_argument(self) -> None:
        assert "ssl" not in parse(LOGIN).connect_kwargs()

    @pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
    def test_a_root_certificate_is_verified_against(self, root_certificate: Path, mode: str) -> None:
        made = context(f"sslmode={mode}&sslrootcert={root_certificate}")
        assert (made.verify_mode, made.check_hostname) == (ssl.CERT_REQUIRED, mode == "verify-full")
        assert made.cert_store_stats()["x509"] == 1

    def test_the_root_certificate_may_come_from_the_environment(self, root_certificate: Path) -> None:
        assert context("sslmode=verify-full", PGSSLROOTCERT=str(root_certificate)).cert_store_stats()["x509"] == 1

    def test_the_root_certificate_may_lie_where_libpq_looks(self, root_certificate: Path, tmp_path: Path) -> None:
        (tmp_path / ".postgresql").mkdir()
        root_certificate.rename(tmp_path / ".postgresql" / "root.crt")
        assert context("sslmode=verify-ca", HOME=str(tmp_path)).cert_store_stats()["x509"] == 1

    def test_the_systems_certificates_can_be_asked_for(self) -> None:
        made = context("sslrootcert=system")
        assert (made.verify_mode, made.check_hostname) == (ssl.CERT_REQUIRED, True)

    @pytest.mark.parametrize(
        ("query", "message"),
        [
            ("sslmode=verify-full", "sslmode=verify-full in DATABASE_URL needs sslrootcert=FILE"),
            ("sslmode=verify-ca&sslrootcert=system", "sslrootcert=system in DATABASE_URL needs sslmode=verify-full"),
            ("sslmode=verify-ca&sslrootcert=/none", "sslrootcert in DATABASE_URL cannot be used (/none): No such file"),
            ("sslmode=require&sslcert=/none", "sslcert in DATABASE_URL cannot be used (/none): No such file"),
            ("sslmode=require&sslcert=/c&sslkey=/k", "sslcert or sslkey in DATABASE_URL cannot be used (/c, /k)"),
            ("sslmode=require&sslkey=/k", "sslkey in DATABASE_URL needs sslcert"),
            ("sslmode=prefer&sslrootcert=/c", "sslrootcert in DATABASE_URL has no effect without sslmode=require"),
            ("sslcert=/c", "sslcert in DATABASE_URL has no effect without sslmode=require"),
        ],
    )
    def test_refuses_files_it_cannot_use(self, query: str, message: str) -> None:
        assert message in refusal(f"{LOGIN}?{query}", HOME="/nonexistent")

    def test_a_file_that_is_no_certificate_is_named(self, tmp_path: Path) -> None:
        file = tmp_path / "root.crt"
        file.write_text("not a certificate")
        assert str(file) in refusal(f"{LOGIN}?sslmode=verify-ca&sslrootcert={file}")
