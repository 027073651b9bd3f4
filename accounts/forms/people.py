"""The profile form, and the filters of the directories."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts import fields
from accounts.models import Profile
from core import terms
from core.audience import Level

MOST_WORDS = 20

PROFILE_LEVELS = (
    (Level.COMMUNITY, _("Members")),
    (Level.ORGANISATION, _("My organisation")),
    (Level.ANIMATION, _("The animation team")),
)


class WordsField(forms.CharField):
    """Keywords typed one a line or separated by commas; answers a list."""

    def __init__(self, *, most: int = MOST_WORDS, longest: int = 60, **kwargs: Any) -> None:
        self.most, self.longest = most, longest
        kwargs.setdefault("required", False)
        super().__init__(widget=forms.Textarea(attrs={"rows": 2}), max_length=4000, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, (list, tuple)) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        parts = re.split(r"[,;\n\r]+", super().to_python(value) or "")
        return [" ".join(part.split()) for part in parts if part.strip()]

    def validate(self, value: Any) -> None:
        super().validate(value)
        if len(value) > self.most:
            raise forms.ValidationError(
                _("%(most)s at most: keep those that matter."), params={"most": self.most}
            )
        for word in value:
            if len(word) > self.longest:
                raise forms.ValidationError(
                    _("“%(word)s…” is too long: a few words are enough."),
                    params={"word": word[:30]},
                )

    def run_validators(self, value: Any) -> None:
        """Django's own look at a text; this is a list, and `validate` looked at each word."""


class VisibilityField(forms.ChoiceField):
    """How far one field is shared, beside it."""

    def __init__(self, of: Any, choices: Any, initial: str) -> None:
        super().__init__(label=_("Who sees this"), choices=choices, initial=initial, required=False)
        self.of = of


def visible_name(name: str) -> str:
    return f"visible_{name}"


class SharedFields:
    """For a form whose fields each have their visibility: the pairs its template draws."""

    def pairs(self) -> list[dict[str, Any]]:
        form: Any = self
        names = [name for name in form.fields if not name.startswith("visible_")]
        return [
            {
                "field": form[name],
                "visible": form[visible_name(name)] if visible_name(name) in form.fields else None,
                "name": name,
            }
            for name in names
        ]

    def visibility(self) -> dict[str, str]:
        """Field → chosen level, for the fields that have one."""
        form: Any = self
        prefix = visible_name("")
        return {
            name.removeprefix(prefix): value
            for name, value in form.cleaned_data.items()
            if name.startswith(prefix) and value
        }


class ProfileForm(SharedFields, forms.Form):
    """What a person says of herself. The address is changed by the animation team."""

    first_name = forms.CharField(label=_("First name"), max_length=80)
    last_name = forms.CharField(label=_("Last name"), max_length=80)
    pronoun = forms.CharField(label=_("Pronoun"), max_length=30, required=False)
    job_title = forms.CharField(label=_("Job title"), max_length=120, required=False)
    function = forms.ChoiceField(
        label=_("Function"),
        required=False,
        help_text=_("It helps the community to put to you the questions that you can answer."),
    )
    region = forms.ChoiceField(label=_("Region"), required=False)
    helps = WordsField(
        label=_("I can help"),
        help_text=_("Keywords, separated by commas: tutorat, refus scolaire, demande au PACTE."),
    )
    seeks = WordsField(label=_("I am looking for"), help_text=_("Keywords, separated by commas."))
    bio = forms.CharField(
        label=_("About me"),
        max_length=1200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Two sentences are enough."),
    )
    phone = forms.CharField(label=_("Telephone at work"), max_length=30, required=False)
    language = forms.ChoiceField(label=_("Language of the pages"), choices=settings.LANGUAGES)
    newsletter = forms.BooleanField(
        label=_("I agree to receive the community’s newsletter"),
        required=False,
        help_text=_("The federation sends it itself. You may withdraw here at any time."),
    )
    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        help_text=_("A face helps people to recognise you. Its location data are removed."),
        widget=forms.FileInput(attrs={"accept": "image/*", "data-files": True}),
    )
    remove_photo = forms.BooleanField(label=_("Remove the photo"), required=False)

    def __init__(self, *args: Any, profile: Profile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.profile = profile
        owner: Any = profile.owner
        self.fields["function"].choices = terms.choices("fonctions", blank="—")  # type: ignore[attr-defined]
        self.fields["region"].choices = terms.choices("regions", blank="—")  # type: ignore[attr-defined]
        for field in fields.PROFILE:
            visible = VisibilityField(field, PROFILE_LEVELS, fields.level_of(profile, field))
            self.fields[visible_name(field.name)] = visible
            if field.name in self.fields:
                self.initial.setdefault(field.name, fields.raw(profile, field))
        for name in ("first_name", "last_name", "language"):
            self.initial.setdefault(name, getattr(owner, name))
        if not owner.photo:
            del self.fields["remove_photo"]

    def values(self) -> dict[str, Any]:
        """What `update_profile` takes; the photo and the consent have their own services."""
        apart = ("newsletter", "photo", "remove_photo")
        given = {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in apart and not name.startswith("visible_")
        }
        return given | {"visibility": self.profile.visibility | self.visibility()}


class MemberFilter(forms.Form):
    """`?q= region= fonction= organisme= mot= sens=` of the members' directory."""

    q = forms.CharField(label=_("Name, organisation or keyword"), required=False, max_length=80)
    fonction = forms.ChoiceField(label=_("Function"), required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)
    organisme = forms.TypedChoiceField(
        label=_("Organisation"), required=False, coerce=int, empty_value=None
    )
    mot = forms.CharField(label=_("Keyword"), required=False, max_length=60)
    sens = forms.ChoiceField(
        label=_("Keyword in"),
        required=False,
        choices=(
            ("", _("I can help and I am looking for")),
            ("aide", _("I can help")),
            ("cherche", _("I am looking for")),
        ),
    )

    def __init__(self, *args: Any, organisations: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = _("Any")
        self.fields["fonction"].choices = terms.choices("fonctions", blank=everything)  # type: ignore[attr-defined]
        self.fields["region"].choices = terms.choices("regions", blank=everything)  # type: ignore[attr-defined]
        self.fields["organisme"].choices = [("", everything), *organisations]  # type: ignore[attr-defined]


class OrganisationFilter(forms.Form):
    """`?q= region= milieu= age= intervention=` of the organisations' directory."""

    q = forms.CharField(label=_("Name, place or keyword"), required=False, max_length=80)
    region = forms.ChoiceField(label=_("Region"), required=False)
    milieu = forms.ChoiceField(label=_("Setting"), required=False)
    age = forms.ChoiceField(label=_("Age group"), required=False)
    intervention = forms.ChoiceField(label=_("Type of intervention"), required=False)

    SCHEMES = {
        "region": "regions",
        "milieu": "milieux",
        "age": "groupes_age",
        "intervention": "types_intervention",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, scheme in self.SCHEMES.items():
            self.fields[name].choices = terms.choices(scheme, blank=_("Any"))  # type: ignore[attr-defined]


def kept(form: forms.Form) -> dict[str, Any]:
    """The filters that make sense; a wrong one in the address counts as none."""
    form.is_valid()
    return {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}
