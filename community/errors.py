"""What may be refused in a space, by name."""

from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, NotAllowed, Refused


class LastAnimator(Refused):
    """A confidential space always keeps an animator who is its member."""

    message = _(
        "A confidential space keeps at least one animator among its members. "
        "Name another one first."
    )
    status = 409


class CharterNotAccepted(Refused):
    message = _("Read the charter of this space, then tick the box to accept it.")
    status = 400


class CharterReplaced(Refused):
    """A newer version was published while this one was being read."""

    message = _("The charter has just changed. Here is its new version.")
    status = 409


class SpaceClosed(Refused):
    message = _("This space is archived: nobody joins it any more.")
    status = 409


class NotOpen(NotAllowed):
    message = _("This space is joined on request or by invitation.")


class InvitationOnly(NotAllowed):
    message = _("This space is joined by invitation only.")


class AlreadyMember(Refused):
    message = _("You are already a member of this space.")
    status = 409


class NotMember(Refused):
    message = _("This person is not a member of this space.")
    status = 409


class CommonSpace(Refused):
    message = _("Everyone is in the common space: nobody leaves it.")
    status = 409


class AlreadyDecided(Refused):
    message = _("This request was already decided or withdrawn.")
    status = 409


class GuestRole(Refused):
    message = _("A guest cannot animate a space.")
    status = 400


class ReasonRequired(Invalid):
    message = _("Give a reason: it is kept and shown to the people concerned.")


class OwnContent(Refused):
    message = _("This is your own message.")
    status = 409


class UnknownReaction(Invalid):
    message = _("This kind of content does not take this gesture.")
