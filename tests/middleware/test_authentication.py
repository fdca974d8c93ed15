"""Which requests need a token, and how it may be sent (rows N-02 to N-05, A-04, quirk OKTA-24)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from scim.caller import Caller
from scim.config import Settings
from scim.exceptions import BadRequest, ScimError, Unauthorized, Unavailable
from scim.middleware.authentication import Authentication
from scim.services.authentication import refused
from tests.middleware.asgi import Headers, Passed, ask, http_scope

GOOD = "pyscim_good"
OPEN = [
    "/scim/v2/ServiceProviderConfig",
    "/scim/v2/ResourceTypes",
    "/scim/v2/ResourceTypes/User",
    "/scim/v2/Schemas/",
    "/scim/v2/Schemas/urn:ietf:params:scim:schemas:core:2.0:User",
]
CLOSED = [
    "/scim/v2",
    "/scim/v2/",
    "/scim/v2/Users",
    "/scim/v2/Users/Schemas",
    "/scim/v2/Nothing",
    "/scim/v2/schemas",
    "/scim/v2/SchemasX",
    "/scim/v2//Schemas",
    "/scim/v2/scim/v2/Schemas",
    "/scim/v2/Users/../Schemas",
]
ELSEWHERE = ["/", "/healthz", "/docs", "/scim/v21/Users", "/x/scim/v2/Users"]


class Known:
    """Knows one token; notes what it was asked."""

    def __init__(self, caller: Caller, *, failure: ScimError | None = None, good: str = GOOD) -> None:
        self.caller = caller
        self.failure = failure
        self.good = good
        self.asked: list[tuple[str, str | None]] = []

    async def authenticate(self, token: str, _now: datetime, *, ip: str | None) -> Caller:
        self.asked.append((token, ip))
        if self.failure:
            raise self.failure
        if token != self.good:
            raise refused("The token is not known here.")
        return self.caller

    async def start(self) -> None:
        raise NotImplementedError

    async def stop(self) -> None:
        raise NotImplementedError


class Door:
    """The middleware before an application that notes who came in."""

    def __init__(self, known: Known, settings: Settings | None = None) -> None:
        self.inner = Passed()
        self.app = Authentication(self.inner, authenticator=lambda: known, settings=settings or Settings())

    async def caller(self, path: str = "/scim/v2/Users", headers: Headers = (), **different: object) -> Caller | None:
        await ask(self.app, http_scope(path, headers=headers, **different))
        caller: Caller | None = self.inner.scopes[-1]["state"].get("caller")
        return caller

    async def refusal(self, path: str = "/scim/v2/Users", headers: Headers = ()) -> ScimError:
        with pytest.raises(ScimError) as caught:
            await ask(self.app, http_scope(path, headers=headers))
        assert not self.inner.scopes
        return caught.value


@pytest.fixture
def known(caller: Caller) -> Known:
    return Known(caller)


@pytest.fixture
def door(known: Known) -> Door:
    return Door(known)


def bearing(value: str) -> Headers:
    return [("Authorization", value)]


class TestWhichRequestsNeedAToken:
    @pytest.mark.parametrize("path", OPEN + ELSEWHERE)
    async def test_discovery_and_what_is_not_the_protocol_do_not(self, door: Door, path: str) -> None:
        assert await door.caller(path) is None

    @pytest.mark.parametrize("path", CLOSED)
    async def test_everything_else_does_even_where_nothing_is(self, door: Door, path: str) -> None:
        error = await door.refusal(path)
        assert isinstance(error, Unauthorized)
        assert error.headers == {"WWW-Authenticate": 'Bearer realm="scim"'}

    @pytest.mark.parametrize("path", OPEN)
    async def test_discovery_knows_who_asks(self, door: Door, caller: Caller, path: str) -> None:
        assert await door.caller(path, bearing(f"Bearer {GOOD}")) == caller

    @pytest.mark.parametrize("path", OPEN)
    async def test_a_bad_token_is_bad_there_too(self, door: Door, path: str) -> None:
        error = await door.refusal(path, bearing("Bearer bad"))
        assert 'error="invalid_token"' in error.headers["WWW-Authenticate"]

    async def test_other_protocols_pass(self, door: Door) -> None:
        await ask(door.app, {"type": "lifespan"})
        assert door.inner.scopes == [{"type": "lifespan"}]


class TestHowATokenIsSent:
    @pytest.mark.parametrize(
        "header", [f"Bearer {GOOD}", f"bearer {GOOD}", f"BEARER {GOOD}", f"Bearer   {GOOD} ", f" Bearer {GOOD}"]
    )
    async def test_the_scheme_is_matched_without_case(self, door: Door, caller: Caller, header: str) -> None:
        assert await door.caller(headers=bearing(header)) == caller

    @pytest.mark.parametrize("header", [f"Bearer {GOOD.upper()}", f"Bearer {GOOD} x", "Bearer", "Bearer ", "bad", ""])
    async def test_the_token_is_matched_exactly(self, door: Door, header: str) -> None:
        error = await door.refusal(headers=bearing(header))
        assert error.status == 401
        assert error.headers["WWW-Authenticate"].startswith('Bearer realm="scim"')

    @pytest.mark.parametrize("header", ["Basic a2ltOnNlY3JldA==", "Digest username=kim", f"Token {GOOD}", "my secret"])
    async def test_other_schemes_are_refused_and_not_repeated(self, door: Door, known: Known, header: str) -> None:
        error = await door.refusal(headers=bearing(header))
        assert error.status == 401
        assert error.headers == {"WWW-Authenticate": 'Bearer realm="scim"'}
        assert not [word for word in header.split() if word in error.detail]
        assert not known.asked

    async def test_two_headers_are_a_bad_request(self, door: Door) -> None:
        error = await door.refusal(headers=[*bearing(f"Bearer {GOOD}"), *bearing(f"Bearer {GOOD}")])
        assert isinstance(error, BadRequest)
        assert error.headers == {"WWW-Authenticate": 'Bearer realm="scim", error="invalid_request"'}

    async def test_a_token_in_the_url_is_none(self, door: Door, known: Known) -> None:
        scope = http_scope(query_string=f"access_token={GOOD}".encode())
        with pytest.raises(Unauthorized):
            await ask(door.app, scope)
        assert not known.asked

    async def test_a_database_that_is_away_is_not_the_tokens_fault(self, caller: Caller) -> None:
        error = await Door(Known(caller, failure=Unavailable())).refusal(headers=bearing(f"Bearer {GOOD}"))
        assert isinstance(error, Unavailable)

    async def test_the_clients_address_is_told(self, caller: Caller) -> None:
        known = Known(caller)
        door = Door(known, Settings(proxy_headers=True))
        await door.caller(headers=[*bearing(f"Bearer {GOOD}"), ("x-forwarded-for", "192.0.2.1")])
        assert known.asked == [(GOOD, "192.0.2.1")]


class TestAHeaderOfOneWord:
    @pytest.mark.parametrize("profile", ["auto", "okta"])
    async def test_is_a_token_where_the_profile_has_the_rule(self, caller: Caller, profile: str) -> None:
        caller = replace(caller, profile=profile)
        door = Door(Known(caller))
        assert await door.caller(headers=bearing(GOOD)) == caller
        assert door.inner.scopes[0]["state"]["rules"] == ("OKTA-24",)

    async def test_is_refused_in_strict(self, caller: Caller) -> None:
        error = await Door(Known(replace(caller, profile="strict"))).refusal(headers=bearing(GOOD))
        assert 'error="invalid_token"' in error.headers["WWW-Authenticate"]


class TestSwitchedOff:
    @pytest.mark.parametrize("headers", [(), bearing("Basic x"), [*bearing("a"), *bearing("b")]])
    async def test_everybody_comes_in(self, caller: Caller, headers: Headers) -> None:
        door = Door(Known(caller, good=""), Settings(auth_enabled=False))
        assert await door.caller(headers=headers) == caller
        assert await door.caller("/scim/v2/Schemas", headers) == caller
