"""What every test obeys, whatever its room: no network, unless a marker asks for it."""

import gc
import os

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Open the sockets to tests marked `browser` or `server`, and only to them."""
    for item in items:
        if item.get_closest_marker("browser") or item.get_closest_marker("server"):
            item.add_marker(pytest.mark.enable_socket)


# A request makes tens of thousands of objects that die with it, and the collector would look for
# cycles every 700 of them, among all that the tests and the product keep.
GARBAGE = (50_000, 20, 20)


def pytest_configure() -> None:
    gc.set_threshold(*GARBAGE)


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end, and is looked at no more."""
    gc.freeze()


# Playwright's synchronous interface keeps an event loop in the test's thread; Django would refuse
# the fixtures' queries there, though nothing of ours is asynchronous.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
