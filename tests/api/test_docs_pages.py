"""What a browser gets: pages, programs and the document, all from this server."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest
from fastapi import FastAPI

from scim.api.docs import mount
from scim.api.errors import install_error_handlers
from scim.config import Settings

ROOT = "http://scim.test:8000"
PAGES = ["/docs", "/redoc"]
ASSETS = [
    ("swagger-ui-bundle.js", "text/javascript"),
    ("swagger-ui.css", "text/css"),
    ("swagger.js", "text/javascript"),
    ("redoc.standalone.js", "text/javascript"),
    ("redoc.js", "text/javascript"),
    ("pages.css", "text/css"),
    ("favicon.png", "image/png"),
]


class Links(HTMLParser):
    """What a page loads or links to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in {"src", "href"} and value]


def app(settings: Settings) -> FastAPI:
    made = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    made.state.settings = settings
    mount(made, base_path="/scim/v2")
    install_error_handlers(made)
    return made


def browser(settings: Settings) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app(settings), client=("127.0.0.1", 1234))
    return httpx.AsyncClient(transport=transport, base_url=ROOT)


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with browser(Settings()) as opened:
        yield opened


@pytest.mark.parametrize("page", PAGES)
class TestPages:
    async def test_are_html_that_the_browser_asks_for_again(self, client: httpx.AsyncClient, page: str) -> None:
        answer = await client.get(page)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/html")
        assert answer.headers["cache-control"] == "no-cache"

    async def test_load_only_what_this_server_has(self, client: httpx.AsyncClient, page: str) -> None:
        answer = await client.get(page)
        links = Links(answer.text).found
        assert len(links) >= 5
        for link in links:
            url = urljoin(f"{ROOT}{page}", link)
            assert url.startswith(f"{ROOT}/")
            assert (await client.get(url)).status_code == 200

    async def test_name_no_other_host_in_their_own_text(self, client: httpx.AsyncClient, page: str) -> None:
        answer = await client.get(page)
        scripts = [link for link in Links(answer.text).found if link.endswith(("/swagger.js", "/redoc.js", ".css"))]
        texts = [answer.text] + [(await client.get(link)).text for link in scripts if "swagger-ui" not in link]
        assert len(texts) == 3
        for text in texts:
            assert not re.search(r"https?://|src=.//|url\(", text)

    async def test_forbid_the_browser_to_ask_other_hosts(self, client: httpx.AsyncClient, page: str) -> None:
        policy = (await client.get(page)).headers["content-security-policy"]
        rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
        assert rules["default-src"] == "'none'"
        assert rules["script-src"] == "'self'"
        assert rules["connect-src"] == f"'self' {ROOT}"
        assert "http" not in policy.replace(f"connect-src 'self' {ROOT}", "")

    async def test_work_below_a_path_of_a_proxy(self, client: httpx.AsyncClient, page: str) -> None:
        answer = await client.get(page)
        assert not [link for link in Links(answer.text).found if link.startswith("/")]


class TestPrograms:
    async def test_swagger_ui_sends_nothing_to_a_validator_and_keeps_the_token(self, client: httpx.AsyncClient) -> None:
        script = (await client.get("/docs/assets/swagger.js")).text
        for option in (
            'url: "openapi.json"',
            "validatorUrl: null",
            "persistAuthorization: true",
            "tryItOutEnabled: true",
        ):
            assert option in script

    async def test_redoc_uses_the_fonts_of_the_system(self, client: httpx.AsyncClient) -> None:
        script = (await client.get("/docs/assets/redoc.js")).text
        assert '"openapi.json"' in script
        assert "system-ui" in script


class TestAssets:
    @pytest.mark.parametrize(("name", "kind"), ASSETS)
    async def test_have_their_type_and_are_kept_for_a_while(
        self, client: httpx.AsyncClient, name: str, kind: str
    ) -> None:
        answer = await client.get(f"/docs/assets/{name}")
        assert answer.status_code == 200
        assert answer.headers["content-type"].partition(";")[0] == kind
        assert answer.headers["cache-control"] == "public, max-age=3600"

    async def test_are_not_sent_again_where_the_browser_has_them(self, client: httpx.AsyncClient) -> None:
        tag = (await client.get("/docs/assets/pages.css")).headers["etag"]
        again = await client.get("/docs/assets/pages.css", headers={"if-none-match": tag})
        assert again.status_code == 304
        assert again.headers["cache-control"] == "public, max-age=3600"

    @pytest.mark.parametrize("name", ["nothing.js", "", "..%2fdocs.py", "../docs.py", "%2e%2e/core.py"])
    async def test_nothing_else_is_served(self, client: httpx.AsyncClient, name: str) -> None:
        answer = await client.get(f"/docs/assets/{name}")
        assert answer.status_code == 404
        assert answer.json()["status"] == "404"


class TestDocument:
    async def document(self, client: httpx.AsyncClient, **headers: str) -> Any:
        answer = await client.get("/openapi.json", headers=headers)
        assert answer.headers["content-type"] == "application/json"
        return answer.json()

    async def test_names_the_server_the_request_came_to(self, client: httpx.AsyncClient) -> None:
        body = await self.document(client)
        assert body["servers"] == [{"url": ROOT}]
        assert "/scim/v2/Users" in body["paths"]
        assert (await self.document(client, host="other.test"))["servers"] == [{"url": "http://other.test"}]

    async def test_names_the_public_url_where_there_is_one_and_the_pages_may_ask_it(self) -> None:
        async with browser(Settings(public_url="https://scim.example.com/idp")) as client:
            assert (await self.document(client))["servers"] == [{"url": "https://scim.example.com/idp"}]
            policy = (await client.get("/docs")).headers["content-security-policy"]
            assert "connect-src 'self' https://scim.example.com;" in policy

    @pytest.mark.parametrize("path", ["/openapi.json", *PAGES])
    async def test_head_works_where_get_does(self, client: httpx.AsyncClient, path: str) -> None:
        answer = await client.head(path)
        assert (answer.status_code, answer.content) == (200, b"")
