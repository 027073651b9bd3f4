"""How well a practice is known to work: who decides, with which source, and when it expires.

A level is a decision, dated and reasoned; thanks, trials and readings never raise it. The newest
decision is in force. The bearers decide from 0 to 2 (an experience, a clear logic, data of their
own); from 3 on, and “no effect”, an animator does, and only an animator replaces what an animator
decided there. From 2 on, and for “no effect”, it names its source.

A decision **expires**, and stays shown with the reason, when

- *its source no longer answers*: the link failed three times, at least a day apart. An answer that
  asks who we are, or to come back later, is an answer; when nothing of the web answers us, it is
  we who have no network, and nothing is counted (`core.probing`). A lone source whose host is gone,
  with no other link to tell the two apart, waits for its review date;
- *its review date has passed*;
- *trials contradict it*: since it was decided, at least three organisations told a trial that kept
  the essential components, and more than half of them went against it. An organisation counts
  once, by the last trial that it told, so that none can do it alone. Against a level from 2 to 5
  go “no difference”, “worse” and “abandoned”; against “no effect” goes “better”. Levels 0 and 1
  claim no effect: nothing contradicts them. A trial that changed the essential components, or does
  not say, speaks of another practice and does not count.

A decision is **doubted**, and stays in force, when it would be contradicted if the trials that do
not say whether they kept the essential components had kept them. The bearers and the animators are
told once, and members read so on the page of the level: somebody asks, looks, and decides again.

Only a new decision ends the expiry: what was doubted is looked at by somebody.
"""

from __future__ import annotations

import logging
import time
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from core import leases, log
from core.audience import State
from core.events import emit, on
from core.fetching import check_address
from core.probing import host_of, is_online, probe, wait
from core.schedule import daily, every
from practices.errors import (
    FieldMissing,
    FieldTooLong,
    GuestsRead,
    InThePast,
    NotABearer,
    OnlyAnimators,
    UnknownChoice,
    Withdrawn,
    WrongStage,
)
from practices.models import Evidence, EvidenceRequest, Sheet, Trial
from practices.services.common import locked, reviewable
from practices.services.life import next_review

if TYPE_CHECKING:
    from accounts.models import User
    from practices.permissions import Rights

logger = logging.getLogger(__name__)
Level, Expiry = Sheet.EvidenceLevel, Evidence.Expiry
BY_BEARERS = frozenset({Level.UNDOCUMENTED, Level.LOGIC, Level.DATA})
WITHOUT_SOURCE = frozenset({Level.UNDOCUMENTED, Level.LOGIC})
# Levels that claim an effect, or that there is none: what trials may contradict.
CLAIMS = frozenset(Level.values) - WITHOUT_SOURCE
ENOUGH_ORGANISATIONS = 3
COLUMNS: Any = Evidence._meta
MOST_LETTERS = {
    name: COLUMNS.get_field(name).max_length for name in ("level", "source", "source_url", "reason")
}

# Of the links of sources. A little less than a day: by the clock, the same hour of the next day.
AGAIN = timedelta(hours=23)
DEAD_AFTER = 3
MOST, SECONDS = 60, 480


def in_force(sheet: Sheet) -> Evidence | None:
    """The newest decision, expired or not."""
    return Evidence.objects.filter(sheet=sheet).first()


def newest() -> QuerySet[Evidence]:
    """Of each sheet, the newest decision."""
    rows = Evidence.objects.filter(sheet=OuterRef("sheet")).order_by("-decided_at", "-pk")
    return Evidence.objects.filter(pk=Subquery(rows.values("pk")[:1]))


def is_animators(evidence: Evidence | None) -> bool:
    """Whether only an animator replaces that decision."""
    return evidence is not None and evidence.level not in BY_BEARERS


# --------------------------------------------------------------------------------- decisions


