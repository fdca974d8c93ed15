"""Where the names of a filter live: in `search`, in columns, in the membership table, in a referred-to resource."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from scim.protocol.attributes.registry import ENTERPRISE_USER, ORIGIN, ResourceType, Target
from scim.protocol.filters.values import without_api_version
from scim.storage.columns import has_display_name_key
from scim.storage.fields import BooleanField, Field, IdField, KeyField, LocationField, TextField, TimeField
from scim.storage.json_fields import JsonField
from scim.storage.reference_field import FarField, ReferenceField

ENDPOINTS: Mapping[str, str] = {"User": "/Users", "Group": "/Groups"}
"""Where resources that members and managers refer to are found, by the name of their type."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a condition must know besides the type.

    Where locations start, which applications `$1` names, whether groups are in groups there, and whether `manager.value`
    answers the id of a manager who is bound.
    """

    base_url: str
    owner: str = "= $1"
    nests: bool = False
    manager_ids: bool = False


MEMBER_ROWS = "scim.group_members AS gm JOIN scim.resources AS m ON m.app_id = gm.app_id AND m.id = gm.member_id"
"""Members of groups: `gm` in the membership table, `m` among the resources."""

Fields = Mapping[str, Field]
"""The fields of one entry, by the name of the sub-attribute."""


class Scope(Protocol):
    """Finds the field of a target, and the rows that are its entries."""

    def field(self, target: Target) -> Field:
        """How the target is tested."""

    def relation(self, target: Target) -> Relation | None:
        """The rows of other tables that are the target's entries; None where they are in the JSON."""


class Relation(Protocol):
    """Entries that are rows of other tables.

    `nearby` are fields of the row `r` itself, by the name of the part that they tell of an entry: an index finds resources
    by them, whose only entry that is.
    """

    @property
    def nearby(self) -> Fields:
        """Those that there are."""

    def having(self, condition: Callable[[Fields], str]) -> str:
        """That some entry fulfils a condition, which is made of the fields of an entry."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Entries that are rows of one kind: `SELECT 1 FROM` what, and the fields of one entry."""

    rows: str
    fields: Fields
    nearby: Fields = field(default_factory=dict)

    def having(self, condition: Callable[[Fields], str]) -> str:
        """By a subquery for each resource, which the planner turns round where that is cheaper."""
        return f"EXISTS (SELECT 1 FROM {self.rows} AND ({condition(self.fields)}))"


@dataclass(frozen=True, slots=True)
class NestedGroups:
    """The groups of the user `r`, those above its own groups among them.

    The groups that fulfil the condition are found first, then who is in them: that is one look for all users.
    """

    surroundings: Surroundings

    @property
    def nearby(self) -> Fields:
        """None."""
        return {}

    def having(self, condition: Callable[[Fields], str]) -> str:
        """Among the members of the groups, or of groups in them; who is in a group directly counts as nothing else."""
        owner = self.surroundings.owner
        rows = (
            "scim.group_members AS gm JOIN scim.resources AS g ON g.app_id = gm.app_id AND g.id = gm.group_id"
            f" WHERE gm.app_id {owner} AND g.deleted_at IS NULL"
        )
        direct, indirect = (
            condition(group_fields(self.surroundings.base_url, kind)) for kind in ("direct", "indirect")
        )
        return (
            f"(r.app_id, r.id) IN (SELECT gm.app_id, gm.member_id FROM {rows} AND ({direct})"
            " UNION ALL SELECT i.app_id, i.id FROM (WITH RECURSIVE below (app_id, root, id, kind) AS ("
            f"SELECT gm.app_id, gm.group_id, gm.member_id, gm.member_type FROM {rows} AND gm.member_type = 'Group'"
            f" AND ({indirect})"
            " UNION SELECT below.app_id, below.root, gm.member_id, gm.member_type FROM below"
            " JOIN scim.group_members AS gm ON gm.app_id = below.app_id AND gm.group_id = below.id"
            " WHERE below.kind = 'Group') SELECT below.app_id, below.id FROM below WHERE below.kind = 'User'"
            " AND NOT EXISTS (SELECT 1 FROM scim.group_members AS gm WHERE gm.app_id = below.app_id"
            " AND gm.group_id = below.root AND gm.member_id = below.id)) AS i)"
        )


@dataclass(frozen=True, slots=True)
class RowScope:
    """Inside one entry that is a row of other tables."""

    fields: Fields

    def field(self, target: Target) -> Field:
        """A sub-attribute of the entry."""
        return part_of(self.fields, target)

    def relation(self, _target: Target) -> None:
        """Entries hold no entries."""


