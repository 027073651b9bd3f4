"""Why a mail of an archive is left out, and what is said of one that is not."""

from django.utils.translation import gettext_lazy as _

from core.errors import Refused


class Withheld(Refused):
    message = _("An automatic e-mail, a draft or an unwanted one.")


class Nobody(Refused):
    message = _("This e-mail does not say who wrote it.")


class NothingSaid(Refused):
    message = _("Nothing is written in it but what it quotes.")


TWICE = _("The same e-mail stands elsewhere in this archive.")
UNREADABLE = _("This e-mail could not be read.")
SHORTENED = _("Too long for a message: the whole text is attached.")
TO_REREAD = _("Something in it could identify a young person: reread it.")
