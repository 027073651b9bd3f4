"""Why something could not be done to a sheet, each in a sentence for its author."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, NotAllowed, Refused

if TYPE_CHECKING:
    from practices.sections import Section


class GuestsRead(NotAllowed):
    message = _("A guest can read the directory of practices, but not write in it.")


class NotABearer(NotAllowed):
    message = _("Only the people who bear this sheet, or an animator, can change it.")


class NotYourOrganisation(NotAllowed):
    message = _("A sheet is borne by your own organisation.")


class OnlyAnimators(NotAllowed):
    message = _("Only an animator can do this.")


class Withdrawn(Refused):
    message = _("This sheet was withdrawn: it can no longer be changed.")


class WrongStage(Refused):
    message = _("This sheet has moved on since this page was shown: look at it again.")
    status = 409


class NothingNew(Refused):
    message = _("Nothing has changed since the published version.")
    status = 409


class FieldMissing(Invalid):
    """A required field is empty; `field` is its name, `section` its section."""

    message = _("This field is required.")

    def __init__(self, field: str, *, section: Section | None = None) -> None:
        self.field, self.section = field, section
        super().__init__()


class FieldTooLong(Invalid):
    """A field holds more than it takes; `field` is its name."""

    message = _("This text is too long.")

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__()


class TooMany(Invalid):
    """A list has more entries than it takes; `field` is its name."""

    message = _("There are too many entries in this list.")

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__()


class UnknownChoice(Invalid):
    """A word that is not in its list; `field` is its name."""

    message = _("Choose one of the proposed words.")

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__()


class ReasonNeeded(Invalid):
    message = _("Say in a few words why: it is read by those whom it concerns.")


class SectionChanged(Refused):
    """Somebody else saved this section meanwhile; `theirs` is what it holds now, at `revision`."""

    message = _(
        "This section was changed while you were writing, by somebody else or in another window of "
        "yours. Both texts are kept: choose what to keep of each."
    )
    status = 409

    def __init__(self, theirs: dict, revision: int) -> None:
        self.theirs, self.revision = theirs, revision
        super().__init__()


class SectionParted(Refused):
    """What is prepared of a section began before another text of it was published; `section` is
    the first such section."""

    status = 409

    def __init__(self, section: Section) -> None:
        self.section = section
        super().__init__(
            _(
                "The published text of “%(section)s” changed while it was being prepared. Open "
                "this section to see both texts and save what is to stand."
            )
            % {"section": section.label}
        )


class ConsentMissing(Refused):
    message = _("A sheet is public only with the consent of the organisation that bears it.")


class PassagesWaiting(Refused):
    message = _(
        "Somebody whose words are quoted has not answered yet, or refused: wait for her answer, or "
        "take her words out."
    )
    status = 409


class PassagesRewritten(Refused):
    message = _(
        "Words of the thread were rewritten since their writer agreed to them: put them back, ask "
        "again, or do without them."
    )
    status = 409


class NoMessageChosen(Invalid):
    message = _("Choose at least one message of the thread.")


class PassageChanged(Refused):
    message = _("These words have changed since this page was shown: read them again, then answer.")
    status = 409


class WriterLeft(Refused):
    message = _(
        "Their writer has left and cannot be asked: put these words back as they were agreed to, "
        "or do without them."
    )
    status = 409


class StillThere(Refused):
    message = _(
        "Some of these words are still in the sheet: rewrite them in your own, then take the "
        "passage out."
    )
    status = 409


class NothingLeft(Refused):
    message = _(
        "Nothing of these words is left in the sheet: put them back, or do without them. Nobody "
        "can be asked about what is not there."
    )
    status = 409


class NoRoom(Refused):
    message = _("There is no room for these words in their section: shorten it, then try again.")
    status = 409


class AlreadyAnswered(Refused):
    message = _("This improvement has its answer already: look at it again.")
    status = 409


class NothingProposed(Refused):
    message = _("This is what the sheet says already: change something before you propose it.")
    status = 409


class SectionMoved(Refused):
    """The section that an improvement changes is not what its author, or who decides, saw."""

    message = _(
        "This section was changed since. Here are the texts: settle what the sheet is to say."
    )
    status = 409


class NotYourProposal(NotAllowed):
    message = _("Only the person who proposed this improvement can take it back.")


class AdaptingRefused(NotAllowed):
    message = _("The organisation that bears this practice asks that it not be adapted.")


class AgreementMissing(Invalid):
    """The organisation of origin is to be asked first; `agreed` is the field that says she was."""

    field = "agreed"
    message = _("Ask the organisation that bears this practice before you adapt it.")


class OneOfYourOrganisation(NotAllowed):
    message = _("You tell a trial of your own organisation.")


class NoOrganisation(Refused):
    message = _("A trial is that of an organisation: join yours first, or choose one.")


class NotYourTrial(NotAllowed):
    message = _("Only the person who told a trial can change it.")


class NotACount(Invalid):
    """Not a number of people; `field` is its name."""

    message = _("Write a number, without a unit.")

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__()


class InThePast(Invalid):
    """A day that has passed; `field` is its name."""

    message = _("Choose a day to come.")

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__()


class PrinterMissing(Refused):
    message = _(
        "This installation cannot make PDF files. The page to print says the same: print it, or "
        "save it as a PDF from your browser."
    )
    status = 404


class PrinterBusy(Refused):
    message = _("Several PDF files are being made at this moment. Please try again in a minute.")
    status = 503


class NothingChosen(Invalid):
    message = _("Choose at least one sheet.")


class TooManySheets(Invalid):
    message = _("A booklet holds thirty sheets at most.")


class TooManyBooklets(Refused):
    message = _("Several booklets of yours are being made already: wait for one of them.")
    status = 429
