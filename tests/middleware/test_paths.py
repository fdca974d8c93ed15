"""The path that the router sees: rewritten, never redirected (quirks COMMON-24, COMMON-25)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scim.caller import Caller
from scim.middleware.paths import NormalPaths
from tests.middleware.asgi import Passed, ask, http_scope


async def routed(path: str, caller: Caller | None) -> tuple[str, tuple[str, ...]]:
    """The path inside, and the rules that made it."""
    inner = Passed()
    await ask(NormalPaths(inner), http_scope(path, state={"caller": caller} if caller else {}))
    [scope] = inner.scopes
    assert scope["raw_path"] == scope["path"].encode()
    return scope["path"], scope["state"].get("rules", ())


@pytest.mark.parametrize("profile", ["auto", "strict", None])
@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ("/scim/v2/Users", "/scim/v2/Users"),
        ("/scim/v2/Users/", "/scim/v2/Users"),
        ("/scim/v2/Users/7/", "/scim/v2/Users/7"),
        ("/healthz/", "/healthz/"),
        ("/", "/"),
    ],
)
async def test_one_slash_at_the_end_is_dropped_in_every_profile(
    caller: Caller, profile: str | None, sent: str, seen: str
) -> None:
    assert await routed(sent, replace(caller, profile=profile) if profile else None) == (seen, ())


@pytest.mark.parametrize("sent", ["/scim/v2/scim/v2/Users", "/scim/v2/v2/Users", "/scim/v2//Users"])
class TestADoubledBasePath:
    async def test_is_dropped_by_the_rule(self, caller: Caller, sent: str) -> None:
        assert await routed(sent, caller) == ("/scim/v2/Users", ("COMMON-25",))

    async def test_stays_in_strict_and_without_a_caller(self, caller: Caller, sent: str) -> None:
        assert await routed(sent, replace(caller, profile="strict")) == (sent, ())
        assert await routed(sent, None) == (sent, ())


async def test_other_protocols_pass() -> None:
    inner = Passed()
    await ask(NormalPaths(inner), {"type": "lifespan"})
    assert inner.scopes == [{"type": "lifespan"}]
