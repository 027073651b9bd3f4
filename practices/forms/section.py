"""The form of one section, made from its description in `practices.sections`.

What the content of a sheet refuses is said beside its field, for all the fields at once; nothing
that was typed is shortened. Nothing is required of a section that is saved as one goes; what may be
published is demanded (`DemandingForm`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from core import terms
from core.composing import Composed, Typed
from core.errors import Refused
from practices import looking
from practices.content import STEP_TITLE, Values, clean
from practices.errors import FieldTooLong, TooMany
from practices.forms import rows
from practices.sections import Field, Kind, Section


class StepsInput(forms.Widget):
    """Rows of a title and a text; its buttons send the whole form, and work without JavaScript.

    `focus` is the row that takes the focus when the page comes: the one just added or moved.
    """

    template_name = "practices/widgets/steps.html"
    use_fieldset = True
    focus: int | None = None

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, str]]:
        if not hasattr(data, "getlist"):
            return []
        return rows.of(data, name)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-title" not in data

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["rows"] = list(value or []) or [{"title": "", "text": ""}]
        context["focus"] = self.focus
        return context

    def id_for_label(self, id_: str | None) -> str:
        return ""


class FamiliesInput(forms.CheckboxSelectMultiple):
    """The words of a taxonomy, each family below its heading."""

    template_name = "practices/widgets/families.html"


class StepsField(forms.Field):
    widget = StepsInput


class LinesField(forms.CharField):
    """One a line; its value is the list of them."""

    widget = forms.Textarea(attrs={"rows": 4})

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else "\n".join(value or ())


def _words(field: Field, kept: Any) -> list[tuple[str, Any]]:
    """The words that a field offers, and those it holds that its list no longer offers."""
    offered = dict(field.choices())
    for code in kept if isinstance(kept, list) else [kept] if kept else []:
        if code not in offered:
            offered[code] = terms.label(field.scheme, code) if field.scheme else code
    return list(offered.items())


def _families(field: Field, words: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """The same words, each family below its heading; those of no family as they come."""
    found: dict[str, list[tuple[str, Any]]] = {}
    for code, label in words:
        found.setdefault(field.heading(code), []).append((code, label))
    alone = found.pop("", [])
    return [*found.items(), *alone]


def _field(field: Field, kept: Any) -> forms.Field:
    """The form field of one field; `kept` is what it holds now."""
    said: dict[str, Any] = {"label": field.label, "help_text": field.help, "required": False}
    if field.kind is Kind.STEPS:
        return StepsField(**said)
    if field.kind is Kind.LINES:
        return LinesField(strip=False, **said)
    if field.kind is Kind.TERMS:
        words = _words(field, kept)
        grouped = _families(field, words)
        boxes = forms.CheckboxSelectMultiple if grouped == words else FamiliesInput
        return forms.MultipleChoiceField(choices=grouped, widget=boxes, **said)
    if field.kind is Kind.CHOICE:
        return forms.ChoiceField(choices=[("", "—"), *_words(field, kept)], **said)
    if field.kind is Kind.YES:
        return forms.BooleanField(**said)
    if field.kind is Kind.TEXT:
        return forms.CharField(strip=False, widget=forms.Textarea(attrs={"rows": 4}), **said)
    typed = {"inputmode": "numeric", "class": "short"} if field.kind is Kind.NUMBER else {}
    return forms.CharField(strip=False, widget=forms.TextInput(attrs=typed), **said)


def sentence(field: Field, refusal: Refused) -> str:
    """Why a value was refused, with the limit that it passed."""
    limits = {"most": field.most, "many": field.many, "title": STEP_TITLE}
    if isinstance(refusal, TooMany):
        return _("There may be %(many)s of these at most.") % limits
    if field.kind is Kind.NUMBER:
        if isinstance(refusal, FieldTooLong):
            return _("This number is too large.")
        return _("Write a whole number, in figures.")
    if not isinstance(refusal, FieldTooLong):
        return str(refusal)
    if field.kind is Kind.STEPS:
        words = _("A step is too long: its title takes %(title)s characters, its text %(most)s.")
    elif field.kind is Kind.LINES:
        words = _("A line is too long: each takes %(most)s characters.")
    else:
        words = _("This text is too long: it takes %(most)s characters.")
    return words % limits


class SectionForm(Composed):
    """One section. `kept` is what it holds now; `values`, once valid, is what to keep of it. A
    subclass adds what goes with it."""

    def __init__(
        self, data: Any = None, *, section: Section, kept: Mapping[str, Any], **kwargs: Any
    ) -> None:
        given: dict[str, Any] = {"initial": dict(kept), "use_required_attribute": False} | kwargs
        super().__init__(data, **given)
        self.section = section
        self.kept = kept
        self.values: Values = {}
        own = self.fields
        self.fields = {
            field.name: _field(field, kept.get(field.name)) for field in section.fields
        } | own

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        for field in self.section.fields:
            if field.name in self.errors:
                continue
            alone = replace(self.section, fields=(field,))
            try:
                self.values |= clean(alone, given, kept=self.kept)
            except Refused as refusal:
                self.add_error(field.name, sentence(field, refusal))
        return given

    @property
    def of_section(self) -> list[Any]:
        """Its bound fields, the added ones aside."""
        return [self[field.name] for field in self.section.fields]

    def language_of(self, name: str) -> str:
        own = {field.name: field for field in self.section.fields}
        if name in own and own[name].kind in (Kind.LINE, Kind.TEXT, Kind.LINES):
            return own[name].language
        return super().language_of(name)

    def typed(self, data: QueryDict) -> Iterator[Typed]:
        yield from looking.typed(self.section, data)
        yield from super().typed(data)

    def rearrange(self, data: QueryDict) -> bool:
        """Add, remove or move a step, as its button asks."""
        asked = data.get("step")
        if asked and (moved := rows.moved(self.section, data, asked)):
            name, at = moved
            self.fields[name].widget.focus = at
        return bool(asked)


class DemandingForm(SectionForm):
    """A section that may be published as it is sent: its required fields say something."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.section.fields:
            self.fields[field.name].required = field.required

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        for field in self.section.fields:
            if field.required and field.name not in {*self.values, *self.errors}:
                self.add_error(field.name, self.fields[field.name].error_messages["required"])
        return given
