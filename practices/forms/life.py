"""The small forms around a sheet: beginning it, and what goes with each act of its life."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, User
from accounts.querysets import active_q
from core.audience import State
from core.composing import Composed
from practices.sections import BY_NAME
from practices.services.life import nears_review, next_review

if TYPE_CHECKING:
    from practices.models import Sheet

# A sheet is looked at again within three years at most.
LATEST = timedelta(days=3 * 366)
ROWS = 4


class BeginForm(Composed):
    """A title, and for an animator the organisation that bears the sheet."""

    READ = ("title",)

    title = forms.CharField(
        label=gettext_lazy("What is the practice called?"),
        help_text=gettext_lazy("As you name it among yourselves; it can change."),
    )
    bearer = forms.ModelChoiceField(
        label=gettext_lazy("Bearing organisation"),
        queryset=Organisation.objects.none(),
        empty_label="—",
    )
    submission = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["submission"].initial = uuid.uuid4
        field: Any = self.fields["bearer"]
        if user.is_animator:
            rows = Organisation.objects.readable_by(user).filter(state=State.PUBLISHED)
            field.queryset = rows.order_by("name")
            field.initial = user.organisation_id
        else:
            del self.fields["bearer"]

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"]
        most = BY_NAME["identite"].field("title").most
        if len(title) > most:
            raise forms.ValidationError(
                _("This text is too long: it takes %(most)s characters.") % {"most": most}
            )
        return title

    @property
    def organisation(self) -> Organisation | None:
        """The chosen organisation, or her own."""
        chosen: Organisation | None = self.cleaned_data.get("bearer")
        return chosen or self.user.organisation


class ActForm(Composed):
    """What is asked before an act: nothing."""

    def __init__(self, *args: Any, sheet: Sheet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet = sheet

    def given(self) -> dict[str, Any]:
        """The arguments of the service."""
        return dict(self.cleaned_data)


def _words(label: Any, *, required: bool, most: int, help: Any = "") -> forms.CharField:
    box = forms.Textarea(attrs={"rows": ROWS})
    return forms.CharField(
        label=label, required=required, max_length=most, help_text=help, widget=box
    )


class SubmitForm(ActForm):
    READ = ("words",)
    words = _words(gettext_lazy("A word for who reviews it"), required=False, most=2000)


class CorrectionsForm(ActForm):
    READ = ("words",)
    words = _words(
        gettext_lazy("What is to be corrected"),
        required=True,
        most=2000,
        help=gettext_lazy("Its bearers read it on the sheet."),
    )


class RefusalForm(ActForm):
    READ = ("words",)
    words = _words(
        gettext_lazy("Why it is refused"),
        required=True,
        most=2000,
        help=gettext_lazy("Its bearers read it on the sheet, and may make it again."),
    )


class PublishForm(ActForm):
    READ = ("words",)
    review_on = forms.DateField(
        label=gettext_lazy("To be looked at again on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    words = _words(gettext_lazy("A word for its bearers"), required=False, most=2000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["review_on"].initial = next_review

    def clean_review_on(self) -> date:
        day: date = self.cleaned_data["review_on"]
        today = timezone.localdate()
        if not today < day <= today + LATEST:
            raise forms.ValidationError(_("Choose a day to come, within three years."))
        return day


class ChangesForm(ActForm):
    READ = ("note",)
    note = _words(
        gettext_lazy("What changed"),
        required=False,
        most=400,
        help=gettext_lazy("Members read it in the list of versions."),
    )
    # Asked when its review is due or near.
    reviewed = forms.BooleanField(
        label=gettext_lazy("I read it again in full: it is reviewed for twelve months"),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not nears_review(self.sheet):
            del self.fields["reviewed"]


class WordsForm(ActForm):
    READ = ("words",)
    words = _words(gettext_lazy("A word, for the life of the sheet"), required=False, most=2000)


class NotedForm(ActForm):
    READ = ("words",)
    words = _words(
        gettext_lazy("From whom, when, how"),
        required=True,
        most=2000,
        help=gettext_lazy(
            "For example: the director, on 12 November, by mail. It is kept in the life of the "
            "sheet."
        ),
    )


class WithdrawalForm(ActForm):
    READ = ("reason",)
    reason = _words(
        gettext_lazy("Reason"),
        required=True,
        most=400,
        help=gettext_lazy("Whoever read the sheet finds it at its address."),
    )


class BearersForm(ActForm):
    """Who looks after the sheet, among the people of the organisation that bears it."""

    people = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Who looks after this sheet"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(active_q(), organisation=self.sheet.bearer_id)
        people = people.exclude(role=User.Role.GUEST).order_by("last_name", "first_name")
        field: Any = self.fields["people"]
        field.queryset = people
        field.label_from_instance = lambda one: one.full_name
        field.initial = [one.user_id for one in self.sheet.bearers.all()]
