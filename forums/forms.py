"""The boxes in which people write, and the filters of the list."""

from __future__ import annotations

from typing import Any, Self

from django import forms
from django.conf import settings
from django.urls import reverse, reverse_lazy
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from community.models import SubCommunity
from core import terms
from core.errors import Refused
from core.formfields import FilesField, FilesInput, KeptFilesField
from forums import errors
from forums.services.common import MAX_TAG, MAX_TAGS, MAX_TITLE

# Which field a refusal is about; the others are said above the form.
FIELD_OF: dict[type[Refused], str] = {
    errors.EmptyMessage: "text",
    errors.TooLong: "text",
    errors.TitleTooLong: "title",
    errors.UnknownKind: "kind",
    errors.TooManyTags: "tags",
    errors.UnnamedNotAllowed: "unnamed",
    errors.ForeignAttachment: "files",
    errors.ReasonNeeded: "reason",
    errors.WrongHour: "later",
    errors.TooManyScheduled: "later",
}


# Images of the editor come through the one door too, and are tied to the message they appear in.
UPLOAD = reverse_lazy("core:upload")


class Box(forms.Form):
    """The box in which one writes: plain text, or HTML when the editor says so."""

    text = forms.CharField(
        label=_("Your message"),
        strip=False,
        widget=forms.Textarea(
            attrs={
                "rows": 6,
                "class": "field",
                "data-editor": "",
                "data-upload": UPLOAD,
                "data-mentions": reverse_lazy("forums:mentions"),
                "data-people": _("People to name"),
            }
        ),
        error_messages={"required": lazystr(errors.EmptyMessage.message)},
    )
    writer = forms.CharField(required=False, widget=forms.HiddenInput)
    text_format = forms.CharField(required=False, widget=forms.HiddenInput)
    # This very form: a second sending of it is the same message, and its draft bears its name.
    submission = forms.UUIDField(required=False, widget=forms.HiddenInput)
    # The revision of the draft that this form shows, or nothing.
    brouillon = forms.IntegerField(required=False, widget=forms.HiddenInput)

    @property
    def is_html(self) -> bool:
        value = self.data.get("text_format") if self.is_bound else self.initial.get("text_format")
        return value == "html"

    def refuse(self, refusal: Refused) -> None:
        """Say the refusal beside its field, or above the form."""
        field = FIELD_OF.get(type(refusal))
        self.add_error(field if field in self.fields else None, str(refusal))

    def written(self) -> dict[str, Any]:
        """The text as services take it."""
        value = self.cleaned_data["text"]
        return {"html": value} if self.is_html else {"text": value}

    def quiet(self) -> Self:
        """The same form, shown again without a word on what is missing."""
        self.full_clean()
        self.errors.clear()
        return self


class Writing(Box):
    """What every composer has: the box, the files, and the marks of this very form."""

    files = FilesField(  # type: ignore[assignment]  # (Django keeps the sent files there)
        label=_("Attached files"),
        required=False,
        widget=FilesInput(attrs={"data-files": "", "data-max": settings.UPLOAD_MAX_BYTES}),
    )
    kept = KeptFilesField(required=False)
    unnamed = forms.BooleanField(
        label=_("Without my name"),
        required=False,
        help_text=_(
            "Members will not see who wrote. The animation team of this space can, and "
            "each look is logged."
        ),
    )
    as_animation = forms.BooleanField(label=_("In the name of the animation team"), required=False)
    later = forms.DateTimeField(
        label=_("Publish later"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Left empty, it is published at once."),
    )

    def __init__(
        self, *args: Any, unnamed: bool = False, moderates: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not unnamed:
            del self.fields["unnamed"]
        if not moderates:
            del self.fields["as_animation"]

    def flags(self) -> dict[str, Any]:
        """What was ticked, also when this form has no such box: whoever asked to be unnamed in a
        space that does not take it is refused, not published under her name."""
        return {name: bool(self.data.get(name)) for name in ("unnamed", "as_animation")}


class ReplyForm(Writing):
    parent = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("Your reply")


class ThreadForm(Writing):
    """One field is enough: the text. The rest is proposed."""

    # What the thread is about, as `core.links.parse` reads it.
    about = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    title = forms.CharField(
        label=_("Title"),
        required=False,
        max_length=MAX_TITLE,
        help_text=_("Left empty, it is made of your first sentence."),
        error_messages={"max_length": lazystr(errors.TitleTooLong.message)},
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    tags = forms.CharField(
        label=_("Keywords"),
        required=False,
        max_length=(MAX_TAG + 2) * MAX_TAGS,
        help_text=_("Separated by commas: refus scolaire, familles…"),
    )

    field_order = ("text", "space", "title", "kind", "tags", "files", "unnamed", "as_animation")

    def __init__(
        self, *args: Any, spaces: list[SubCommunity], space: SubCommunity, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.space = space
        # The choices are those already loaded: validating one costs no query.
        place = SpaceField({one.slug: one for one in spaces}, label=_("Where"))
        place.widget.attrs |= {"hx-get": reverse("forums:reach"), "hx-target": "#reach"}
        place.widget.attrs |= {"hx-swap": "outerHTML", "class": "short"}
        self.fields["space"] = place
        self.order_fields(self.field_order)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)  # noqa: S101 (for the type checker)
        kind.choices = terms.choices("types_fil")


class SpaceField(forms.ChoiceField):
    """One of the spaces given, by its slug; the value is the space itself. `blank` names the choice
    of none, which is then the first."""

    def __init__(self, spaces: dict[str, SubCommunity], blank: str = "", **kwargs: Any) -> None:
        self.spaces = spaces
        first = [("", blank)] if blank else []
        super().__init__(choices=[*first, *((s.slug, s.name) for s in spaces.values())], **kwargs)

    def clean(self, value: Any) -> SubCommunity | None:
        return self.spaces.get(super().clean(value))


class EditForm(Box):
    """An opening message also has its title; who is not the author says why."""

    title = forms.CharField(
        label=_("Title"),
        max_length=MAX_TITLE,
        error_messages={"max_length": lazystr(errors.TitleTooLong.message)},
    )
    tags = ThreadForm.base_fields["tags"]
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("Kept with the earlier version; its author can read it."),
    )

    def __init__(self, *args: Any, opening: bool, mine: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not opening:
            del self.fields["title"], self.fields["tags"]
        if mine:
            del self.fields["reason"]


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200)


class FilterForm(forms.Form):
    """The filters of the list, in French in the address since people share it."""

    mot = forms.CharField(required=False, max_length=60)
    espace = forms.ChoiceField(label=_("Space"), required=False)
    type = forms.ChoiceField(label=_("Kind"), required=False)

    def __init__(self, *args: Any, spaces: list[SubCommunity], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spaces = {space.slug: space for space in spaces}
        choices = [(space.slug, space.name) for space in spaces]
        for name, blank, options in (
            ("espace", _("All spaces"), choices),
            ("type", _("All kinds"), terms.choices("types_fil")),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 (for the type checker)
            field.choices = [("", blank), *options]

    def chosen(self) -> dict[str, str]:
        """What is asked and makes sense; an unknown value filters nothing."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def split_tags(value: str) -> list[str]:
    return [tag for tag in value.replace(";", ",").split(",") if tag.strip()]
