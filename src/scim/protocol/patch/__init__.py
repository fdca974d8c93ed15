"""PATCH: (document, operations) to new document."""
