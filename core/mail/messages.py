"""What a mail is made of, and the register of those that the rooms can send."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

if TYPE_CHECKING:
    from core.models import OutgoingMail


@dataclass(frozen=True, kw_only=True)
class Message:
    """What a renderer answers.

    context          for the templates, which also get `site`, `recipient` and the fields below
    template         folder below templates/emails/; by default the name of the message
    why              the footer's reason: “You follow this thread.”
    unsubscribe_url  full address of the page that stops these mails; it must also accept the
                     bare POST of RFC 8058 (one click, no session, no token but its own)
    message_id       of this mail, when it is known to a thread; by default one is made
    references       Message-IDs that this mail answers, oldest first
    headers          any other header
    automatic        said of itself (RFC 3834): not of what a person wrote, which may be answered
    """

    context: Mapping[str, Any] = field(default_factory=dict)
    template: str = ""
    why: str | Promise = ""
    unsubscribe_url: str = ""
    message_id: str = ""
    references: Sequence[str] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    automatic: bool = True


Renderer = Callable[["OutgoingMail"], Message | None]
_renderers: dict[str, Renderer] = {}


class UnknownMessage(LookupError):
    """No room registered a message of this name."""


def message(name: str) -> Callable[[Renderer], Renderer]:
    """Register the renderer of the messages called `name`.

    It is called when the mail leaves, in the recipient's language; None cancels the mail.
    """

    def register(function: Renderer) -> Renderer:
        _renderers[name] = function
        return function

    return register


def renderer(name: str) -> Renderer:
    """The renderer of that name. Raises `UnknownMessage`."""
    try:
        return _renderers[name]
    except KeyError:
        raise UnknownMessage(name) from None


def names() -> list[str]:
    return sorted(_renderers)
