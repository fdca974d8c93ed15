"""Applications: one per identity provider connection; each has its own users and groups."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from scim.models.fields import Json


class Application(Model):
    """One application of a tenant, with the profile and settings that its requests are read by."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField()
    name = fields.TextField()
    display_name = fields.TextField(null=True)
    description = fields.TextField(null=True)
    external_id = fields.TextField(null=True)
    active = fields.BooleanField(default=True)
    profile = fields.TextField(default="auto")
    settings = Json(default=dict)
    registry_version = fields.BigIntField(default=0)
    registry_changed_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()
    modified_at = fields.DatetimeField()

    class Meta:
        schema = "scim"
        table = "applications"
