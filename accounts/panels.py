"""What upper rooms add to the page of a person: the spaces in common, the threads she signed.

A room registers a function in its `AppConfig.ready()`; it answers a `core.content.Section`
(a partial and its inputs), or None when it has nothing to show to this viewer.
"""

from collections.abc import Callable

from accounts.models import User
from core.content import Section

Panel = Callable[[User, User], Section | None]

_panels: dict[str, tuple[int, Panel]] = {}


def member_panel(name: str, *, position: int = 0) -> Callable[[Panel], Panel]:
    """Register `function(person, viewer)`; it starts from what `viewer` may read, and never
    tells what `person` did without her name."""

    def register(function: Panel) -> Panel:
        _panels[name] = (position, function)
        return function

    return register


def member_panels(person: User, viewer: User) -> list[Section]:
    ordered = sorted(_panels.values(), key=lambda entry: entry[0])
    return [section for _, panel in ordered if (section := panel(person, viewer)) is not None]
