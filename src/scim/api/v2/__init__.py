"""The SCIM protocol, version 2, over HTTP."""
