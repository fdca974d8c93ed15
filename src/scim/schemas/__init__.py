"""The wire format, described for OpenAPI."""
