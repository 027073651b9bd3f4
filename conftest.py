"""What every test obeys, whatever its room: no network, unless a marker asks for it."""

import os

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Open the sockets to tests marked `browser` or `server`, and only to them."""
    for item in items:
        if item.get_closest_marker("browser") or item.get_closest_marker("server"):
            item.add_marker(pytest.mark.enable_socket)


# Playwright's synchronous interface keeps an event loop in the test's thread; Django would refuse
# the fixtures' queries there, though nothing of ours is asynchronous.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
