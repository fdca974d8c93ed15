"""An application's own schemas and resource types, as the operator adds and removes them (RFC 7643 §6, §7)."""
