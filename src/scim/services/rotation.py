"""Rotating tokens: a new one with the same rights, while the old one still works for a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from scim.db.database import Database
from scim.exceptions import OperatorError
from scim.services.operator import operator_caller, record
from scim.services.tokens import (
    Grant,
    IssuedToken,
    TokenInfo,
    check_active,
    issue,
    owner_of,
    resolve,
    text_of,
    token_info,
)
from scim.storage import tokens
from scim.storage.tokens import TokenRow
from scim.utils.clock import now


@dataclass(frozen=True, slots=True)
class Rotation:
    """A new token, and the one that it replaces, which expires after the overlap."""

    issued: IssuedToken
    replaced: TokenInfo


async def rotate(database: Database, name_or_id: str, *, overlap_hours: int) -> Rotation:
    """Replace a token by one of the same name, application, scopes, subject and addresses, that lives as long from now on.

    The old one expires after the overlap, or when it would have anyhow; every worker is told.

    Raises:
        OperatorError: no such token, or several of that name; it does not work any longer, or was rotated already.
    """
    async with database.transaction() as session:
        old = await tokens.lock(session, (await resolve(session, name_or_id)).id)
        if old is None:
            raise OperatorError(f"token '{name_or_id}' was deleted meanwhile")
        tenant, app = await owner_of(session, old)
        check_active(tenant, app)
        at = now()
        _check_usable(old, at)
        successor = await tokens.successor(session, old)
        if successor is not None:
            raise OperatorError(f"token '{old.name}' was rotated already; the one that replaces it is {successor}")
        grant = Grant(
            tenant=tenant,
            app=app,
            name=old.name,
            description=old.description,
            scopes=old.scopes,
            subject_id=old.subject_id,
            allow_ips=old.allow_ips,
            expires_at=at + (old.expires_at - old.created_at) if old.expires_at else None,
        )
        token, new = await issue(session, grant, at)
        end = at + timedelta(hours=overlap_hours)
        ends = min(end, old.expires_at) if old.expires_at else end
        await tokens.expire(session, old.id, ends)
        changes = {"expires_at": (text_of(old.expires_at), text_of(ends)), "replaced_by": (None, str(new.id))}
        await record(operator_caller(tenant, app), session, "token.rotate", old.id, changes)
        replaced = await tokens.get(session, old.id)
        assert replaced is not None
    return Rotation(IssuedToken(token, token_info(new, at), app_created=False), token_info(replaced, at))


def _check_usable(row: TokenRow, at: datetime) -> None:
    """A token that nobody uses any longer needs no overlap."""
    if row.is_usable(at):
        return
    why = "has expired" if row.revoked_at is None else "is revoked"
    raise OperatorError(f"token '{row.name}' {why}; make a new one with `pyscim token create`")
