"""What the shell offers for a name: what the database has, if it answers at once.

The shell waits for it at each press of the tab key: nothing is started for it, and whatever goes wrong, nothing is
offered and nothing said.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeVar

import typer

if TYPE_CHECKING:  # slow to import, and --help does not need it
    from scim.db.database import Database

T = TypeVar("T")

Offers = list[tuple[str, str]]
"""What can be written, each with what is shown beside it."""

_CONNECT_SECONDS: Final = 1.0
_ALL_SECONDS: Final = 2.0


def tenants(incomplete: str) -> Offers:
    """Names of tenants."""
    from scim.services.tenants import list_tenants

    found = _asked(lambda database: list_tenants(database, include_inactive=True))
    return _fitting(incomplete, ((one.name, one.display_name) for one in found))


def applications(ctx: typer.Context, incomplete: str) -> Offers:
    """Names of the applications of the tenant that the command line names so far, else of the default tenant."""
    from scim.services.applications import list_applications
    from scim.services.tenants import DEFAULT_TENANT

    tenant = ctx.params.get("tenant") or DEFAULT_TENANT
    found = _asked(lambda database: list_applications(database, tenant=tenant, include_inactive=True))
    return _fitting(incomplete, ((one.name, one.display_name) for one in found))


def tokens(incomplete: str) -> Offers:
    """Ids of the tokens that work, with name and owner."""
    from scim.services.tokens import list_tokens

    found = _asked(list_tokens)
    return _fitting(incomplete, ((str(one.id), f"{one.name}, for {one.tenant}/{one.app or '*'}") for one in found))


def profiles(incomplete: str) -> Offers:
    """Names of profiles, with what each is for."""
    from scim.protocol.compat.descriptions import DESCRIPTIONS
    from scim.protocol.compat.profile import PROFILES

    return _fitting(incomplete, ((name, DESCRIPTIONS[name]) for name in PROFILES))


def _fitting(incomplete: str, offers: Iterable[tuple[str, str | None]]) -> Offers:
    return [(name, text or "") for name, text in offers if name.startswith(incomplete)]


def _asked(listing: Callable[[Database], Awaitable[Sequence[T]]]) -> Sequence[T]:
    """What a use case lists; nothing where the database is not there, or takes too long."""
    import asyncio
    import logging

    before = logging.root.manager.disable
    logging.disable()
    try:
        with suppress(Exception):
            return asyncio.run(_listed(listing))
    finally:
        logging.disable(before)
    return ()


async def _listed(listing: Callable[[Database], Awaitable[Sequence[T]]]) -> Sequence[T]:
    import asyncio
    from dataclasses import replace

    from scim.db.database import Database
    from scim.db.url import parse_database_url

    async with asyncio.timeout(_ALL_SECONDS):
        url = _url()
        if url is None:
            return ()
        where = replace(parse_database_url(url), connect_timeout=_CONNECT_SECONDS)
        database = Database(where, pool_min=0, pool_max=1, timeout=_CONNECT_SECONDS)
        await database.open()
        try:
            return await listing(database)
        finally:
            await database.close()


def _url() -> str | None:
    """Where the database is, if it runs."""
    from scim.config import load_settings
    from scim.db.embedded import url_if_running

    settings = load_settings()
    return settings.database_url.get_secret_value() or url_if_running(settings.data_dir.absolute())
