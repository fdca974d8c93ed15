"""Bulk requests (RFC 7644 §3.7): their form, the references in them, and the order in which they can be carried out."""
