"""The engine that `SEARCH_URL` asks for."""

from functools import cache

from django.db import connection

from search.engines.base import Candidate, Engine, Search

__all__ = ["Candidate", "Engine", "Search", "engine"]


@cache
def engine() -> Engine:
    """The one engine of this process: today that of its database (`SEARCH_URL=db`)."""
    if connection.vendor == "postgresql":
        from search.engines.postgresql import PostgresEngine

        return PostgresEngine()
    from search.engines.sqlite import SqliteEngine

    return SqliteEngine()