def part_of(fields: Fields, target: Target) -> Field:
    """The field of a sub-attribute; inside an entry it is the target's attribute."""
    return fields[(target.sub or target.attribute).name]


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
    surroundings: Surroundings

    def field(self, target: Target) -> Field:
        """A column where there is one, else a place in `search`."""
        if target.extension == ORIGIN:
            return TextField("(SELECT a.name FROM scim.applications AS a WHERE a.id = r.app_id)")
        if target.extension is None:
            special = self._columns().get(str(target))
            if special is not None:
                return special
        if self.surroundings.manager_ids and self._is_manager(target):
            return ReferenceField("r.manager_id", JsonField("r.search", target))
        return JsonField("r.search", target)

    def relation(self, target: Target) -> Relation | None:
        """Members, groups, and the parts of a manager that are read from the manager's own row."""
        key = (self.kind.name, target.extension, target.attribute.name)
        if key == ("Group", None, "members"):
            return member_relation(self._base_url)
        if key == ("User", None, "groups"):
            return NestedGroups(self.surroundings) if self.surroundings.nests else self._groups()
        if self._is_manager(target) and (target.sub is None or target.sub.name != "value"):
            return self._manager(target)
        return self._meta() if target.attribute.name == "meta" and target.extension is None else None

    def _is_manager(self, target: Target) -> bool:
        return self.kind.is_user and target.extension == ENTERPRISE_USER and target.attribute.name == "manager"

    @property
    def _base_url(self) -> str:
        return self.surroundings.base_url

    def _columns(self) -> Fields:
        columns: dict[str, Field] = {
            "id": IdField("r.id"),
            "externalId": self._key("r.external_id", "externalId"),
        }
        if has_display_name_key(self.kind):
            columns["displayName"] = self._key("r.display_name_key", "displayName")
        if self.kind.is_user:
            columns["userName"] = self._key("r.user_name_key", "userName")
            columns["active"] = BooleanField("r.active")
        return columns

    def _key(self, column: str, name: str) -> KeyField:
        attribute = self.kind.attribute(name)
        assert attribute is not None
        return KeyField(column, JsonField("r.search", Target(attribute)))

    def _meta(self) -> Rows:
        return Rows(
            "(VALUES (1)) AS one (row) WHERE TRUE",
            {
                "resourceType": TextField("r.resource_type"),
                "created": TimeField("r.created_at"),
                "lastModified": TimeField("r.modified_at"),
                "location": LocationField(
                    self._base_url, "r.id", "r.resource_type", {self.kind.name: self.kind.endpoint}
                ),
                "version": TextField("'W/\"' || r.version || '\"'"),
            },
        )

    def _groups(self) -> Rows:
        return Rows(
            "scim.group_members AS gm JOIN scim.resources AS g ON g.app_id = gm.app_id AND g.id = gm.group_id"
            " WHERE gm.app_id = r.app_id AND gm.member_id = r.id AND g.deleted_at IS NULL",
            group_fields(self._base_url, "direct"),
        )

    def _manager(self, target: Target) -> Rows:
        entry = f"r.search -> '{ENTERPRISE_USER}' -> 'manager'"
        part = target.attribute.sub("value")
        assert part is not None
        sent = JsonField("m.entry", Target(part))
        return Rows(
            f"(SELECT {entry} AS entry, m.id, m.resource_type, m.search FROM (VALUES (1)) AS one (row)"
            " LEFT JOIN scim.resources AS m ON m.app_id = r.app_id AND m.id = r.manager_id AND m.deleted_at IS NULL)"
            " AS m WHERE m.entry IS NOT NULL",
            {
                "value": ReferenceField("m.id", sent) if self.surroundings.manager_ids else sent,
                "$ref": LocationField(
                    without_api_version(self._base_url), "m.id", "m.resource_type", {"User": ENDPOINTS["User"]}
                ),
                "displayName": TextField("m.search ->> 'displayName'"),
            },
            self._nearby_manager(Target(target.attribute, part, target.extension)),
        )

    def _nearby_manager(self, value: Target) -> Fields:
        managers = (
            "r.manager_id = ANY (ARRAY(SELECT m.id FROM scim.resources AS m"
            f" WHERE m.app_id {self.surroundings.owner} AND m.resource_type = 'User' AND m.deleted_at IS NULL"
        )
        name = TextField("m.search ->> 'displayName'")
        return {
            "value": self.field(value),
            "$ref": LocationField(
                without_api_version(self._base_url), "r.manager_id", "'User'::text", {"User": ENDPOINTS["User"]}
            ),
            "displayName": FarField(managers, KeyField("m.display_name_key", name), "))"),
        }


def group_fields(base_url: str, kind: str) -> Fields:
    """The parts of a group that a user is in, `kind` being direct or indirect: `gm` and the group `g`."""
    return {
        "value": IdField("gm.group_id"),
        "$ref": LocationField(
            without_api_version(base_url), "gm.group_id", "g.resource_type", {"Group": ENDPOINTS["Group"]}
        ),
        "display": KeyField("g.display_name_key", TextField("g.search ->> 'displayName'")),
        "type": TextField(f"'{kind}'::text"),
    }


def member_relation(base_url: str) -> Rows:
    """The members of the group `r`."""
    return Rows(
        f"{MEMBER_ROWS} WHERE gm.app_id = r.app_id AND gm.group_id = r.id AND m.deleted_at IS NULL",
        member_fields(base_url),
    )


def member_fields(base_url: str) -> Fields:
    """The parts of a member; its rows are `gm` in the membership table and `m` among the resources."""
    return {
        "value": IdField("gm.member_id"),
        "$ref": LocationField(without_api_version(base_url), "gm.member_id", "gm.member_type", ENDPOINTS),
        "type": TextField("lower(gm.member_type)"),
        "display": TextField("coalesce(m.search ->> 'displayName', gm.display_key)"),
    }
