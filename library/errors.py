"""Why something could not be done to a document, each in a sentence for its author."""

from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, NotAllowed, Refused


class GuestsRead(NotAllowed):
    message = _("A guest can read the library, but not deposit in it.")


class NotYours(NotAllowed):
    message = _("Only who deposited this document, or who looks after it, can change it.")


class NotAMember(NotAllowed):
    message = _("To deposit here, join this space first.")


class SpaceClosed(Refused):
    message = _("This space is archived: nothing can be deposited in it any more.")


class Withdrawn(Refused):
    message = _("This document was withdrawn: it can no longer be changed.")


class NothingWaits(Refused):
    message = _("This document does not await approval any more.")


class NothingToDeposit(Invalid):
    message = _("Choose a file, or give the address of a page.")


class ForeignFile(Invalid):
    message = _("One of the files is not yours or is no longer available. Send it again.")


class FieldMissing(Invalid):
    """A required field is empty; `field` is its name."""

    message = _("This field is required.")

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__()


class FieldTooLong(Invalid):
    """A field holds more than its column; `field` is its name."""

    message = _("This text is too long.")

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__()


class UnknownChoice(Invalid):
    """A word that is not in its list; `field` is its name."""

    message = _("Choose one of the proposed words.")

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__()


class BadDate(Invalid):
    message = _("Write a year (2024) or a date (2024-05-31).")


class PublicWithoutPermission(Invalid):
    message = _(
        "A document whose permission is unknown is never public. Choose another audience, or say "
        "under which licence it may be shared."
    )


class NoOrganisation(Invalid):
    message = _("Your account has no organisation to share this with.")


class TooManyTags(Invalid):
    message = _("Choose at most twelve keywords of at most forty characters.")


class ReasonNeeded(Invalid):
    message = _("Say in a few words why: the depositor reads it.")


class NotMergeable(Invalid):
    message = _("Only two different documents, both published, can become one.")


class UnknownDocument(Invalid):
    message = _("There is no such document, or you cannot change it.")


class GuestsFollow(NotAllowed):
    message = _("A guest can read collections, but not make one.")


class NotYourCollection(NotAllowed):
    message = _("Only who made this collection can change it.")


class CollectionFull(Refused):
    message = _("This collection is full: it holds three hundred documents. Make another one.")


class ConfidentialElsewhere(Refused):
    message = _(
        "A document of a confidential space only goes into a collection shared in that same space."
    )


class CollectionTooHeavy(Refused):
    message = _(
        "The files of this collection are too heavy together for one archive. Download them one by "
        "one."
    )
    status = 413
