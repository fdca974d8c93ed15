"""A bare route that answers the same bytes as a group's members, from one statement: what `whole_group` compares with.

Served by uvicorn as the server itself is; `BARE_DATABASE_URL` and `BARE_GROUP` tell which group.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_STATEMENT = """
SELECT convert_to('{"members":[' || string_agg('{"value":"' || gm.member_id || '","$ref":"' || $2::text || gm.member_id
  || '","type":"' || gm.member_type || '"' || coalesce(',"display":' || to_json(m.document ->> 'displayName')::text, '')
  || '}', ',' ORDER BY gm.member_id) || ']}', 'UTF8')
FROM scim.group_members AS gm JOIN scim.resources AS m ON m.app_id = gm.app_id AND m.id = gm.member_id
WHERE gm.group_id = $1
"""


@asynccontextmanager
async def _connected(app: Starlette) -> AsyncIterator[None]:
    app.state.pool = await asyncpg.create_pool(os.environ["BARE_DATABASE_URL"], min_size=1, max_size=2)
    yield
    await app.state.pool.close()


async def _answer(request: Request) -> Response:
    pool: asyncpg.Pool[Any] = request.app.state.pool
    base = f"{request.base_url}scim/v2/Users/"
    body = await pool.fetchval(_STATEMENT, os.environ["BARE_GROUP"], base)
    return Response(body, media_type="application/scim+json")


app = Starlette(routes=[Route("/group", _answer)], lifespan=_connected)
