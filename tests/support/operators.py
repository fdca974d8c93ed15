"""What tests of the operator's side share."""

from __future__ import annotations

import secrets
from uuid import UUID

from scim.db.database import Database
from scim.models import AuditRecord


def unique(stem: str) -> str:
    """A name that no other test uses: all share one database."""
    return f"{stem}-{secrets.token_hex(4)}"


async def audit_entries(database: Database, subject: UUID) -> list[AuditRecord]:
    """The audit records about one tenant, application or token, oldest first."""
    async with database.session() as session:
        return await AuditRecord.filter(resource_id=subject).using_db(session.orm).order_by("id")
