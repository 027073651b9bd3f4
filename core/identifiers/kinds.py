"""The kinds of identifiers: their stable names, their labels, what to write instead."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Kind(StrEnum):
    """A kind of identifier. The value is stable; the label is for people."""

    PERMANENT_CODE = "permanent-code"
    HEALTH_NUMBER = "health-number"
    SOCIAL_NUMBER = "social-number"
    TELEPHONE = "telephone"
    ADDRESS = "address"
    BIRTH_DATE = "birth-date"
    FILE_NUMBER = "file-number"
    COMBINATION = "combination"

    @property
    def label(self) -> str | Promise:
        return LABELS[self]

    @property
    def replacement(self) -> str:
        """What to write instead, in the language of the reader."""
        return str(REPLACEMENTS[self])

    @property
    def certain(self) -> bool:
        """False for a kind that is a guess from several clues."""
        return self is not Kind.COMBINATION


LABELS: dict[Kind, str | Promise] = {
    Kind.PERMANENT_CODE: _("Permanent code"),
    Kind.HEALTH_NUMBER: _("Health insurance number"),
    Kind.SOCIAL_NUMBER: _("Social insurance number"),
    Kind.TELEPHONE: _("Telephone number"),
    Kind.ADDRESS: _("Civic address"),
    Kind.BIRTH_DATE: _("Date of birth"),
    Kind.FILE_NUMBER: _("File number"),
    Kind.COMBINATION: _("First name, school and level together"),
}

# No digit and no word that the patterns look for: a replacement must not be found in its turn.
REPLACEMENTS: dict[Kind, str | Promise] = {
    Kind.PERMANENT_CODE: _("[code removed]"),
    Kind.HEALTH_NUMBER: _("[health number removed]"),
    Kind.SOCIAL_NUMBER: _("[social number removed]"),
    Kind.TELEPHONE: _("[telephone removed]"),
    Kind.ADDRESS: _("[address removed]"),
    Kind.BIRTH_DATE: _("[date removed]"),
    Kind.FILE_NUMBER: _("[number removed]"),
    Kind.COMBINATION: _("[first name removed]"),
}

# Where a kind was found: (kind, start, end).
Span = tuple[Kind, int, int]
