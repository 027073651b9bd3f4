"""The mails of trials: “have you tried it?”, told, evidence that expired or is in doubt."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from community.audience import moderators_of
from core.events import on
from core.mail import Message, message, queue_many
from core.models import OutgoingMail
from core.site import absolute
from notifications import questions
from notifications.links import stop_url
from practices.models import Evidence, Interest, Sheet, Trial
from practices.querysets import bearers_of
from practices.services.evidence import doubted, newest
from practices.services.interest import QUESTION, may_be_asked

questions.register(QUESTION, gettext_lazy("Whether I tried the practice sheets that I keep"))


def _page(name: str, sheet: Sheet) -> str:
    return absolute(reverse(f"practices:{name}", args=(sheet.pk,)))


@message("trial_question")
def trial_question(mail: OutgoingMail) -> Message | None:
    """“Have you tried it?”, once a sheet, to who kept or downloaded it: the sheets of the day of
    which the question makes sense and that she has not answered. Its links lead to pages: none of
    them answers by itself."""
    person = mail.recipient
    if person is None:
        return None
    asked = mail.data.get("rows", [mail.object_id or 0])
    rows = Interest.objects.filter(pk__in=asked, user=person, answer="")
    found = [row for row in rows.select_related("sheet", "user") if may_be_asked(row)]
    found.sort(key=lambda row: asked.index(row.pk))
    if not found:
        return None
    one = len(found) == 1
    return Message(
        template="trial_question" if one else "trial_questions",
        context=_asked(found[0]) if one else {"sheets": [_asked(row) for row in found]},
        why=_("You kept or downloaded this practice sheet. You are asked once.")
        if one
        else _("You kept or downloaded these practice sheets. You are asked once of each."),
        unsubscribe_url=stop_url(person, QUESTION, 0),
    )


def _asked(row: Interest) -> dict[str, Any]:
    """A sheet of the question, with the three ways to answer."""
    asked = _page("asked", row.sheet)
    return {
        "title": row.sheet.title,
        "kept": row.saved_at is not None,
        "yes_url": _page("try", row.sheet),
        "not_yet_url": f"{asked}?reponse=pas-encore",
        "no_url": f"{asked}?reponse=non",
    }


# ------------------------------------------------------------------------------- to its bearers


@on("trial.told")
def tell_bearers(payload: dict[str, Any]) -> None:
    """One mail to each bearer but who told it."""
    trial = Trial.objects.filter(pk=payload["trial"]).first()
    if trial is not None:
        people = bearers_of(trial.sheet_id).exclude(pk=trial.owner_id or 0)
        queue_many("trial_told", to=people, about=trial, dedupe=f"trial_told:{trial.pk}")


@message("trial_told")
def trial_told(mail: OutgoingMail) -> Message | None:
    """To who bears the sheet, if she still does and the trial still stands."""
    person = mail.recipient
    if person is None:
        return None
    rows = Trial.objects.readable_by(person).select_related("sheet", "organisation")
    trial = rows.filter(pk=mail.object_id or 0).first()
    if trial is None or not bearers_of(trial.sheet_id).filter(pk=person.pk).exists():
        return None
    return Message(
        context={
            "title": trial.sheet.title,
            "organisation": trial.organisation.name if trial.organisation is not None else "",
            "outcome": trial.get_outcome_display(),
            "lesson": trial.lesson,
            "url": absolute(trial.get_absolute_url()),
        },
        why=_("You look after this practice sheet."),
    )


@on("evidence.expired")
def tell_expired(payload: dict[str, Any]) -> None:
    """To the bearers, and to the animators, who may decide again."""
    _tell_deciders("evidence_expired", payload["evidence"])


@on("evidence.doubted")
def tell_doubted(payload: dict[str, Any]) -> None:
    """To the same, once a decision, however many trials follow those that put it in doubt; once
    more when one is told after the queue has forgotten that mail (`core.prune`)."""
    _tell_deciders("evidence_doubted", payload["evidence"])


def _tell_deciders(name: str, pk: int) -> None:
    evidence = Evidence.objects.filter(pk=pk).first()
    if evidence is not None:
        bearers, animators = bearers_of(evidence.sheet_id), moderators_of(None)
        people = User.objects.filter(
            Q(pk__in=bearers.values("pk")) | Q(pk__in=animators.values("pk"))
        )
        queue_many(name, to=people, about=evidence, dedupe=f"{name}:{evidence.pk}")


@message("evidence_expired")
def evidence_expired(mail: OutgoingMail) -> Message | None:
    """While nobody has decided again, to who may."""
    rows = Evidence.objects.filter(pk=mail.object_id or 0).exclude(expiry="")
    evidence = rows.select_related("sheet").first()
    if evidence is None or evidence.sheet.evidence_expiry != evidence.expiry:
        return None
    return _to_decide_again(mail, evidence, reason=evidence.get_expiry_display())


@message("evidence_doubted")
def evidence_doubted(mail: OutgoingMail) -> Message | None:
    """While it is in force and trials may contradict it, to who may decide again."""
    rows = newest().filter(pk=mail.object_id or 0)
    evidence = rows.select_related("sheet").first()
    if evidence is None or not doubted(evidence):
        return None
    return _to_decide_again(mail, evidence)


def _to_decide_again(mail: OutgoingMail, evidence: Evidence, **words: str) -> Message | None:
    person = mail.recipient
    if person is None:
        return None
    mine = Sheet.objects.published().filter(pk=evidence.sheet_id)
    bears = mine.borne_by(person).exists()
    if not (bears or mine.moderated_by(person).exists()):
        return None
    return Message(
        context=words | {"title": evidence.sheet.title, "url": _page("evidence", evidence.sheet)},
        why=_("You look after this practice sheet.") if bears else _("You animate the directory."),
    )
