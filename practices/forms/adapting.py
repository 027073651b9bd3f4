"""The form of an adaptation: its title, and what becomes of each essential component."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from core.composing import Composed
from core.text import French
from practices.services.adapting import MOST_COMPONENT


class AdaptingForm(Composed):
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
        self.READ = (*(["title"] if titled else []), *self.names)
        if titled:
            self.fields["title"] = forms.CharField(
                label=_("Title"),
                max_length=160,
                help_text=_("The one that your organisation gives to its own way of doing."),
            )
        filled = instead or [""] * len(components)
        for name, component, text in zip(self.names, components, filled, strict=False):
            self.fields[name] = forms.CharField(
                label=French(component),
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
