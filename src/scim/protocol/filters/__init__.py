"""Filters against a schema, and against a document."""
