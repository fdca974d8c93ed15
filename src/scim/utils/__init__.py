"""Helpers that know nothing of SCIM."""
