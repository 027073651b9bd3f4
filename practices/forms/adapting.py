"""The form of an adaptation: its title, and what becomes of each essential component."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from practices.forms.typed import Typed
from practices.services.adapting import MOST_COMPONENT


class AdaptingForm(forms.Form):
    """`components` are the essential ones of the practice of origin; `ask` says that its
    organisation wishes to be asked first; `titled` that the adaptation gets its title here."""

    def __init__(
        self,
        data: QueryDict | None,
        *,
        components: list[str],
        ask: bool = False,
        titled: bool = True,
        instead: list[str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.names = [f"instead{number}" for number in range(len(components))]
        if titled:
            self.fields["title"] = forms.CharField(
                label=_("Title"),
                max_length=160,
                help_text=_("The one that your organisation gives to its own way of doing."),
            )
        filled = instead or [""] * len(components)
        for name, component, text in zip(self.names, components, filled, strict=False):
            self.fields[name] = forms.CharField(
                label=component,
                max_length=MOST_COMPONENT,
                required=False,
                initial=text,
                help_text=_("Replaced by… Leave it empty if you keep it."),
            )
        if ask:
            self.fields["agreed"] = forms.BooleanField(
                label=_("I asked this organisation, and it agreed"),
            )

    @property
    def of_components(self) -> list[Any]:
        """The bound fields of the components."""
        return [self[name] for name in self.names]

    @property
    def instead(self) -> list[str]:
        return [self.cleaned_data.get(name, "") for name in self.names]

    def typed(self, data: QueryDict) -> Iterator[Typed]:
        """The texts that others will read, as they were typed."""
        titled = ["title"] if "title" in self.fields else []
        for name in (*titled, *self.names):
            yield Typed(name, str(self.fields[name].label), data.get(name, ""))

    def refuse(self, refusal: Refused) -> None:
        named = getattr(refusal, "field", "")
        self.add_error(named if named in self.fields else None, str(refusal))

    def quiet(self) -> None:
        """Show again what was typed, without a word on what is missing."""
        self.full_clean()
        self.errors.clear()
