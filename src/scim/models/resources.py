"""Resources: users, groups and custom types, one row each.

Tortoise has no composite keys, so `id` alone stands as the key here. That would let a query leave its application; the
ways to do so are closed, and `storage.resources.owned` is the only way in.
"""

from __future__ import annotations

from typing import Any, NoReturn

from tortoise import fields
from tortoise.models import Model

from scim.models.fields import Json


class Owned(Model):
    """A model that is read only through a queryset which carries the application."""

    async def save(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Closed: writes go through `storage`."""
        raise TypeError("Resources are written by storage, inside their application.")

    async def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Closed: writes go through `storage`."""
        raise TypeError("Resources are deleted by storage, inside their application.")

    @classmethod
    def get(cls, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Closed: reads go through `storage.resources.owned`."""
        raise TypeError("Resources are read through storage.resources.owned(caller).")

    class Meta:
        abstract = True


class Resource(Owned):
    """One resource: `document` as it is answered, `search` as it is filtered."""

    app_id = fields.UUIDField()
    id = fields.UUIDField(primary_key=True)
    resource_type = fields.TextField()
    user_name_key = fields.TextField(null=True)
    display_name_key = fields.TextField(null=True)
    external_id = fields.TextField(null=True)
    active = fields.BooleanField(null=True)
    document = Json(sql_type="JSON")
    search = Json()
    secret = fields.TextField(null=True)
    version = fields.BigIntField(default=1)
    created_at = fields.DatetimeField()
    modified_at = fields.DatetimeField()
    deleted_at = fields.DatetimeField(null=True)
    manager_id = fields.UUIDField(null=True)

    class Meta:
        schema = "scim"
        table = "resources"
