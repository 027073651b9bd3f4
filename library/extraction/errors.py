"""Why a file could not be read, or a page drawn: each reason has its name and its sentence.

The name of the class is what `Version.failure` keeps, and what the child process answers.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import Refused


class NotRead(Refused):
    """The family of these reasons."""

    message = _("This file could not be read.")
    status = 422


class Encrypted(NotRead):
    message = _("This file is protected by a password: its text cannot be searched.")


class Broken(NotRead):
    message = _("This file is damaged: it could not be read. Check that it opens.")


class TooBig(NotRead):
    message = _("Once opened, this file takes too much memory to be read here.")


class TooLong(NotRead):
    message = _("This file takes too long to read here: it may be very heavy, or damaged.")


class Doctype(NotRead):
    message = _(
        "This file holds declarations that are not read, for safety. Save it again from the "
        "program that made it."
    )


class Infected(NotRead):
    message = _("The antivirus found a danger in this file. It was not kept.")


class Lost(NotRead):
    message = _("The content of this file is no longer there. Send it again.")


class GivenUp(NotRead):
    message = _("This file could not be read, after several tries.")


class Partial(NotRead):
    """The file is searched, but not to its end."""

    message = _("Only the beginning of this long file can be searched.")


class SomePages(NotRead):
    """The file is searched, but for some of its pages."""

    message = _("Some pages of this file are damaged: the others can be searched.")


class NoText(NotRead):
    message = _(
        "No text was found in this file, which may be made of pictures. It is found by its title, "
        "its abstract and its keywords."
    )


class NoSuchPage(NotRead):
    message = _("This file has no such page.")
    status = 404


class NoPicture(NotRead):
    message = _("The pages of this type of file cannot be drawn.")


class Busy(NotRead):
    message = _("Many pages are being drawn. Try again in a moment.")
    status = 503


REASONS: dict[str, type[NotRead]] = {reason.__name__: reason for reason in NotRead.__subclasses__()}


def reason(name: str) -> type[NotRead]:
    """The reason of that name; the family for one that is not known any more."""
    return REASONS.get(name, NotRead)


def sentence(name: str) -> str | Promise:
    """What the depositor reads of a failure; nothing when there was none."""
    return reason(name).message if name else ""
