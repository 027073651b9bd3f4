"""What the rooms do with mails: they register here, `receive` calls them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.errors import Refused
from notifications.incoming.errors import NotAuthenticated
from notifications.incoming.message import Attached
from notifications.incoming.proof import Proof

if TYPE_CHECKING:
    from accounts.models import User

ANSWERED = re.compile(
    r"^\s*(?:\[[^\]]{1,40}\]\s*)?(?:(?:re|ré|rép|tr|fw|fwd|aw|wg|transf)\s*:\s*)+", re.I
)


@dataclass(frozen=True)
class Said:
    """What a person sends by mail. `text` is hers alone, `title` the subject without “Re:”."""

    text: str
    title: str
    proof: Proof
    attachments: list[Attached] = field(default_factory=list)

    def require_proof(self) -> None:
        """Raises `NotAuthenticated` unless the sender's domain vouches for the mail."""
        if self.proof is not Proof.PASSED:
            raise NotAuthenticated

    @property
    def command(self) -> str:
        """Its one word, when there is but one."""
        found = re.fullmatch(r"\s*[«\"']?\s*(\w+)\s*[»\"']?\s*[.!…]{0,3}\s*", self.text)
        return found[1].casefold() if found else ""


@dataclass(frozen=True)
class Done:
    """What became of it: the object that was made or met, and the refusals that its author is told
    of though the rest was done (a file, a text that waits)."""

    obj: Any
    notes: list[type[Refused]] = field(default_factory=list)
    link: str = ""


# (person, identifier of what the mail was about, what she says) → Done; raises refusals.
Reply = Callable[["User", int, Said], Done]
# (person, slug of the space, what she says) → Done; raises refusals.
Opening = Callable[["User", str, Said], Done]

_replies: dict[str, Reply] = {}
_openings: list[Opening] = []


def on_reply(kind: str) -> Callable[[Reply], Reply]:
    """Register what a reply to a mail about an object of that kind does."""

    def register(function: Reply) -> Reply:
        _replies[kind] = function
        return function

    return register


def on_opening(function: Opening) -> Opening:
    """Register what a mail to the address of a space does."""
    _openings[:] = [function]
    return function


def reply_handler(kind: str) -> Reply:
    return _replies[kind]


def opening_handler() -> Opening:
    return _openings[0]


def title_of(subject: str) -> str:
    """A subject without what mail programs add before it."""
    return ANSWERED.sub("", subject).strip()
