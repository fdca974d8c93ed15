"""What may be wrong with an installation, and what to do about it; each check is a module."""
