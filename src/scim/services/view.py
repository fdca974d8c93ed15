"""From stored rows to what is answered: `meta`, members, groups and references are put in, then the projection applied.

A page costs a constant number of statements, and what the projection leaves out is not read (row Q-13).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from scim.caller import Caller
from scim.db.session import Session
from scim.models.settings import ManagerValue
from scim.protocol.attributes.registry import ENTERPRISE_USER, GROUP, ORIGIN, USER, ResourceType
from scim.protocol.date_time import printed
from scim.protocol.etag import etag
from scim.protocol.grammar.ast import AttributePath
from scim.protocol.projection import Projection
from scim.services.intake import Intake
from scim.services.references import sent_manager
from scim.storage import member_texts, members, resources
from scim.storage.resources import Stored
from scim.storage.scopes import ENDPOINTS
from scim.utils.splice import Spliced

Entries = Mapping[UUID, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class View:
    """How resources of one type are shown to one caller; with `empty_members` a group without any says so."""

    kind: ResourceType
    base_url: str
    projection: Projection
    empty_members: bool = False

    @classmethod
    def of(cls, intake: Intake, kind: ResourceType, base_url: str) -> View:
        """As a request asks for it, and its profile has it.

        Raises:
            InvalidValue: `attributes` and `excludedAttributes` are both given (row D-06).
        """
        shows_empty = kind.is_group and intake.profile.shows_empty_members is not None
        return cls(kind, base_url, intake.projection(kind), shows_empty)

    def location(self, resource_id: UUID) -> str:
        """The resource's URI (row B-17)."""
        return f"{self.base_url}{self.kind.endpoint}/{resource_id}"

    def holds_derived(self, caller: Caller, row: Stored) -> bool:
        """Whether the answer may hold what changes without a new version of the resource (row L-04).

        These are the groups of a user, the names of members, and what is shown of a manager besides what was sent.
        """
        if self.kind.is_group:
            return self._wants_part("members", "display")
        if self.projection.wants("groups"):
            return True
        derived = ("displayName", "$ref", *(("value",) if _answers_ids(caller) else ()))
        return sent_manager(row.document) is not None and any(
            self._wants_part("manager", part, ENTERPRISE_USER) for part in derived
        )

    def _wants_part(self, name: str, part: str, extension: str | None = None) -> bool:
        target = self.kind.find(AttributePath(name, part, extension))
        return target is not None and self.projection.wants_part(target)

    async def show(
        self, caller: Caller, session: Session, rows: Sequence[Stored], *, sent: frozenset[str] = frozenset()
    ) -> list[dict[str, Any]]:
        """The answers for rows of the type, in their order."""
        ids = [row.id for row in rows]
        groups = await self._groups(caller, session, ids)
        names = await self._manager_names(caller, session, rows)
        members = await self._members(caller, session, ids)
        by_id = _answers_ids(caller)
        shown = [self._whole(row, groups, names, by_id=by_id) for row in rows]
        if caller.is_tenant_wide:
            shown = [_with_origin(one, caller.name_of(row.app_id)) for one, row in zip(shown, rows, strict=True)]
        answers = [self.projection.apply(one, sent=sent) for one in shown]
        return [_with_members(one, members.get(row.id)) for one, row in zip(answers, rows, strict=True)]

    async def _groups(self, caller: Caller, session: Session, ids: list[UUID]) -> Entries:
        """`groups` of users, where the answer holds them."""
        if not ids or self.kind.derived != "groups" or not self.projection.wants("groups"):
            return {}
        return await members.groups_of(caller, session, ids)

    async def _members(self, caller: Caller, session: Session, ids: list[UUID]) -> Mapping[UUID, Spliced]:
        """`members` of groups, printed with the parts that the answer holds."""
        parts = self.projection.parts_of("members") if self.kind.is_group else []
        if not ids or not parts:
            return {}
        found = await member_texts.members_of(caller, session, ids, base_url=self.base_url, parts=parts)
        nobody = dict.fromkeys(ids, Spliced([])) if self.empty_members else {}
        return nobody | found

    async def _manager_names(self, caller: Caller, session: Session, rows: Sequence[Stored]) -> dict[str, str | None]:
        """The displayName of the managers that are bound, by id."""
        managers = {row.manager_id for row in rows if row.manager_id is not None}
        return await resources.display_names(caller, session, USER, sorted(managers)) if managers else {}

    def _whole(self, row: Stored, groups: Entries, names: Mapping[str, str | None], *, by_id: bool) -> dict[str, Any]:
        document = {"schemas": [], "id": str(row.id)} | row.document
        document["schemas"] = [urn for urn in row.document["schemas"] if self.kind.has_schema(urn)]
        if row.id in groups:
            document["groups"] = [self.entry("groups", entry) for entry in groups[row.id]]
        if row.manager_id is not None and str(row.manager_id) in names and sent_manager(document) is not None:
            self._bind_manager(document, str(row.manager_id), names, by_id=by_id)
        document["meta"] = {
            "resourceType": self.kind.name,
            "created": printed(row.created_at),
            "lastModified": printed(row.modified_at),
            "location": self.location(row.id),
            "version": etag(row.version),
        }
        return document

    def entry(self, name: str, entry: Mapping[str, Any]) -> dict[str, Any]:
        """A member or a group as it is shown (rows Q-02, Q-05, Q-09)."""
        kind = GROUP if name == "groups" else entry["type"]
        shown = {"value": entry["value"], "$ref": f"{self.base_url}{ENDPOINTS[kind]}/{entry['value']}"}
        shown["type"] = entry["type"]
        if entry["display"] is not None:
            shown["display"] = entry["display"]
        return shown

    def _bind_manager(
        self, document: dict[str, Any], manager: str, names: Mapping[str, str | None], *, by_id: bool
    ) -> None:
        """`$ref` and `displayName` of a manager who is a user here (rows S-02, S-10), and `value` where that is the id."""
        value = manager if by_id else document[ENTERPRISE_USER]["manager"]["value"]
        bound = {"value": value, "$ref": f"{self.base_url}{ENDPOINTS[USER]}/{manager}"}
        if names[manager] is not None:
            bound["displayName"] = names[manager]
        document[ENTERPRISE_USER] = document[ENTERPRISE_USER] | {"manager": bound}


def _answers_ids(caller: Caller) -> bool:
    return caller.settings.manager_value is ManagerValue.ID


def _with_members(answer: dict[str, Any], found: Spliced | None) -> dict[str, Any]:
    """The answer with its members before `meta`, which stands last."""
    if found is None:
        return answer
    meta = {"meta": answer.pop("meta")} if "meta" in answer else {}
    return answer | {"members": found} | meta


def _with_origin(document: dict[str, Any], app: str) -> dict[str, Any]:
    """The resource with the application it is from, for tokens that see several (DESIGN §4)."""
    return document | {"schemas": [*document["schemas"], ORIGIN], ORIGIN: {"application": app}}
