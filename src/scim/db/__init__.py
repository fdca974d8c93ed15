"""Reaching the database: connections, transactions, migrations, the embedded server."""
