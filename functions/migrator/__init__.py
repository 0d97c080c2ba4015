"""Applies schemas/postgres to the source database and prepares it for the connector."""
