"""The form of a trial: three answers are enough."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from core import terms
from core.composing import Composed
from practices.errors import FieldMissing, NoOrganisation, OneOfYourOrganisation
from practices.models import Trial
from practices.services.trials import LINES, REQUIRED, SCHEMES, TEXTS

if TYPE_CHECKING:
    from accounts.models import User

OUTCOMES = [
    (Trial.Outcome.BETTER, _("Better: the young people are better off for it")),
    (Trial.Outcome.SAME, _("No difference that we saw")),
    (Trial.Outcome.WORSE, _("Worse")),
    (Trial.Outcome.ABANDONED, _("Abandoned along the way: that teaches just as much")),
]
# She does not know whether they were kept: the same as saying nothing, and easier to choose.
UNKNOWN = "ne-sais-pas"
KEPT = [*Trial.Faithful.choices, (UNKNOWN, _("I do not know"))]
# Asked first, what is not required among them; the rest is folded.
SHOWN = (*REQUIRED, "faithful")
FIELDS = (*LINES, *TEXTS, *SCHEMES, "outcome", "planned", "faithful", "young_people")


def _text(label: Any, rows: int, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, widget=forms.Textarea(attrs={"rows": rows}), **more
    )


def _choice(label: Any, choices: Any, **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, required=False, choices=choices, widget=forms.RadioSelect, **more
    )


class TrialForm(Composed):
    """What is required is asked first, with whether it was this practice at all: trials that do not
    say so contradict no level. The rest is folded. An animator says for whom she tells it."""

    READ = (*LINES, *TEXTS)
    FIELD_OF = {NoOrganisation: "organisation", OneOfYourOrganisation: "organisation"}

    period = forms.CharField(
        label=_("When"),
        required=False,
        help_text=_("A month or a season is enough: autumn 2025, from January to April."),
    )
    outcome = forms.ChoiceField(
        label=_("What became of it"), required=False, choices=OUTCOMES, widget=forms.RadioSelect
    )
    lesson = _text(
        _("What is to be remembered"),
        4,
        help_text=_("What would you say to a colleague who begins tomorrow?"),
    )
    changed = _text(
        _("What you changed"),
        3,
        help_text=_("The hours, the place, who does it, the length… Nothing changed? Leave empty."),
    )
    changed_by = forms.CharField(
        label=_("Who decided the change"),
        required=False,
        help_text=_("A function or a team, no name: the team, the partner school."),
    )
    planned = _choice(_("The change was"), Trial.Planned.choices)
    faithful = _choice(_("Were the essential components kept?"), KEPT)
    why = _text(_("Why this change"), 3)
    young_people = forms.CharField(
        label=_("How many young people"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short"}),
    )
    setting = forms.ChoiceField(label=_("Setting"), required=False)
    region = forms.ChoiceField(label=_("Region"), required=False)
    organisation = forms.ModelChoiceField(
        label=_("Organisation that tried it"), queryset=Organisation.objects.none(), required=False
    )

    def __init__(
        self, *args: Any, by: User, moderates: bool, trial: Trial | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, scheme in SCHEMES.items():
            offered = dict(terms.scheme(scheme))
            if trial is not None and (kept := getattr(trial, name)):
                offered.setdefault(kept, terms.label(scheme, kept))
            empty = _("As my organisation") if trial is None else "—"
            self.fields[name].choices = [("", empty), *offered.items()]  # type: ignore[attr-defined]
        if moderates and trial is None:
            rows = Organisation.objects.readable_by(by).order_by("name")
            self.fields["organisation"].queryset = rows  # type: ignore[attr-defined]
            self.fields["organisation"].empty_label = (  # type: ignore[attr-defined]
                by.organisation.name if by.organisation is not None else _("Choose")
            )
        else:
            del self.fields["organisation"]
        for name in REQUIRED:
            self.fields[name].widget.attrs["required"] = True
            self.fields[name].asked = True  # type: ignore[attr-defined]
            # All three at once: the service would name them one by one.
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = FieldMissing.message

    @property
    def more_is_wrong(self) -> bool:
        """Whether something that is folded is filled in, or to be mended."""
        folded = [name for name in self.fields if name not in SHOWN]
        return any(self[name].errors or self[name].value() for name in folded)

    def given(self) -> dict[str, Any]:
        found = {name: self.cleaned_data.get(name, "") for name in FIELDS}
        if found["faithful"] == UNKNOWN:
            found["faithful"] = ""
        if self.cleaned_data.get("organisation") is not None:
            found["organisation"] = self.cleaned_data["organisation"]
        return found


def initial_of(trial: Trial) -> dict[str, Any]:
    return {name: getattr(trial, name) for name in FIELDS}