@transaction.atomic
def decide(
    sheet: Sheet,
    level: str,
    *,
    by: User,
    source: str = "",
    source_url: str = "",
    reason: str = "",
    review_on: date | None = None,
) -> Evidence:
    """Decide the level of a published sheet; it is looked at again on `review_on` (in a year). What
    was asked of the animators is settled by it.

    Raises `Missing`, `Withdrawn`, `GuestsRead`, `NotABearer`, `WrongStage`, `OnlyAnimators`, and
    `UnknownChoice`, `FieldMissing`, `FieldTooLong`, `InThePast`, `NotAnAddress`.
    """
    sheet, rights = _weighable(sheet, by)
    words = _checked(level, source, source_url, reason)
    review_on = review_on or next_review()
    if review_on <= timezone.localdate():
        raise InThePast("review_on")
    if not rights.moderates and (level not in BY_BEARERS or is_animators(in_force(sheet))):
        raise OnlyAnimators
    evidence = Evidence.objects.create(sheet=sheet, by=by, review_on=review_on, **words)
    sheet.evidence, sheet.evidence_expiry = level, ""
    sheet.save(update_fields=("evidence", "evidence_expiry"))
    if rights.moderates:
        _settle(sheet, evidence)
    log.record("evidence.decided", sheet, by=by, level=level)
    emit("evidence.decided", evidence=evidence.pk, sheet=sheet.pk)
    return evidence


@transaction.atomic
def ask_for(
    sheet: Sheet, level: str, *, by: User, source: str, source_url: str = "", words: str = ""
) -> EvidenceRequest:
    """The bearers ask an animator for a level that is not theirs to decide. One request waits at a
    time: asking again says it otherwise.

    Raises as `decide`.
    """
    sheet, _rights = _weighable(sheet, by)
    found = _checked(level, source, source_url, words)
    said: dict[str, Any] = {name: found[name] for name in ("level", "source", "source_url")}
    said |= {"words": found["reason"], "by": by, "asked_at": timezone.now()}
    request, _made = EvidenceRequest.objects.update_or_create(
        sheet=sheet, settled_at=None, defaults=said
    )
    log.record("evidence.asked", sheet, by=by, level=level)
    emit("evidence.asked", request=request.pk, sheet=sheet.pk)
    return request


@transaction.atomic
def decline(request: EvidenceRequest, *, by: User) -> None:
    """The level that was asked for is not given. Raises `Missing`, `Withdrawn`, `OnlyAnimators`."""
    sheet = reviewable(Sheet(pk=request.sheet_id), by)
    _settle(sheet, None)
    log.record("evidence.declined", sheet, by=by)


def _settle(sheet: Sheet, evidence: Evidence | None) -> None:
    waiting = EvidenceRequest.objects.filter(sheet=sheet, settled_at=None)
    waiting.update(settled_at=timezone.now(), evidence=evidence)


def _weighable(sheet: Sheet, by: User) -> tuple[Sheet, Rights]:
    sheet, rights = locked(sheet, by)
    if not rights.alive:
        raise Withdrawn
    if not rights.writes:
        raise GuestsRead
    if not (rights.bears or rights.moderates):
        raise NotABearer
    if not rights.published:
        raise WrongStage
    return sheet, rights


def _checked(level: str, source: str, source_url: str, reason: str) -> dict[str, str]:
    if level not in Level.values:
        raise UnknownChoice("level")
    words = {
        "level": level,
        "source": " ".join(source.split()),
        "source_url": source_url.strip(),
        "reason": reason.strip(),
    }
    for name, value in words.items():
        if len(value) > MOST_LETTERS[name]:
            raise FieldTooLong(name)
    if level not in WITHOUT_SOURCE and not words["source"]:
        raise FieldMissing("source")
    if words["source_url"]:
        check_address(words["source_url"])
    return words


# ------------------------------------------------------------------------------------ expiry


@transaction.atomic
def reassess(sheet_id: int) -> str:
    """Look whether the decision of a sheet still holds; the reason why not, or nothing. What has
    expired already stays as it is."""
    sheet = Sheet.objects.select_for_update().filter(pk=sheet_id).first()
    evidence = in_force(sheet) if sheet is not None else None
    if sheet is None or evidence is None or evidence.expiry:
        return evidence.expiry if evidence is not None else ""
    why = _why_not(evidence)
    if why:
        evidence.expiry, evidence.expired_at = why, timezone.now()
        evidence.save(update_fields=("expiry", "expired_at"))
        sheet.evidence_expiry = why
        sheet.save(update_fields=("evidence_expiry",))
        log.record("evidence.expired", sheet, why=why)
        emit("evidence.expired", evidence=evidence.pk, sheet=sheet.pk)
    return why


