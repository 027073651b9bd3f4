"""The engine that `SEARCH_URL` asks for."""

from functools import cache

from django.conf import settings
from django.db import connection

from search.engines.base import Candidate, Engine, Search

__all__ = ["Candidate", "Engine", "Search", "engine"]


@cache
def engine() -> Engine:
    """The engine of this process; `config.environment.search` refuses what is not in this list."""
    return {"db": _of_database}[settings.SEARCH_ENGINE]()


def _of_database() -> Engine:
    if connection.vendor == "postgresql":
        from search.engines.postgresql import PostgresEngine

        return PostgresEngine()
    from search.engines.sqlite import SqliteEngine

    return SqliteEngine()
