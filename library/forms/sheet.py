"""What is said of one document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from core import terms
from core.composing import Refusing
from core.fetching import NotAnAddress
from library import errors
from library.forms.fields import (
    SEPARATOR,
    ContributorsField,
    DateInput,
    FacetField,
    TagsField,
    by_scheme,
    said_words,
)
from library.models import Document
from library.models.document import LANGUAGES, check_issued
from library.services.metadata import MAX_TAG, MAX_TAGS
from library.vocabularies import FACETS, TYPES

if TYPE_CHECKING:
    from library.services.metadata import Metadata

# Said as it is, column by column.
PLAIN = (
    "title", "alternative", "authors", "abstract", "issued", "type", "language", "extent",
    "period", "isbn", "doi", "source", "review_on", "contributors",
)  # fmt: skip
# Always open, a line each, then side by side; the rest is folded.
LINES = ("title", "authors", "abstract")
BESIDE = ("issued", "type", "language")


class SheetForm(Refusing):
    """The sheet of a document, less whom it is shared with.

    `document` is the one that is being changed: it keeps the words that the lists no longer offer.
    """

    FIELD_OF = {
        errors.BadDate: "issued",
        NotAnAddress: "link",
        errors.NothingToDeposit: "link",
        errors.TooManyTags: "tags",
    }

    title = forms.CharField(label=_("Title"), max_length=250)
    authors = forms.CharField(
        label=_("Authors"),
        max_length=400,
        required=False,
        help_text=_("As they should be cited, separated by commas."),
    )
    abstract = forms.CharField(
        label=_("Abstract"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What it is for, and what one finds in it, in a few sentences."),
    )
    issued = forms.CharField(
        label=_("Date"),
        max_length=10,
        validators=[check_issued],
        help_text=_("The year is enough: 2024. A whole date is written 2024-05-31."),
    )
    type = forms.ChoiceField(label=_("Type"))
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, initial="fr-CA")
    alternative = forms.CharField(label=_("Other title"), max_length=250, required=False)
    contributors = ContributorsField(label=_("Contributors"), required=False)
    extent = forms.CharField(
        label=_("Extent"),
        max_length=60,
        required=False,
        help_text=_("24 pages, 55 min, 3 sheets…"),
    )
    tags = TagsField(
        label=_("Keywords"),
        required=False,
        max_length=(MAX_TAG + 2) * MAX_TAGS,
        help_text=_("Separated by commas: refus scolaire, familles…"),
    )
    period = forms.CharField(label=_("Period covered"), max_length=60, required=False)
    isbn = forms.CharField(label=_("ISBN"), max_length=17, required=False)
    doi = forms.CharField(label=_("DOI"), max_length=120, required=False)
    link = forms.CharField(label=_("Address on the web"), max_length=600, required=False)
    source = forms.CharField(
        label=_("Source"),
        max_length=300,
        required=False,
        help_text=_("The work from which it was drawn, or adapted."),
    )
    review_on = forms.DateField(
        label=_("To be reviewed on"),
        required=False,
        widget=DateInput(attrs={"class": "short"}),
        help_text=_("You will be reminded to check that it still holds."),
    )

    def __init__(self, *args: Any, document: Document | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.document = document
        types = terms.scheme(TYPES)
        if document is not None:
            types = types | {document.type: terms.label(TYPES, document.type)}
        self._choices("type", [("", _("Choose…")), *types.items()])
        kept = said_words(document) if document is not None else []
        for facet in FACETS:
            self.fields[facet] = FacetField(facet, kept)

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for the type checker)
        field.choices = choices

    def lines(self) -> list[forms.BoundField]:
        return [self[name] for name in LINES]

    def beside(self) -> list[forms.BoundField]:
        return [self[name] for name in BESIDE]

    def folded(self) -> list[forms.BoundField]:
        """What is folded, but for the lists of words."""
        shown = {field.name for field in (*self.lines(), *self.beside())} | set(FACETS)
        return [field for field in self.visible_fields() if field.name not in shown]

    def lists(self) -> list[forms.BoundField]:
        return [self[name] for name in FACETS]

    def folds_errors(self) -> bool:
        return any(field.errors for field in (*self.folded(), *self.lists()))

    def given(self) -> Metadata:
        """What the services take."""
        data = self.cleaned_data
        words: dict[str, Any] = {name: data[name] for name in PLAIN}
        words["tags"] = data["tags"]
        words["terms"] = by_scheme(value for facet in FACETS for value in data[facet])
        return cast("Metadata", words)


def initial_of(document: Document) -> dict[str, Any]:
    """The sheet as it stands."""
    words: dict[str, Any] = {name: getattr(document, name) for name in PLAIN}
    words |= {"link": document.link, "tags": [tag.name for tag in document.tags.all()]}
    said = said_words(document)
    for facet, schemes in FACETS.items():
        words[facet] = [f"{scheme}{SEPARATOR}{code}" for scheme, code in said if scheme in schemes]
    return words
