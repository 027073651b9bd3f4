"""The form of one section of an organisation, made from the table of its facts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import fields
from accounts.fields import Field
from accounts.forms.people import SharedFields, VisibilityField, WordsField, visible_name
from accounts.models import Organisation
from core import terms
from core.audience import Level

LEVELS = (
    (Level.PUBLIC, _("Everybody")),
    (Level.COMMUNITY, _("The community")),
    (Level.ORGANISATION, _("My organisation")),
    (Level.ANIMATION, _("The animation team")),
)
FIRST_YEAR = 1850


class CommaDecimalField(forms.DecimalField):
    """`5,5` as one writes it here, or `5.5`."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


def section_fields(slug: str) -> list[Field]:
    return [
        field
        for field in (*fields.ORGANISATION, *fields.ORGANISATION_MORE)
        if field.section == slug and field.kind != fields.PERSON
    ]


def form_field(field: Field) -> forms.Field:
    """The input of one fact. Only the name is required here: the rest waits, nothing blocks."""
    column: Any = Organisation._meta.get_field(field.name)
    common: dict[str, Any] = {
        "label": fields.label(field, Organisation),
        "required": field.name in fields.ALWAYS,
        "help_text": field.help,
    }
    text = {"max_length": column.max_length, "validators": column.validators}
    match field.kind:
        case fields.LONG:
            return forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), **text, **common)
        case fields.TERM:
            return forms.ChoiceField(choices=terms.choices(field.scheme, blank="—"), **common)
        case fields.TERMS:
            return forms.MultipleChoiceField(
                choices=terms.choices(field.scheme),
                widget=forms.CheckboxSelectMultiple,
                **common,
            )
        case fields.LIST:
            return WordsField(most=40, longest=120, **common)
        case fields.CHOICE:
            bands = [(band, band) for band in fields.BUDGET_BANDS]
            return forms.ChoiceField(choices=[("", "—"), *bands], **common)
        case fields.YEAR:
            return forms.IntegerField(
                min_value=FIRST_YEAR, max_value=timezone.localdate().year, **common
            )
        case fields.NUMBER:
            return forms.IntegerField(min_value=0, max_value=1_000_000, **common)
        case fields.DECIMAL:
            return CommaDecimalField(
                min_value=0,
                max_digits=6,
                decimal_places=1,
                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
                **common,
            )
        case fields.DATE:
            widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
            return forms.DateField(widget=widget, **common)
        case fields.EMAIL:
            return forms.EmailField(max_length=254, **common)
        case fields.URL:
            return forms.URLField(max_length=200, assume_scheme="https", **common)
    return forms.CharField(**text, **common)


class SectionForm(SharedFields, forms.Form):
    """The facts of one section, each with who sees it."""

    def __init__(self, *args: Any, section: str, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        for field in section_fields(section):
            self.fields[field.name] = form_field(field)
            self.initial[field.name] = getattr(organisation, field.name)
            if field.name not in fields.ALWAYS:
                level = fields.level_of(organisation, field)
                visible = VisibilityField(field, LEVELS, level)
                self.fields[visible_name(field.name)] = visible

    def clean_neq(self) -> str:
        neq: str = self.cleaned_data["neq"]
        others = Organisation.objects.exclude(pk=self.organisation.pk)
        if neq and others.filter(neq=neq).exists():
            raise forms.ValidationError(_("Another organisation already has this number."))
        return neq

    def values(self) -> dict[str, Any]:
        """What `update_organisation` takes."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if not name.startswith("visible_")
        }
