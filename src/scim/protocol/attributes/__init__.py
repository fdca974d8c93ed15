"""Attribute definitions, schemas and resource types: declared once, read by everything else."""
