"""Tortoise models: the shape of the tables that the operator's side reads and writes. They hold no queries."""

from scim.models.applications import Application
from scim.models.audit import AuditRecord
from scim.models.resources import Resource
from scim.models.tenants import Tenant
from scim.models.tokens import ApiToken

__all__ = ["ApiToken", "Application", "AuditRecord", "Resource", "Tenant"]
