"""Who is calling, resolved once per request, and first argument of every storage function (DESIGN §1.9)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from scim.exceptions import Forbidden
from scim.models.settings import ApplicationSettings


class Scope(StrEnum):
    """What a token allows."""

    READ = "scim:read"
    WRITE = "scim:write"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The rights and settings behind one token, or behind the operator at the terminal.

    `app_ids` holds one application, but for a tenant-wide token, and `app_names` their names in the same order; `registry_version` moves when an application's schemas
    change.
    """

    tenant_id: UUID
    app_ids: tuple[UUID, ...]
    scopes: frozenset[Scope]
    profile: str
    tenant: str
    app: str
    app_names: tuple[str, ...] = ()
    token_id: UUID | None = None
    subject_id: UUID | None = None
    actor: str = "cli"
    registry_version: int = 0
    settings: ApplicationSettings = field(default_factory=ApplicationSettings)
    expires_at: datetime | None = None
    allow_ips: tuple[Any, ...] = ()

    @property
    def app_id(self) -> UUID:
        """The one application of the caller.

        Raises:
            Forbidden: the token covers a whole tenant.
        """
        if self.is_tenant_wide:
            raise Forbidden("A tenant-wide token only reads; use a token of one application to write.")
        return self.app_ids[0]

    @property
    def is_tenant_wide(self) -> bool:
        """Whether the token reads all applications of its tenant."""
        return self.token_id is not None and self.app == ""

    def name_of(self, app_id: UUID) -> str:
        """The name of one of the caller's applications."""
        return dict(zip(self.app_ids, self.app_names, strict=True))[app_id]

    def may(self, scope: Scope) -> bool:
        """Whether the caller has a scope."""
        return scope in self.scopes
