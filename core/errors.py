"""The family of refusals: what a person did could not be done, and a sentence says why."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """An act refused for a reason that its author may read.

    Subclasses name the reason (`ThreadClosed`, `TokenAlreadyUsed`) and set `message`, a lazy
    translatable sentence, and `status`, the HTTP status of a page that can only say so.
    """

    message: str | Promise = _("This is not possible.")
    status = 403

    def __init__(self, message: str | Promise | None = None) -> None:
        if message is not None:
            self.message = message
        super().__init__(self.message)

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(Refused):
    """The person sees the thing but may not do this to it."""

    message = _("You do not have the right to do this.")


class Invalid(Refused):
    """What was given does not make sense; the form says so beside the field."""

    status = 400
