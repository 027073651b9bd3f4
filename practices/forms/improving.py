"""The form of one section, made from the table of its fields (`practices.sections`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from practices import content
from practices.content import STEP_TITLE, Values
from practices.forms.typed import Typed
from practices.sections import Field, Kind, Section

# Empty rows below the steps that are filled in.
ROOM = 2
TITLE, TEXT = "-title", "-text"


class StepsInput(forms.Widget):
    """Rows of a title and a text."""

    template_name = "practices/widgets/steps_plain.html"
    use_fieldset = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, str]]:
        titles, texts = (
            data.getlist(f"{name}{end}") if hasattr(data, "getlist") else []
            for end in (TITLE, TEXT)
        )
        return [
            {"title": title, "text": text}
            for title, text in zip(titles, texts, strict=False)
            if title.strip() or text.strip()
        ]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}{TITLE}" not in data

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        empty = {"title": "", "text": ""}
        context["rows"] = [*(value or []), *(empty for _row in range(ROOM))]
        context["most_title"] = STEP_TITLE
        return context

    def id_for_label(self, id_: str | None) -> str:
        return ""


class StepsField(forms.Field):
    widget = StepsInput

    def clean(self, value: Any) -> list[dict[str, str]]:
        if self.required and not value:
            raise forms.ValidationError(self.error_messages["required"])
        return list(value or [])


def form_field(field: Field, kept: Any = None) -> forms.Field:
    """How one field is filled in. `kept` is what the section has, which its list may no longer
    offer."""
    said: dict[str, Any] = {
        "label": field.label,
        "help_text": field.help,
        "required": field.required,
    }
    if field.kind is Kind.LINE:
        return forms.CharField(max_length=field.most, **said)
    if field.kind is Kind.TEXT:
        rows = 3 if field.most <= 600 else 7
        # Measured by `content.clean`, which counts a line break as one letter as browsers do.
        area = forms.Textarea(attrs={"rows": rows, "maxlength": field.most})
        return forms.CharField(widget=area, **said)
    if field.kind is Kind.LINES:
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), **said)
    if field.kind is Kind.STEPS:
        return StepsField(**said)
    if field.kind is Kind.NUMBER:
        number = forms.TextInput(attrs={"inputmode": "numeric", "class": "short"})
        return forms.CharField(widget=number, **said)
    if field.kind is Kind.YES:
        return forms.BooleanField(**said)
    offered = _offered(field, kept)
    if field.kind is Kind.CHOICE:
        blank: list[tuple[str, str | Promise]] = [("", _("Not said"))]
        return forms.ChoiceField(choices=[*blank, *offered.items()], **said)
    return forms.MultipleChoiceField(
        choices=list(offered.items()), widget=forms.CheckboxSelectMultiple, **said
    )


def _offered(field: Field, kept: Any) -> dict[str, Any]:
    """The words of its list, and those that it keeps of an older one."""
    offered = field.choices()
    had = kept if isinstance(kept, list) else [kept] if kept else []
    for code, label in zip(had, content.lines_of(field, kept), strict=False):
        offered.setdefault(code, label)
    return offered


def initial_of(section: Section, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a form of the section begins with."""
    return {
        field.name: "\n".join(values[field.name])
        if field.kind is Kind.LINES
        else values[field.name]
        for field in section.fields
        if field.name in values
    }


class SectionForm(forms.Form):
    """One section: `values` is what it says now. A subclass adds what goes with it."""

    def __init__(
        self, data: QueryDict | None, *, section: Section, values: Mapping[str, Any], **kwargs: Any
    ) -> None:
        given = {"initial": initial_of(section, values)} | kwargs
        super().__init__(data, **given)
        self.section, self.kept = section, values
        own = self.fields
        self.fields = {
            field.name: form_field(field, values.get(field.name)) for field in section.fields
        } | own

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                content.clean(self.section, self.given, kept=self.kept)
            except Refused as refusal:
                self.refuse(refusal)
        return found

    @property
    def given(self) -> Values:
        """What was filled in, as the services take it."""
        return {field.name: self.cleaned_data.get(field.name) for field in self.section.fields}

    @property
    def of_section(self) -> list[Any]:
        """Its bound fields, the added ones aside."""
        return [self[field.name] for field in self.section.fields]

    def typed(self, data: QueryDict) -> Iterator[Typed]:
        """The texts that others will read, as they were typed."""
        kinds = {field.name: field.kind for field in self.section.fields}
        for name, field in self.fields.items():
            kind, label = kinds.get(name, Kind.TEXT), str(field.label)
            if kind in (Kind.LINE, Kind.TEXT, Kind.LINES):
                yield Typed(name, label, data.get(name, ""))
            elif kind is Kind.STEPS:
                for key in (f"{name}{TITLE}", f"{name}{TEXT}"):
                    for number, text in enumerate(data.getlist(key)):
                        yield Typed(f"{key}.{number}", label, text)

    def refuse(self, refusal: Refused) -> None:
        """Say a refusal of the services beside its field, or above all."""
        named = getattr(refusal, "field", "")
        self.add_error(named if named in self.fields else None, str(refusal))

    def quiet(self) -> None:
        """Show again what was typed, without a word on what is missing."""
        self.full_clean()
        self.errors.clear()


class ProposalForm(SectionForm):
    """Another text for a section, and why."""

    why = forms.CharField(
        label=_("Why"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What you saw, tried or read: the people who bear the sheet decide with it."),
    )


class SettlingForm(SectionForm):
    """What the section says in the end, and a word to who proposed."""

    reply = forms.CharField(
        label=_("Answer to its author"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReplyForm(forms.Form):
    """A word to who proposed an improvement."""

    reply = forms.CharField(
        label=_("Your answer to its author"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "She reads it, with who answered. It is needed when you do not take her text up."
        ),
    )

    def typed(self, data: QueryDict) -> Iterator[Typed]:
        yield Typed("reply", str(self.fields["reply"].label), data.get("reply", ""))

    def refuse(self, refusal: Refused) -> None:
        self.add_error("reply", str(refusal))

    def quiet(self) -> None:
        """Show again what was typed, without a word on what is missing."""
        self.full_clean()
        self.errors.clear()
