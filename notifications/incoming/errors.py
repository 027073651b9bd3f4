"""Why a mail is not published: each reason has its name, and the sentence of the polite mail.

The sentences go to whoever holds an address: they tell no title, no name and no text. A silent
one is answered to nobody: machines wrote those mails, or an answer would tell a stranger something.
"""

from django.utils.translation import gettext_lazy as _

from core.errors import Refused


class MailRefused(Refused):
    """The family; `silent` says that nobody is told."""

    silent = False


class Unreadable(MailRefused):
    message = _("This e-mail does not say who wrote it.")
    silent = True


class AutomaticMail(MailRefused):
    """An absence notice, a bounce, a mailing list: RFC 3834."""

    message = _("Automatic e-mails are not published.")
    silent = True


class MailLoop(MailRefused):
    message = _("This e-mail comes back from where it was sent.")
    silent = True


class AlreadyReceived(MailRefused):
    message = _("This e-mail was received already.")
    silent = True


class TooManyMails(MailRefused):
    message = _("That is a lot of e-mails at once. Please wait an hour, then send this one again.")


class MailTooLarge(MailRefused):
    message = _("This e-mail is too large. Send the text alone, and attach the files on the site.")


class UnknownAddress(MailRefused):
    """No key, a wrong key, or something that this person does not see: all alike."""

    message = _("This address does not take your e-mails. Reply from the site.")


class AddressExpired(MailRefused):
    message = _("This reply address has expired. Reply to a more recent e-mail, or from the site.")


class ReplyFromStranger(MailRefused):
    message = _(
        "Only the person to whom an e-mail was sent can reply to it, from the same address. If "
        "your e-mail was forwarded, reply from the site."
    )


class NotAuthenticated(MailRefused):
    message = _(
        "Nothing proves that this e-mail comes from your address: your mail provider did not sign "
        "it, or it was changed on its way. Write from the site."
    )


class NothingWritten(MailRefused):
    message = _(
        "We found nothing that you had written in this e-mail, apart from what it quotes. Write "
        "above the quoted text."
    )


class MightIdentify(MailRefused):
    """The text waits as a draft: she decides on the site, as when she writes there."""

    message = _(
        "Your message is not published yet: something in it could identify a young person. It is "
        "kept as a draft, which only you see. Reread it on the site, then publish it."
    )
