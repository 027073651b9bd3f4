"""What upper rooms add to the page of a person and to that of an organisation: the spaces in
common, the threads she signed, the practices that it bears.

A room registers a function in its `AppConfig.ready()`; it answers a `core.content.Section`
(a partial and its inputs), or None when it has nothing to show to this viewer. It starts from what
the viewer may read, and never tells what a person did without her name.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

from accounts.models import Organisation, User
from core.content import Section

Subject = TypeVar("Subject")


class Panels(Generic[Subject]):
    """The panels of one kind of page, in their order."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, Callable[[Subject, User], Section | None]]] = {}

    def __call__(
        self, name: str, *, position: int = 0
    ) -> Callable[
        [Callable[[Subject, User], Section | None]], Callable[[Subject, User], Section | None]
    ]:
        """Register `function(subject, viewer)`."""

        def register(
            function: Callable[[Subject, User], Section | None],
        ) -> Callable[[Subject, User], Section | None]:
            self._known[name] = (position, function)
            return function

        return register

    def of(self, subject: Subject, viewer: User) -> list[Section]:
        """What the rooms show of `subject` to `viewer`."""
        ordered = sorted(self._known.values(), key=lambda entry: entry[0])
        return [one for _, panel in ordered if (one := panel(subject, viewer)) is not None]


member_panel: Panels[User] = Panels()
organisation_panel: Panels[Organisation] = Panels()
