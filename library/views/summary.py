"""The summary of what is to be mended, when a page holds several forms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any


class Several:
    """Several forms as one, for the summary of what is to be mended; `labels` say whose a field
    is, where it could be of any of them."""

    def __init__(self, forms: Sequence[Any], labels: Sequence[str] = ()) -> None:
        self.forms = forms
        self.labels = [*labels, *("" for _form in forms)]
        self.errors = [name for form in forms for name in form.errors]

    def non_field_errors(self) -> list[str]:
        return [error for form in self.forms for error in form.non_field_errors()]

    def __iter__(self) -> Iterator[Any]:
        for form, label in zip(self.forms, self.labels, strict=False):
            for one in form:
                yield _Labelled(one, label) if label else one


class _Labelled:
    """A field of a form, whose label says of which."""

    def __init__(self, field: Any, label: str) -> None:
        self.field_of_form = field
        self.label = f"{label}, {field.label}"

    def __getattr__(self, name: str) -> Any:
        return getattr(self.field_of_form, name)
