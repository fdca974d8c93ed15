"""Tenants: customers, or parts of a company, that never see each other's data."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from scim.models.fields import Json


class Tenant(Model):
    """One tenant."""

    id = fields.UUIDField(primary_key=True)
    name = fields.TextField()
    display_name = fields.TextField(null=True)
    description = fields.TextField(null=True)
    external_id = fields.TextField(null=True)
    active = fields.BooleanField(default=True)
    settings = Json(default=dict)
    created_at = fields.DatetimeField()
    modified_at = fields.DatetimeField()

    class Meta:
        schema = "scim"
        table = "tenants"
