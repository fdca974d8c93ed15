"""The audit log: who did what, from where, with which result."""

from __future__ import annotations

from tortoise import fields
from tortoise.models import Model

from scim.models.fields import Json, Plain


class AuditRecord(Model):
    """One record; secrets in `changes`, `request` and `response` are masked before they get here."""

    id = fields.UUIDField(primary_key=True)
    tenant_id = fields.UUIDField(null=True)
    app_id = fields.UUIDField(null=True)
    at = fields.DatetimeField()
    action = fields.TextField()
    actor = fields.TextField()
    resource_type = fields.TextField(null=True)
    resource_id = fields.UUIDField(null=True)
    request_id = fields.TextField(null=True)
    ip = Plain("INET", null=True)
    user_agent = fields.TextField(null=True)
    method = fields.TextField(null=True)
    path = fields.TextField(null=True)
    status = fields.SmallIntField(null=True)
    scim_type = fields.TextField(null=True)
    detail = fields.TextField(null=True)
    rules = Plain("TEXT[]", default=list)
    changes = Json(null=True)
    request = Json(sql_type="JSON", null=True)
    response = Json(sql_type="JSON", null=True)
    duration_ms = fields.FloatField(null=True)

    class Meta:
        schema = "scim"
        table = "audit_log"
