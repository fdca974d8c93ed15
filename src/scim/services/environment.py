"""What every service works with: made once per process, given to each use case."""

from __future__ import annotations

from dataclasses import dataclass

from scim.caller import Caller
from scim.config import Settings
from scim.db.database import Database
from scim.protocol.attributes.registry import Registry, builtin_registry, tenant_registry
from scim.services.passwords import Passwords


@dataclass(frozen=True, slots=True)
class Environment:
    """The database, the settings, and the password hasher of this process."""

    database: Database
    settings: Settings
    passwords: Passwords

    def registry(self, caller: Caller | None) -> Registry:
        """The resource types and schemas that a caller sees; without a caller the built-in ones."""
        return tenant_registry() if caller is not None and caller.is_tenant_wide else builtin_registry()
