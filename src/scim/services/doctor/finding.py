"""What a check is given, and what it finds."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from scim.config import Settings
from scim.db.database import Database
from scim.services.applications import Chosen
from scim.services.tenants import DEFAULT_TENANT


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the report; the remedy says what to do, where there is something to do."""

    name: str
    level: Level
    message: str
    remedy: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What is looked at before there is a database."""

    settings: Settings
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined(Installation):
    """What is looked at with a database: the active applications, or the one that was named (`is_whole` is False then)."""

    database: Database
    applications: Sequence[Chosen] = ()
    is_whole: bool = True

    @property
    def app_ids(self) -> list[UUID]:
        """The applications' ids."""
        return [chosen.app.id for chosen in self.applications]

    @property
    def by_id(self) -> Mapping[UUID, Chosen]:
        """The applications by their ids."""
        return {chosen.app.id: chosen for chosen in self.applications}


def named(chosen: Chosen) -> str:
    """An application in a sentence."""
    tenant = "" if chosen.tenant.name == DEFAULT_TENANT else f" of tenant '{chosen.tenant.name}'"
    return f"'{chosen.app.name}'{tenant}"


def argument(chosen: Chosen) -> str:
    """An application as the argument of a command."""
    return shlex.quote(chosen.app.name) + _in_tenant(chosen)


def option(chosen: Chosen) -> str:
    """An application as the option of a command."""
    return f"--app {shlex.quote(chosen.app.name)}{_in_tenant(chosen)}"


def plural(number: int, noun: str) -> str:
    """`1 user`, `2 users`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _in_tenant(chosen: Chosen) -> str:
    return "" if chosen.tenant.name == DEFAULT_TENANT else f" --tenant {shlex.quote(chosen.tenant.name)}"
