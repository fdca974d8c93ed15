"""PySCIM: a SCIM 2.0 service provider that identity providers provision users and groups into."""