def _why_not(evidence: Evidence) -> str:
    if evidence.source_url and evidence.link_failures >= DEAD_AFTER:
        return Expiry.SOURCE
    if evidence.review_on is not None and evidence.review_on < timezone.localdate():
        return Expiry.DATE
    return Expiry.TRIALS if contradicted(evidence) else Expiry.NONE


def contradicted(evidence: Evidence) -> bool:
    """The rule of the module: whether trials told since then go against it."""
    return _go_against(evidence, (Trial.Faithful.YES,))


def doubted(evidence: Evidence) -> bool:
    """Whether they would, did those that do not say so speak of the same practice."""
    return not evidence.expiry and _go_against(evidence, (Trial.Faithful.YES, ""))


def _go_against(evidence: Evidence, faithful: tuple[str, ...]) -> bool:
    if evidence.level not in CLAIMS:
        return False
    rows = Trial.objects.filter(
        sheet_id=evidence.sheet_id,
        state=State.PUBLISHED,
        faithful__in=faithful,
        created_at__gt=evidence.decided_at,
    )
    last: dict[int | None, str] = dict(
        rows.order_by("created_at", "pk").values_list("organisation_id", "outcome")
    )
    if len(last) < ENOUGH_ORGANISATIONS:
        return False
    better = sum(outcome == Trial.Outcome.BETTER for outcome in last.values())
    against = better if evidence.level == Level.NO_EFFECT else len(last) - better
    return 2 * against > len(last)


@on("trial.told")
@on("trial.changed")
@on("trial.hidden")
@on("trial.restored")
def weigh_again(payload: dict[str, Any]) -> None:
    """What was told, or said otherwise, may contradict the decision, or put it in doubt."""
    if reassess(payload["sheet"]):
        return
    evidence = newest().filter(sheet=payload["sheet"], sheet__state=State.PUBLISHED).first()
    if evidence is not None and doubted(evidence):
        with transaction.atomic():
            emit("evidence.doubted", evidence=evidence.pk, sheet=evidence.sheet_id)


@daily(hour=5, name="practices.expire_evidence")
def expire_evidence() -> None:
    """Look at the decisions whose day has passed, and at those of sheets that were tried enough."""
    doubtful = Q(review_on__lt=timezone.localdate()) | Q(
        sheet__trial_count__gte=ENOUGH_ORGANISATIONS
    )
    rows = newest().filter(doubtful, expiry="").order_by("sheet_id")
    for sheet_id in list(rows.values_list("sheet_id", flat=True)):
        reassess(sheet_id)


@every(minutes=60, name="practices.check_sources")
def check_sources() -> None:
    """Ask the links of sources that were not asked since yesterday, as many as one run has the time
    of, leaving each host in peace between two. What failed is written last, once it is known
    whether anything answers us."""
    until = time.monotonic() + SECONDS
    asked: dict[str, float] = {}
    failed: list[tuple[int, str]] = []
    for pk, link in _to_ask():
        if leases.stopping.is_set() or time.monotonic() > until:
            break
        host = host_of(link)
        wait(asked.get(host))
        answers = probe(link)
        asked[host] = time.monotonic()
        if answers is False:
            failed.append((pk, link))
        else:
            note(pk, link, answers)
    online = is_online()
    for pk, link in failed:
        note(pk, link, False if online else None)
    if failed and not online:
        logger.warning("no link answers since yesterday: %s failures do not count", len(failed))


def _to_ask() -> list[tuple[int, str]]:
    due = Q(link_checked_at=None) | Q(link_checked_at__lte=timezone.now() - AGAIN)
    rows = newest().filter(due, expiry="", sheet__state=State.PUBLISHED).exclude(source_url="")
    rows = rows.order_by(F("link_checked_at").asc(nulls_first=True), "pk")
    return list(rows.values_list("pk", "source_url")[:MOST])


def note(pk: int, link: str, answers: bool | None) -> None:
    """Write what was found (None: nothing was learned): one bad day says little, three in a row say
    that it is gone."""
    rows = Evidence.objects.filter(pk=pk, source_url=link)
    now = timezone.now()
    if answers is None:
        rows.update(link_checked_at=now)
    elif answers:
        rows.update(link_checked_at=now, link_failures=0)
    else:
        rows.update(link_checked_at=now, link_failures=F("link_failures") + 1)
        for sheet_id in rows.filter(link_failures__gte=DEAD_AFTER).values_list("sheet", flat=True):
            reassess(sheet_id)
