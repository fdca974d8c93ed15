"""What every service works with: made once per process, given to each use case."""

from __future__ import annotations

from dataclasses import dataclass

from scim.caller import Caller
from scim.config import Settings
from scim.db.database import Database
from scim.protocol.attributes.registry import Registry
from scim.services.journal import Journal
from scim.services.passwords import Passwords
from scim.services.registries import Registries


@dataclass(frozen=True, slots=True)
class Environment:
    """The database, the settings, the password hasher, the applications' registries and the journal of this process."""

    database: Database
    settings: Settings
    passwords: Passwords
    registries: Registries
    journal: Journal

    @classmethod
    def of(cls, database: Database, settings: Settings, passwords: Passwords) -> Environment:
        """With nothing remembered yet."""
        return cls(database, settings, passwords, Registries(database), Journal(database))

    async def registry(self, caller: Caller | None) -> Registry:
        """The resource types and schemas that a caller sees; without a caller the built-in ones."""
        return await self.registries.of(caller)
