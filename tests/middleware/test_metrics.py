"""Counting requests, and who may read what was counted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from scim.config import Settings
from scim.db.database import Database
from scim.db.session import DatabaseWork
from scim.db.url import parse_database_url
from scim.main import create_app
from scim.middleware.metrics import Metrics, may_read
from scim.services.authentication import Authenticator
from scim.services.environment import Environment
from scim.services.metrics.meters import Meters, Seen
from scim.services.passwords import Passwords
from tests.middleware.asgi import Passed, Raises, ask, http_scope
from tests.support.http import SCIM, Scim, account

Sample = tuple[str, tuple[tuple[str, str], ...]]


def values(text: str) -> dict[Sample, float]:
    """The samples of a page, by name and labels."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(text: str, name: str, **labels: str) -> float | None:
    return values(text).get((name, tuple(sorted(labels.items()))))


@asynccontextmanager
async def measured(database: Database, **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application that counts."""
    loaded = Settings(metrics_enabled=True, **settings)
    app = create_app(loaded)
    passwords = Passwords(loaded)
    app.state.environment = Environment.of(database, loaded, passwords)
    app.state.authenticator = Authenticator(database, cache_seconds=0)
    async with app.state.metrics.running(database, pool_max=7):
        transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 1234))
        async with httpx.AsyncClient(transport=transport, base_url=SCIM) as client:
            yield client
    passwords.close()


async def page(client: httpx.AsyncClient, **headers: str) -> str:
    answer = await client.get("http://test/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.text


class TestCounting:
    async def test_requests_are_counted_by_what_they_are(self, database: Database) -> None:
        owner = await account(database)
        tenant = str(owner.tenant_id)
        async with measured(database) as client:
            scim = Scim(client, owner)
            for name in ("kim@example.com", "lee@example.com"):
                await scim.user(name)
            await scim.post("/Users", {"userName": "kim@example.com"})
            await scim.get("/Users/0190")
            text = await page(client)
        users = {"tenant": tenant, "app": "app", "method": "POST", "route": "/scim/v2/Users"}
        assert value(text, "pyscim_requests_total", **users, status="201") == 2
        refused = [at for (name, at) in values(text) if name == "pyscim_requests_total" and ("status", "409") in at]
        assert len(refused) == 1
        one = {"tenant": tenant, "app": "app", "method": "GET", "route": "/scim/v2/Users/{id}"}
        assert value(text, "pyscim_requests_total", **one, status="404") == 1
        assert value(text, "pyscim_request_seconds_count", method="POST", route="/scim/v2/Users") == 3
        assert (value(text, "pyscim_database_seconds_total", method="POST", route="/scim/v2/Users") or 0) > 0
        assert (value(text, "pyscim_database_statements_total", method="POST", route="/scim/v2/Users") or 0) > 4

    async def test_rules_are_counted_by_application(self, database: Database) -> None:
        owner = await account(database)
        async with measured(database) as client:
            await Scim(client, owner).user("kim@example.com", madeUp=1)
            text = await page(client)
        rule = {"tenant": str(owner.tenant_id), "app": "app", "rule": "COMMON-33"}
        assert value(text, "pyscim_quirk_rules_total", **rule) == 1

    async def test_neither_names_nor_ids_of_people_are_labels(self, database: Database) -> None:
        owner = await account(database)
        async with measured(database) as client:
            scim = Scim(client, owner)
            made = await scim.user("kim@example.com", madeUp=1)
            for path in (f"/Users/{made['id']}", "/kim@example.com", '/Users?filter=userName eq "kim@example.com"'):
                await scim.get(path)
            await client.get("http://test/kim@example.com")
            await client.request("KIM", "http://test/scim/v2/Users")
            text = await page(client)
        assert "kim" not in text.lower()
        assert made["id"] not in text

    async def test_who_has_no_token_that_works_is_counted(self, database: Database) -> None:
        async with measured(database) as client:
            await client.get("/Users")
            await client.get("/Users", headers={"authorization": "Bearer nonsense"})
            text = await page(client)
        assert value(text, "pyscim_authentication_failures_total") == 2
        assert (
            value(
                text,
                "pyscim_requests_total",
                tenant="",
                app="",
                method="GET",
                route="/scim/v2/Users",
                status="401",
            )
            == 2
        )

    async def test_who_is_too_fast_is_counted(self, database: Database) -> None:
        owner = await account(database)
        async with measured(database, rate_limit_per_second=1) as client:
            statuses = [(await Scim(client, owner).get("/Users")).status_code for _ in range(3)]
            text = await page(client)
        assert statuses.count(429) == 2
        assert value(text, "pyscim_rate_limited_total", tenant=str(owner.tenant_id), app="app") == 2

    async def test_the_guard_is_no_rate_limit(self, database: Database) -> None:
        owner = await account(database, settings={"guard_users": 0})
        async with measured(database) as client:
            scim = Scim(client, owner)
            assert (await scim.delete(f"/Users/{(await scim.user('a'))['id']}")).status_code == 429
            text = await page(client)
        assert value(text, "pyscim_rate_limited_total", tenant=str(owner.tenant_id), app="app") is None

    async def test_the_pool_is_watched(self, database_url: str) -> None:
        own, meters = Database(parse_database_url(database_url), pool_max=2), Meters()
        await own.open()
        own.watch = meters
        read = meters.registry.get_sample_value
        async with own.session():
            assert read("pyscim_pool_in_use") == 1
        with pytest.raises(RuntimeError):
            async with own.session():
                raise RuntimeError
        assert read("pyscim_pool_in_use") == 0
        assert read("pyscim_pool_wait_seconds_count") == 2
        await own.close()

    async def test_the_pool_is_told_while_the_server_runs(self, database: Database) -> None:
        async with measured(database) as client:
            assert value(await page(client), "pyscim_pool_max") == 7
            assert database.watch is not None
        assert database.watch is None

    async def test_a_request_that_fails_is_counted_all_the_same(self) -> None:
        meters = Meters()
        with pytest.raises(RuntimeError):
            await ask(Metrics(Raises(RuntimeError("x")), meters=meters), http_scope("/healthz"))
        labels = {"tenant": "", "app": "", "method": "GET", "route": "/healthz", "status": "499"}
        assert meters.registry.get_sample_value("pyscim_requests_total", labels) == 1

    async def test_other_protocols_pass(self) -> None:
        inner = Passed()
        await ask(Metrics(inner, meters=Meters()), {"type": "lifespan"})
        assert inner.scopes == [{"type": "lifespan"}]

    async def test_without_statements_no_database_time_is_counted(self) -> None:
        meters = Meters()
        seen = Seen(tenant="", app="", method="GET", route="/healthz", status=200, seconds=0.1)
        meters.saw(seen, DatabaseWork())
        meters.saw(seen, None)
        route = {"method": "GET", "route": "/healthz"}
        assert meters.registry.get_sample_value("pyscim_database_statements_total", route) is None


class TestReaders:
    @pytest.mark.parametrize(
        ("peer", "headers", "settings", "expected"),
        [
            ("127.0.0.1", [], {}, True),
            ("::1", [], {}, True),
            ("::ffff:127.0.0.1", [], {}, True),
            ("10.0.0.5", [], {}, False),
            ("10.0.0.5", [], {"metrics_allow": "10.0.0.0/8"}, True),
            ("127.0.0.1", [], {"metrics_allow": "10.0.0.0/8"}, False),
            ("11.0.0.5", [], {"metrics_allow": "10.0.0.0/8"}, False),
            # A proxy on this machine connects from loopback for everybody.
            ("127.0.0.1", [("x-forwarded-for", "203.0.113.5")], {}, False),
            ("127.0.0.1", [("x-forwarded-for", "127.0.0.1")], {}, False),
            ("127.0.0.1", [("x-real-ip", "203.0.113.5")], {}, False),
            ("127.0.0.1", [("forwarded", "for=203.0.113.5")], {}, False),
            ("127.0.0.1", [("via", "1.1 proxy")], {}, False),
            ("127.0.0.1", [("x-forwarded-for", "10.0.0.5")], {"metrics_allow": "10.0.0.0/8"}, False),
            (
                "127.0.0.1",
                [("x-forwarded-for", "10.0.0.5")],
                {"metrics_allow": "10.0.0.0/8", "proxy_headers": True},
                True,
            ),
            (
                "127.0.0.1",
                [("x-forwarded-for", "10.0.0.5, 203.0.113.5")],
                {"metrics_allow": "10.0.0.0/8", "proxy_headers": True},
                False,
            ),
            (
                "127.0.0.1",
                [("x-forwarded-for", "unknown")],
                {"metrics_allow": "127.0.0.0/8", "proxy_headers": True},
                False,
            ),
            ("10.0.0.5", [("x-forwarded-for", "127.0.0.1")], {"metrics_allow": "127.0.0.0/8"}, False),
        ],
    )
    def test_on_the_servers_port_are_on_this_machine_or_where_the_settings_say(
        self, peer: str, headers: Sequence[tuple[str, str]], settings: dict[str, Any], *, expected: bool
    ) -> None:
        scope = http_scope("/metrics", headers=headers, client=(peer, 1234))
        assert may_read(scope, Settings(**settings)) is expected

    def test_without_an_address_are_nobody(self) -> None:
        assert not may_read(http_scope("/metrics", client=None), Settings())

    async def test_others_are_refused_with_the_setting_named(self, database: Database) -> None:
        async with measured(database, metrics_allow="10.0.0.0/8") as client:
            answer = await client.get("http://test/metrics")
        assert (answer.status_code, "PYSCIM_METRICS_ALLOW" in answer.text) == (403, True)
        assert "pyscim_" not in answer.text

    async def test_get_the_form_that_they_take(self, database: Database) -> None:
        async with measured(database) as client:
            assert (await page(client, accept="application/openmetrics-text; version=1.0.0")).endswith("# EOF\n")
            assert "# EOF" not in await page(client)

    @pytest.mark.parametrize("settings", [{}, {"metrics_enabled": True, "metrics_port": 9100}])
    async def test_find_nothing_on_the_servers_port_where_it_is_off_or_elsewhere(
        self, database: Database, settings: dict[str, Any]
    ) -> None:
        app = create_app(Settings(**settings))
        transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 1234))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            assert (await client.get("/metrics")).status_code == 404
        assert (app.state.metrics is not None) is bool(settings)
