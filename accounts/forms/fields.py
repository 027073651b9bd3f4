"""Fields that say in plain words what is to be mended."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models.organisation import CHARITY_PATTERN, NEQ_PATTERN
from accounts.models.user import normalise_address
from accounts.numbers import NEQ_LENGTH, clean_charity_number, clean_neq


class AddressField(forms.CharField):
    """An e-mail address; each thing that can be wrong with it has its sentence."""

    widget = forms.EmailInput
    default_error_messages = {"required": gettext_lazy("Write an e-mail address.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 254, "strip": True} | kwargs)

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if not text:
            return ""
        address = normalise_address(text)
        problem = address_problem(address)
        if problem:
            raise ValidationError(problem, code="invalid")
        return address


def address_problem(address: str) -> str:
    """What is wrong with an address, in one sentence; nothing when it could work."""
    name, at, host = address.partition("@")
    if not at:
        return _("The @ sign is missing from this e-mail address.")
    if not name:
        return _("This e-mail address has nothing before the @ sign.")
    if "@" in host:
        return _("This e-mail address has more than one @ sign: give only one address.")
    if re.search(r"\s", address):
        return _("This e-mail address has a space in it.")
    if "." not in host.strip("."):
        return _("This e-mail address has no domain.")
    if ".." in address or host.startswith(".") or host.endswith(".") or name.endswith("."):
        return _("A dot is out of place in this e-mail address.")
    try:
        EmailValidator()(address)
    except ValidationError:
        return _("This e-mail address has a sign that addresses do not have.")
    return ""


class NeqField(forms.CharField):
    """A NEQ, spaces and hyphens aside. The pattern blocks, the checksum never does."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 30} | kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {"inputmode": "numeric", "autocomplete": "off"}

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if not text:
            return ""
        neq = clean_neq(text)
        if not re.fullmatch(r"[0-9]+", neq):
            raise ValidationError(_("A NEQ is made of digits only."), code="invalid")
        gap = NEQ_LENGTH - len(neq)
        if gap > 0:
            raise ValidationError(
                ngettext(
                    "A NEQ has ten digits; one is missing.",
                    "A NEQ has ten digits; %(gap)s are missing.",
                    gap,
                )
                % {"gap": gap},
                code="invalid",
            )
        if gap < 0:
            raise ValidationError(
                ngettext(
                    "A NEQ has ten digits; there is one too many.",
                    "A NEQ has ten digits; there are %(gap)s too many.",
                    -gap,
                )
                % {"gap": -gap},
                code="invalid",
            )
        NEQ_PATTERN(neq)
        return neq


class CharityNumberField(forms.CharField):
    """A charity registration number, written in any way."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 30} | kwargs)

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if not text:
            return ""
        number = clean_charity_number(text)
        CHARITY_PATTERN(number)
        return number


class LooseField(forms.CharField):
    """Takes what was typed as it is, cut to what fits: for a draft, which nobody judges."""

    def __init__(self, of: forms.CharField) -> None:
        super().__init__(required=False, label=of.label, help_text=of.help_text, widget=of.widget)
        self.longest = of.max_length

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        return text[: self.longest] if self.longest else text
