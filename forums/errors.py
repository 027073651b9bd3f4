"""Why something could not be done to a thread, each in a sentence for its author."""

from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, NotAllowed, Refused


class ThreadClosed(Refused):
    message = _("This thread is locked: nobody can write in it any more. Your text is still here.")


class SpaceClosed(Refused):
    message = _("This space is archived: it can be read, but no longer written in.")


class NotYours(NotAllowed):
    message = _("Only the author of this message can change it.")


class NotAMember(NotAllowed):
    message = _("To write here, join this space first.")


class GuestsReply(NotAllowed):
    message = _("A guest can reply in a thread, but not start one.")


class EmptyMessage(Invalid):
    message = _("Write a few words first: the message is empty.")


class TooLong(Invalid):
    message = _("This message is too long. Keep it under 20,000 characters, or attach a document.")


class TitleTooLong(Invalid):
    message = _("This title is too long. Keep it under 160 characters.")


class UnknownKind(Invalid):
    message = _("Choose one of the proposed kinds.")


class TooManyTags(Invalid):
    message = _("Choose at most eight keywords of at most forty characters.")


class ForeignAttachment(Invalid):
    message = _("One of the files is not yours or is no longer available. Attach it again.")


class ForeignParent(Invalid):
    message = _("The message you are replying to is no longer there. Your text is still here.")


class UnnamedNotAllowed(Invalid):
    message = _("This space does not take unnamed messages. Sign it, or choose another space.")


class NotAnAnswer(Invalid):
    message = _("This message cannot be the retained answer.")


class ReasonNeeded(Invalid):
    message = _("Say in a few words why: the reason is kept in the journal.")


class SameSpace(Invalid):
    message = _("The thread is already in this space.")


class UnnamedStay(Refused):
    message = _(
        "This thread has unnamed messages and must stay where the animation team promised to "
        "protect their authors."
    )


class SameThread(Invalid):
    message = _("Choose another thread than this one.")


class OpeningStays(Refused):
    message = _("The first message holds its thread: merge the whole thread into another instead.")


class OpeningHidden(Refused):
    message = _("A thread cannot begin with a message that is set aside. Put it back first.")


class TwoAnswers(Refused):
    status = 409
    message = _("Both threads have a retained answer. Choose the one to keep.")


class TwoPolls(Refused):
    status = 409
    message = _("Both threads have a poll. Remove the one that has served, then merge them.")


class TwoSyntheses(Refused):
    status = 409
    message = _(
        "Both threads have a synthesis. Bring the two together in one, withdraw the other, then "
        "merge the threads."
    )


class Merged(Refused):
    status = 409
    message = _(
        "This thread was merged into another, shown here, while you were writing. Your text is "
        "still here: look at who will read it before you publish it."
    )


class OnePoll(Refused):
    message = _("This thread already has a poll.")
    status = 409


class PollClosed(Refused):
    message = _("This poll is closed: answers are no longer taken.")
    status = 409


class AlreadyAnswered(Refused):
    message = _(
        "Your answer is already counted. In a poll without names it cannot be found again, so it "
        "cannot be changed."
    )
    status = 409


class OutcomeSaid(Refused):
    message = _(
        "You have already said what came of it. To say it otherwise, change your reply in the "
        "thread."
    )
    status = 409


class SynthesisChanged(Refused):
    message = _(
        "Somebody changed the synthesis while you were writing. Here is what it says now, above "
        "your text: bring the two together, then save."
    )
    status = 409


class NotAsked(Invalid):
    message = _("This person can no longer be asked about this question.")


class EnoughAsked(Refused):
    message = _("Three people were already asked about this thread.")
    status = 409


class WrongReminder(Invalid):
    message = _("Choose a day from tomorrow on, within a year.")


class NoSuchChoice(Invalid):
    message = _("Choose among the answers of this poll.")


class QuestionNeeded(Invalid):
    message = _("Write the question, in two hundred characters at most.")


class WrongChoices(Invalid):
    message = _(
        "Write from two to ten different answers, one a line, of a hundred and twenty characters "
        "at most."
    )


class WrongClosing(Invalid):
    message = _("Choose a closing day from today on, in the next ninety days.")


class WrongHour(Invalid):
    message = _("Choose a moment to come, in the next ninety days.")


class TooManyScheduled(Refused):
    message = _("Twenty messages already wait for their hour. Publish this one, or remove another.")
    status = 409


class PlaceChanged(Refused):
    message = _("The thread was moved, or its space is no longer as closed as it was.")


class CouldIdentify(Refused):
    message = _("The text could identify a young person.")
