"""Fields that only documents have: who contributed, keywords, words of the lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core import terms
from library import errors
from library.models import Document
from library.roles import ROLES
from library.services.metadata import MAX_CONTRIBUTORS
from library.vocabularies import FACETS

# Empty rows below those that are filled in.
ROOM = 2
SEPARATOR = ":"

FACET_LABELS = {
    "theme": _("Themes"),
    "determinant": _("Determinants of school perseverance"),
    "public": _("Audience"),
    "ordre": _("School level"),
    "region": _("Region"),
    "milieu": _("Setting"),
}


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class ContributorsInput(forms.Widget):
    """Rows of a name and a role."""

    template_name = "library/widgets/contributors.html"
    use_fieldset = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, str]]:
        names = data.getlist(f"{name}-name") if hasattr(data, "getlist") else []
        roles = data.getlist(f"{name}-role") if hasattr(data, "getlist") else []
        rows = zip(names, roles, strict=False)
        return [{"name": who, "role": role} for who, role in rows if who.strip()]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-name" not in data

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        filled = list(value or [])[:MAX_CONTRIBUTORS]
        context["rows"] = [*filled, *({"name": "", "role": "ctb"} for _row in range(ROOM))]
        context["roles"] = ROLES.items()
        return context

    def id_for_label(self, id_: str | None) -> str:
        return ""


class ContributorsField(forms.Field):
    widget = ContributorsInput

    def clean(self, value: Any) -> list[dict[str, str]]:
        found: list[dict[str, str]] = value or []
        if any(one["role"] not in ROLES for one in found):
            raise forms.ValidationError(str(errors.UnknownChoice("contributors")))
        return found


class TagsField(forms.CharField):
    """Keywords separated by commas; the value is their list."""

    def to_python(self, value: Any) -> Any:
        written = super().to_python(value) or ""
        return [tag for tag in written.replace(";", ",").split(",") if tag.strip()]

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else ", ".join(value or ())


class FacetField(forms.MultipleChoiceField):
    """The words of a facet, each known by its list and its code. `kept` are words that the
    document already has, and that its list may no longer offer."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, facet: str, kept: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        offered = {
            f"{scheme}{SEPARATOR}{code}": label
            for scheme in FACETS[facet]
            for code, label in terms.scheme(scheme).items()
        }
        for scheme, code in kept:
            if scheme in FACETS[facet]:
                offered.setdefault(f"{scheme}{SEPARATOR}{code}", terms.label(scheme, code))
        super().__init__(
            choices=list(offered.items()), required=False, label=FACET_LABELS[facet], **kwargs
        )


def by_scheme(values: Iterable[str]) -> dict[str, Collection[str]]:
    """“publics:parents” and its like, as services take them."""
    found: dict[str, list[str]] = defaultdict(list)
    for value in values:
        scheme, _colon, code = value.partition(SEPARATOR)
        found[scheme].append(code)
    return dict(found)


def said_words(document: Document) -> list[tuple[str, str]]:
    """The words of a document: (list, code)."""
    return list(document.terms.values_list("scheme", "code"))
