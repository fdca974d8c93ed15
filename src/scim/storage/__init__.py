"""SQL, inside the caller's application."""
