"""Where the names of a filter live: in `search`, in columns, in the membership table, in a referred-to resource."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from scim.protocol.attributes.registry import ENTERPRISE_USER, ORIGIN, ResourceType, Target
from scim.storage.fields import BooleanField, Field, IdField, KeyField, LocationField, TextField, TimeField
from scim.storage.json_fields import JsonField

ENDPOINTS: Mapping[str, str] = {"User": "/Users", "Group": "/Groups"}
"""Where resources that members and managers refer to are found, by the name of their type."""

_IS_ID = "'^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'"


class Scope(Protocol):
    """Finds the field of a target, and the rows that are its entries."""

    def field(self, target: Target) -> Field:
        """How the target is tested."""

    def relation(self, target: Target) -> Relation | None:
        """The rows of another table that are the target's entries; None where they are in the JSON."""


@dataclass(frozen=True, slots=True)
class Relation:
    """Entries that are rows: `SELECT 1 FROM` what, and the fields of one entry."""

    rows: str
    fields: Mapping[str, Field]

    def field(self, target: Target) -> Field:
        """The field of a sub-attribute; inside an entry it is the target's attribute."""
        return self.fields[(target.sub or target.attribute).name]

    def relation(self, _target: Target) -> None:
        """Entries hold no entries."""

    def having(self, condition: str) -> str:
        """The condition that some entry fulfils `condition`."""
        return f"EXISTS (SELECT 1 FROM {self.rows} AND ({condition}))"


@dataclass(frozen=True, slots=True)
class EntryScope:
    """Inside one JSON entry."""

    holder: str

    def field(self, target: Target) -> Field:
        """Below the entry."""
        return JsonField(self.holder, target)

    def relation(self, _target: Target) -> None:
        """Entries hold no entries."""


@dataclass(frozen=True, slots=True)
class ResourceScope:
    """The names of a resource type; its row is `r`."""

    kind: ResourceType
    base_url: str

    def field(self, target: Target) -> Field:
        """A column where there is one, else a place in `search`."""
        if target.extension == ORIGIN:
            return TextField("(SELECT a.name FROM scim.applications AS a WHERE a.id = r.app_id)")
        if target.extension is None:
            special = self._columns().get(str(target))
            if special is not None:
                return special
        return JsonField("r.search", target)

    def relation(self, target: Target) -> Relation | None:
        """Members, groups, and the parts of a manager that are read from the manager's own row."""
        key = (self.kind.name, target.extension, target.attribute.name)
        if key == ("Group", None, "members"):
            return member_relation(self.base_url)
        if key == ("User", None, "groups"):
            return self._groups()
        if key == ("User", ENTERPRISE_USER, "manager") and (target.sub is None or target.sub.name != "value"):
            return self._manager(target)
        return self._meta() if target.attribute.name == "meta" and target.extension is None else None

    def _columns(self) -> Mapping[str, Field]:
        columns: dict[str, Field] = {
            "id": IdField("r.id"),
            "externalId": self._key("r.external_id", "externalId"),
        }
        if self.kind.attribute("userName"):
            columns["userName"] = self._key("r.user_name_key", "userName")
        if self.kind.attribute("displayName"):
            columns["displayName"] = self._key("r.display_name_key", "displayName")
        if self.kind.name == "User":
            columns["active"] = BooleanField("r.active")
        return columns

    def _key(self, column: str, name: str) -> KeyField:
        attribute = self.kind.attribute(name)
        assert attribute is not None
        return KeyField(column, JsonField("r.search", Target(attribute)))

    def _meta(self) -> Relation:
        return Relation(
            "(VALUES (1)) AS one (row) WHERE TRUE",
            {
                "resourceType": TextField("r.resource_type"),
                "created": TimeField("r.created_at"),
                "lastModified": TimeField("r.modified_at"),
                "location": LocationField(
                    self.base_url, "r.id", "r.resource_type", {self.kind.name: self.kind.endpoint}
                ),
                "version": TextField("'W/\"' || r.version || '\"'"),
            },
        )

    def _groups(self) -> Relation:
        return Relation(
            "scim.group_members AS gm JOIN scim.resources AS g ON g.app_id = gm.app_id AND g.id = gm.group_id"
            " WHERE gm.app_id = r.app_id AND gm.member_id = r.id AND g.deleted_at IS NULL",
            {
                "value": IdField("gm.group_id"),
                "$ref": LocationField(self.base_url, "gm.group_id", "g.resource_type", {"Group": ENDPOINTS["Group"]}),
                "display": TextField("g.search ->> 'displayName'"),
                "type": TextField("'direct'::text"),
            },
        )

    def _manager(self, target: Target) -> Relation:
        entry = f"r.search -> '{ENTERPRISE_USER}' -> 'manager'"
        value = f"({entry} ->> 'value')"
        sub = {part.name: Target(part) for part in target.attribute.sub_attributes}
        return Relation(
            f"(SELECT {entry} AS entry, m.id, m.resource_type, m.search FROM (VALUES (1)) AS one (row)"
            " LEFT JOIN scim.resources AS m ON m.app_id = r.app_id AND m.resource_type = 'User' AND m.deleted_at IS NULL"
            f" AND m.id = CASE WHEN {value} ~ {_IS_ID} THEN {value}::uuid END) AS m WHERE m.entry IS NOT NULL",
            {
                "value": JsonField("m.entry", sub["value"]),
                "$ref": LocationField(self.base_url, "m.id", "m.resource_type", {"User": ENDPOINTS["User"]}),
                "displayName": TextField("m.search ->> 'displayName'"),
            },
        )


def member_relation(base_url: str) -> Relation:
    """The members of the group `r`."""
    return Relation(
        "scim.group_members AS gm JOIN scim.resources AS m ON m.app_id = gm.app_id AND m.id = gm.member_id"
        " WHERE gm.app_id = r.app_id AND gm.group_id = r.id AND m.deleted_at IS NULL",
        member_fields(base_url),
    )


def member_fields(base_url: str) -> Mapping[str, Field]:
    """The parts of a member; its rows are `gm` in the membership table and `m` among the resources."""
    return {
        "value": IdField("gm.member_id"),
        "$ref": LocationField(base_url, "gm.member_id", "gm.member_type", ENDPOINTS),
        "type": TextField("lower(gm.member_type)"),
        "display": TextField("coalesce(m.search ->> 'displayName', gm.display_key)"),
    }
