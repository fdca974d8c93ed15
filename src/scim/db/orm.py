"""Tortoise on the server's own connection pool, so that both sides of the code share connections."""

from __future__ import annotations

from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.context import TortoiseContext, get_current_context, set_global_context


class OrmClient(AsyncpgDBClient):
    """A Tortoise client that never opens a pool of its own: each use is bound to a connection by `Session.orm`."""

    async def create_pool(self, **_kwargs: Any) -> asyncpg.Pool:
        """Refuse: a query without `using_db` would leave its transaction."""
        raise RuntimeError("A query was made without a session; pass using_db(session.orm).")


client_class = OrmClient


async def open_orm() -> OrmClient:
    """Prepare the models, once per process; Tortoise keeps their description in a global context."""
    context = get_current_context() or await _new_context()
    client = context.connections.get("default")
    assert isinstance(client, OrmClient)
    return client


async def _new_context() -> TortoiseContext:
    context = TortoiseContext()
    with context:
        await context.init(
            config={
                "connections": {"default": {"engine": "scim.db.orm", "credentials": {}}},
                "apps": {"scim": {"models": ["scim.models"], "default_connection": "default"}},
                "use_tz": True,
                "timezone": "UTC",
            }
        )
    set_global_context(context)
    return context
