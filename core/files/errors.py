"""Why a file is refused: each reason has its name and its sentence."""

from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, Refused
from core.ratelimit import TooMany


class FileRefused(Invalid):
    """The family of these refusals; a form shows the sentence beside its field."""

    message = _("This file is not accepted.")


class TooLarge(FileRefused):
    message = _("This file is too large.")
    status = 413


class QuotaExceeded(FileRefused):
    message = _("Your files take all the space that is yours. Write to the animation team.")
    status = 413


class TooManyFiles(FileRefused):
    message = TooMany.message
    status = 429


class UnknownType(FileRefused):
    message = _(
        "This type of file is not accepted. Accepted: PDF, Word, Excel, PowerPoint, OpenDocument, "
        "RTF, text, images (PNG, JPEG, WebP, GIF), sound (MP3, M4A, Ogg) and video (MP4, WebM)."
    )


class NotAnImage(UnknownType):
    message = _("Only an image is accepted here: PNG, JPEG, WebP or GIF.")


class TypeMismatch(FileRefused):
    message = _(
        "The content of this file is not what its name says. Save it again from the program that "
        "made it, then try again."
    )


class UnreadableFile(FileRefused):
    message = _("This file is damaged or empty. Check that it opens, then try again.")


class Locked(UnreadableFile):
    message = _("This file is protected by a password. Save it without a password.")


class WrongEncoding(UnreadableFile):
    message = _("The accents of this text cannot be read. Save it as “UTF-8” text.")


class TooManyPixels(FileRefused):
    message = _("This image has too many pixels. Reduce its size, then try again.")


class Bomb(FileRefused):
    message = _("Once opened, this file would take too much space. It is refused for safety.")


class ActiveContent(FileRefused):
    message = _("This file holds macros or a program. Save a copy without them.")


class Infected(FileRefused):
    message = _("The antivirus found a danger in this file. It was not kept.")


class ForeignFile(Refused):
    """An identifier that is unknown, somebody else's, or already tied to something."""

    message = _("One of these files is not yours to use here. Attach it again.")


class Withheld(Refused):
    """The file waits for the antivirus; who may read it will."""

    message = _("This file is waiting for its antivirus check. Try again in a few minutes.")
    status = 503
