"""Bulk requests (RFC 7644 §3.7): every operation by the service method of the single request."""
