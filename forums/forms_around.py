"""The forms of what stands around a thread: polls, reminders, the synthesis."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from forums import errors
from forums.forms import Box
from forums.services.polls import MAX_QUESTION


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def format_value(self, value: Any) -> str | None:
        return value.isoformat() if isinstance(value, date) else value


class Refusing(forms.Form):
    """A form that says a refusal of a service beside its field, or above."""

    field_of: dict[type[Refused], str] = {}

    def refuse(self, refusal: Refused) -> None:
        self.add_error(self.field_of.get(type(refusal)), str(refusal))


class PollForm(Refusing):
    """`title` and `text` are named as in the composers, whose warning mends them."""

    title = forms.CharField(
        label=_("Question"),
        max_length=MAX_QUESTION,
        error_messages={"required": lazystr(errors.QuestionNeeded.message)},
    )
    text = forms.CharField(
        label=_("Answers to choose from"),
        widget=forms.Textarea(attrs={"rows": 5, "class": "field"}),
        help_text=_("One a line, from two to ten."),
        error_messages={"required": lazystr(errors.WrongChoices.message)},
    )
    closes_on = forms.DateField(
        label=_("Last day to answer"),
        widget=DayInput,
        error_messages={"required": lazystr(errors.WrongClosing.message)},
    )
    multiple = forms.BooleanField(label=_("Several answers may be chosen"), required=False)
    unnamed = forms.BooleanField(
        label=_("Without names"),
        required=False,
        help_text=_(
            "Who chose what is kept nowhere: nobody can tell, not even the animation team. The "
            "results are shown once the poll is closed, if at least five people answered. An "
            "answer cannot be changed."
        ),
    )

    field_of = {
        errors.QuestionNeeded: "title",
        errors.WrongChoices: "text",
        errors.WrongClosing: "closes_on",
    }


class ReminderForm(Refusing):
    """When to be reminded of a message: never, soon, or on a day of her choice."""

    DAY = "jour"

    when = forms.ChoiceField(
        label=_("Remind me by e-mail"),
        required=False,
        widget=forms.RadioSelect,
        choices=(
            ("", _("No reminder")),
            ("1", _("Tomorrow")),
            ("7", _("In a week")),
            ("30", _("In a month")),
            (DAY, _("On the day below")),
        ),
    )
    day = forms.DateField(label=_("Day"), required=False, widget=DayInput)

    field_of = {errors.WrongReminder: "day"}

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("when") == self.DAY and not given.get("day") and "day" not in self.errors:
            self.add_error("day", str(errors.WrongReminder.message))
        return given

    def chosen(self) -> date | None:
        when = self.cleaned_data["when"]
        if when == self.DAY:
            return self.cleaned_data["day"]
        return timezone.localdate() + timedelta(days=int(when)) if when else None


class SynthesisForm(Box):
    """The box of the composers without pictures; `number` is the version that is replaced."""

    number = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("What this thread comes to")
        self.fields["text"].widget.attrs.pop("data-upload", None)
