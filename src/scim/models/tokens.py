"""API tokens: only their SHA-256 is kept."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from scim.models.fields import Plain


class ApiToken(Model):
    """One token; without `app_id` it reads the whole tenant."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField()
    app_id = fields.UUIDField(null=True)
    subject_id = fields.UUIDField(null=True)
    name = fields.TextField()
    description = fields.TextField(null=True)
    token_hash = Plain("BYTEA")
    scopes = Plain("TEXT[]")
    allow_ips = Plain("CIDR[]", default=list)
    expires_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)
    last_used_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        schema = "scim"
        table = "api_tokens"
