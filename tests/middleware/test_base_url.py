"""The public URL and the client's address, with and without proxies (row P-10)."""

from __future__ import annotations

from typing import Any

import pytest

from scim.config import Settings
from scim.middleware.base_url import base_url, client_ip, root_url
from tests.middleware.asgi import Headers, http_scope

PLAIN = Settings(proxy_headers=None)
PROXIED = Settings(proxy_headers=True, trusted_proxies="127.0.0.1, 10.0.0.0/8, ::1")


def url(headers: Headers, settings: Settings = PROXIED, **different: Any) -> str:
    return root_url(http_scope(headers=headers, **different), settings)


def address(*forwarded: str, settings: Settings = PROXIED, peer: str = "127.0.0.1") -> str | None:
    headers = [("x-forwarded-for", line) for line in forwarded]
    return client_ip(http_scope(headers=headers, client=(peer, 1)), settings)


class TestWithoutAProxy:
    def test_the_url_is_what_the_request_came_to(self) -> None:
        assert url([("host", "scim.example.com:8000")], PLAIN) == "http://scim.example.com:8000"
        assert url([("host", "[::1]:8000")], PLAIN, scheme="https") == "https://[::1]:8000"

    def test_endpoints_follow_the_base_path(self) -> None:
        assert base_url(http_scope(headers=[("host", "h")]), PLAIN) == "http://h/scim/v2"

    @pytest.mark.parametrize(
        "host", ["", "a b", "evil/path", "user@h", "h:port", "h:123456", "<script>", "[::1", "a,b"]
    )
    def test_a_malformed_host_gives_the_servers_own_address(self, host: str) -> None:
        assert url([("host", host)], PLAIN) == "http://127.0.0.1:8000"

    @pytest.mark.parametrize(
        ("server", "shown"),
        [(("::1", 8000), "[::1]:8000"), (("/run/scim.sock", None), "localhost"), (None, "localhost")],
    )
    def test_the_own_address_is_a_valid_host_whatever_the_server_listens_on(self, server: Any, shown: str) -> None:
        assert url([], PLAIN, server=server) == f"http://{shown}"

    def test_an_unknown_scheme_is_http(self) -> None:
        assert url([("host", "h")], PLAIN, scheme="ws") == "http://h"

    def test_forwarded_headers_are_not_believed(self) -> None:
        headers = [("host", "h"), ("x-forwarded-host", "evil"), ("x-forwarded-proto", "https")]
        assert url(headers, PLAIN) == "http://h"
        assert url(headers, Settings(proxy_headers=False)) == "http://h"
        assert address("192.0.2.1", settings=PLAIN) == "127.0.0.1"

    def test_a_peer_that_is_no_trusted_proxy_is_not_believed(self) -> None:
        headers = [("host", "h"), ("x-forwarded-host", "evil"), ("x-forwarded-proto", "https")]
        assert url(headers, client=("192.0.2.9", 1)) == "http://h"
        assert address("198.51.100.1", peer="192.0.2.9") == "192.0.2.9"


def test_the_public_url_wins_over_everything() -> None:
    settings = Settings(public_url="https://scim.example.com/idp/", proxy_headers=True)
    scope = http_scope(headers=[("host", "h"), ("x-forwarded-host", "other")])
    assert base_url(scope, settings) == "https://scim.example.com/idp/scim/v2"


class TestBehindAProxy:
    @pytest.mark.parametrize(
        ("forwarded", "shown"),
        [
            ({}, "http://inner:8000"),
            ({"proto": "https"}, "https://inner:8000"),
            ({"host": "scim.example.com"}, "http://scim.example.com"),
            ({"host": "scim.example.com", "proto": "https"}, "https://scim.example.com"),
            ({"host": "scim.example.com", "port": "8443"}, "http://scim.example.com:8443"),
            ({"host": "scim.example.com:444", "port": "8443"}, "http://scim.example.com:444"),
            ({"host": "scim.example.com", "proto": "https", "port": "443"}, "https://scim.example.com"),
            ({"host": "scim.example.com", "proto": "https", "port": "80"}, "https://scim.example.com"),
            ({"host": "scim.example.com", "port": "x"}, "http://scim.example.com"),
            ({"host": "scim.example.com, inner", "proto": "https,http"}, "https://scim.example.com"),
            ({"host": "scim.example.com", "prefix": "/idp/"}, "http://scim.example.com/idp"),
            ({"prefix": "//evil"}, "http://inner:8000"),
            ({"prefix": "evil"}, "http://inner:8000"),
            ({"host": "a b"}, "http://inner:8000"),
            ({"proto": "javascript"}, "http://inner:8000"),
        ],
    )
    def test_the_url_is_what_the_client_asked_the_proxy_for(self, forwarded: dict[str, str], shown: str) -> None:
        headers = [("host", "inner:8000"), *((f"x-forwarded-{name}", value) for name, value in forwarded.items())]
        assert url(headers) == shown

    @pytest.mark.parametrize(
        ("forwarded", "client"),
        [
            ("192.0.2.1", "192.0.2.1"),
            ("192.0.2.1, 10.1.1.1", "192.0.2.1"),
            ("203.0.113.7, 192.0.2.1, 10.1.1.1", "192.0.2.1"),
            ("10.2.2.2, 10.1.1.1", "10.2.2.2"),
            ("nonsense, 10.1.1.1", "10.1.1.1"),
            ("nonsense", "127.0.0.1"),
            ("", "127.0.0.1"),
            ("192.0.2.1:4711", "192.0.2.1"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("fe80::1%eth0", "fe80::1"),
        ],
    )
    def test_the_client_is_the_last_address_that_is_no_proxy(self, forwarded: str, client: str) -> None:
        assert address(forwarded) == client

    def test_a_line_that_the_client_wrote_counts_less_than_the_proxys(self) -> None:
        assert address("203.0.113.7", "192.0.2.1") == "192.0.2.1"

    def test_a_proxy_in_ipv6_form_is_the_same_proxy(self) -> None:
        assert address("192.0.2.1", peer="::ffff:127.0.0.1") == "192.0.2.1"


@pytest.mark.parametrize("client", [None, ("", 0), ("testclient", 1), ("/run/scim.sock", None)])
def test_a_client_without_an_address_has_none(client: Any) -> None:
    assert client_ip(http_scope(client=client), PROXIED) is None
