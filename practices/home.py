"""What sheets bring to the pages that show many kinds: home, the animators' console."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Aggregate, Count, Min, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from core.audience import State
from core.content import Awaiting, Decision, Section
from core.formats import active_language
from practices.models import Proposal, Sheet
from practices.permissions import may_write
from practices.querysets import answers_awaited, is_borne, reviews_awaited
from practices.sections import BY_NAME
from practices.services.reminders import DAYS

if TYPE_CHECKING:
    from accounts.models import User
    from practices.querysets import SheetQuerySet

HOME_ROWS = 3
REVIEW_MINUTES = 20
OPENING_MINUTES = 5
LATE_MINUTES = 10
# The bearers of a sheet have so many days to answer an improvement; then the animators may.
ANSWER_DAYS = 14
ANSWER_MINUTES = 10


def for_rows(rows: Any) -> Any:
    """What a row of a list draws of a sheet; in English, what it says in English too."""
    if active_language() == "en":
        return rows.select_related("bearer", "current")
    return rows.select_related("bearer")


def on_home(user: User) -> Section:
    """A place for what is new, which the page asks for once it is scrolled to: home has no query
    to spare."""
    return Section("practices/on_home.html", {})


def news(user: User) -> list[Sheet]:
    """The sheets improved last."""
    rows = Sheet.objects.readable_by(user).live()
    return list(for_rows(rows).improved_first()[:HOME_ROWS])


# ------------------------------------------------------------------- what awaits her own word


def _told(rows: QuerySet, sheet: str, count: Aggregate) -> Subquery:
    """How many there are in these rows, of how many sheets, and the first of these."""
    told = JSONObject(count=count, sheets=Count(sheet), first=Min(sheet))
    # All of them together: one row, even of nothing.
    return Subquery(rows.order_by().values(all=Value(1)).annotate(told=told).values("told"))


def answers_asked(user: User) -> Subquery | None:
    """The improvements of what she bears; a guest answers nothing."""
    if not may_write(user):
        return None
    return _told(answers_awaited(user), "sheet_id", Sum("sheet__waiting_count"))


def answers_said(told: dict[str, int] | None) -> Awaiting | None:
    if not (told and told["count"]):
        return None
    said = ngettext(
        "%(n)s improvement awaits your answer",
        "%(n)s improvements await your answer",
        told["count"],
    )
    one = reverse("practices:proposals", args=(told["first"],))
    return Awaiting(
        chip=gettext_lazy("Improvement"),
        title=said % {"n": told["count"]},
        url=one if told["sheets"] == 1 else reverse("practices:mine"),
    )


def due_asked(user: User) -> Subquery | None:
    """Of what she bears, what is to be looked at again; a guest looks after nothing."""
    if not may_write(user):
        return None
    return _told(reviews_awaited(user), "sheet_id", Count("sheet_id"))


def due_said(told: dict[str, int] | None) -> Awaiting | None:
    if not (told and told["count"]):
        return None
    said = ngettext(
        "%(n)s sheet of yours is to be reviewed",
        "%(n)s sheets of yours are to be reviewed",
        told["count"],
    )
    one = reverse("practices:life", args=(told["first"],))
    return Awaiting(
        chip=gettext_lazy("To be reviewed"),
        title=said % {"n": told["count"]},
        url=one if told["sheets"] == 1 else reverse("practices:mine"),
    )


def submitted_asked(user: User) -> Subquery | None:
    """For an animator: the sheets that were submitted, but those that a colleague took."""
    if not user.is_animator:
        return None
    taken = Q(progress=Sheet.Progress.REVIEW, claimed_by=user)
    rows = in_review(user).filter(taken | Q(progress=Sheet.Progress.SUBMITTED))
    return _told(rows, "pk", Count("pk"))


def submitted_said(told: dict[str, int] | None) -> Awaiting | None:
    if not (told and told["count"]):
        return None
    said = ngettext(
        "%(n)s submitted practice sheet", "%(n)s submitted practice sheets", told["count"]
    )
    one = reverse("practices:life", args=(told["first"],))
    return Awaiting(
        chip=gettext_lazy("Practice sheet"),
        title=said % {"n": told["count"]},
        url=one if told["sheets"] == 1 else reverse("admin:index"),
    )


# ------------------------------------------------------------------------------- the console


def in_review(user: User) -> SheetQuerySet:
    """The sheets that await a review by those who moderate them."""
    there = Sheet.objects.moderated_by(user).exclude(state__in=(State.HIDDEN, State.REMOVED))
    return there.filter(progress__in=Sheet.IN_REVIEW)


def to_open(user: User) -> SheetQuerySet:
    """The published sheets whose organisation consented to the showcase, to be opened or not."""
    return Sheet.objects.moderated_by(user).filter(awaits_opening=True, state=State.PUBLISHED)


def to_decide(user: User, rows: int) -> list[Decision]:
    """The sheets that await a review, those whose organisation consented to the showcase, and
    those that nobody looked at again in time, longest waiting first."""
    review = in_review(user).select_related("bearer", "claimed_by")
    opening = to_open(user).select_related("bearer")
    return [
        *(_decision(sheet) for sheet in review.order_by("submitted_at")[:rows]),
        *(_opening(sheet) for sheet in opening.order_by("consented_at")[:rows]),
        *(_late(sheet) for sheet in late(user)[:rows]),
    ]


def late(user: User) -> SheetQuerySet:
    """The published sheets that their bearers did not look at again in time, or that have none to
    do it (`borne`), the longest due first; not those whose next version is in review."""
    before = timezone.localdate() - timedelta(days=DAYS)
    there = Sheet.objects.moderated_by(user).unanswered().annotate(borne=is_borne("pk"))
    found = there.filter(Q(review_on__lte=before) | Q(borne=False))
    return found.select_related("bearer").order_by("review_on", "pk")


def _decision(sheet: Sheet) -> Decision:
    details = [sheet.bearer.name]
    if sheet.claimed_by is not None:
        details.append(_("taken by %(name)s") % {"name": sheet.claimed_by.full_name})
    return Decision(
        chip=gettext_lazy("Practice sheet"),
        title=sheet.title or _("Sheet without a title"),
        quiet_title=_("A submitted practice sheet"),
        since=sheet.submitted_at or sheet.updated_at,
        url=reverse("practices:life", args=(sheet.pk,)),
        action=pgettext_lazy("a button", "Review"),
        minutes=REVIEW_MINUTES,
        details=details,
    )


def _opening(sheet: Sheet) -> Decision:
    return Decision(
        chip=gettext_lazy("Showcase"),
        title=sheet.title or _("Sheet without a title"),
        quiet_title=_("A sheet to open to the public"),
        since=sheet.consented_at or sheet.updated_at,
        url=reverse("practices:life", args=(sheet.pk,)),
        action=gettext_lazy("Look at it"),
        minutes=OPENING_MINUTES,
        details=[sheet.bearer.name],
    )


def _late(sheet: Any) -> Decision:
    """What an animator does of a sheet that nobody looked at again: she names somebody, or answers
    in their place. `sheet` comes from `late`."""
    if sheet.borne:
        words = _("its bearers have not answered")
        quiet = _("%(organisation)s: a sheet that nobody reviewed in time")
        action, url = _("Confirm or archive"), reverse("practices:life", args=(sheet.pk,))
    else:
        words = _("nobody looks after it")
        quiet = _("%(organisation)s: a sheet that nobody looks after")
        action, url = _("Name somebody"), reverse("practices:act", args=(sheet.pk, "porteuses"))
    return Decision(
        chip=gettext_lazy("To be reviewed"),
        title=sheet.title,
        quiet_title=quiet % {"organisation": sheet.bearer.name},
        since=asked_at(sheet.review_on),
        url=url,
        action=action,
        minutes=LATE_MINUTES,
        details=[sheet.bearer.name, words],
        sort="sheet_late",
    )


def asked_at(day: date) -> datetime:
    """Since when a review of that day is asked for: pages say so from midnight, before the mail."""
    return timezone.make_aware(datetime.combine(day, time.min))


def proposals_to_decide(user: User, rows: int) -> list[Decision]:
    """The improvements that nobody answered in time, or that nobody is there to answer, longest
    waiting first."""
    waiting = unanswered(user).select_related("sheet", "organisation")
    return [_proposal_decision(one) for one in waiting.order_by("created_at", "pk")[:rows]]


def unanswered(user: User) -> QuerySet[Proposal]:
    """The improvements that nobody answered in time, or that nobody is there to answer."""
    before = timezone.now() - timedelta(days=ANSWER_DAYS)
    waiting = Proposal.objects.moderated_by(user).waiting().of_published_sheets()
    found: QuerySet[Proposal] = waiting.filter(Q(created_at__lt=before) | ~is_borne("sheet_id"))
    return found


def _proposal_decision(proposal: Proposal) -> Decision:
    by = proposal.organisation.name if proposal.organisation is not None else ""
    return Decision(
        chip=gettext_lazy("Improvement"),
        title=proposal.sheet.title,
        quiet_title=_("An improvement of a practice sheet to answer"),
        since=proposal.created_at,
        url=proposal.get_absolute_url(),
        action=gettext_lazy("Answer"),
        minutes=ANSWER_MINUTES,
        details=[one for one in (str(BY_NAME[proposal.section].label), by) if one],
    )
