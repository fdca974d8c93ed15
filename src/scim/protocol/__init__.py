"""What SCIM says (RFC 7643, 7644), without I/O, clock or settings."""
