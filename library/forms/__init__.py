"""The forms in which documents are described and shared."""

from library.forms.card import CardForm
from library.forms.sharing import SharingForm
from library.forms.sheet import SheetForm
from library.forms.version import VersionForm

__all__ = ["CardForm", "SharingForm", "SheetForm", "VersionForm"]
