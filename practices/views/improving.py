"""Proposing an improvement, reading those of a sheet, answering them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import BoundField
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from community.models import Reaction
from core import composing
from core.composing import Again
from core.errors import Refused
from core.ratelimit import limited
from core.web import number_in, person
from practices.content import Values, lines_of, text_of
from practices.differences import between
from practices.errors import AlreadyAnswered, NotABearer, ReasonNeeded, SectionMoved, WrongStage
from practices.forms import rows
from practices.forms.improving import ProposalForm, ReplyForm, SettlingForm
from practices.merging import merge
from practices.models import Proposal, Sheet, Version
from practices.permissions import Rights, rights_of
from practices.sections import BY_NAME, SECTIONS, Section
from practices.services import improving
from practices.services.common import require_propose
from practices.shown import shown_section
from practices.views.common import composer, of_members_sheet

# As many answered ones as a page holds; the waiting ones are all there.
ANSWERED = 50
# The acts that come with a word to its author.
ANSWERS = ("accepter", "refuser")
PROPOSE, SETTLE = "practices/improving/propose.html", "practices/improving/settle.html"


def _section(name: str) -> Section:
    if name not in BY_NAME:
        raise Http404
    return BY_NAME[name]


def _improvable(request: HttpRequest, sheet: Sheet) -> tuple[Version, Rights]:
    """The version that she may propose to improve, and her rights. Raises what `require_propose`
    raises."""
    rights = rights_of(person(request), sheet)
    require_propose(rights)
    if sheet.current is None:
        raise WrongStage
    return sheet.current, rights


# --------------------------------------------------------------------------------- proposing


@require_safe
@of_members_sheet
def choose(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """Which section to improve: those that say something, and those that say nothing yet."""
    _current, rights = _improvable(request, sheet)
    said = [(one, bool(sheet.content.get(one.name))) for one in SECTIONS]
    context = {"sheet": sheet, "rights": rights, "rows": said}
    return render(request, "practices/improving/choose.html", context)


@limited("practices_proposals", limit=60, window=3600)
@composer
def propose(request: HttpRequest, sheet: Sheet, section: str) -> HttpResponse:
    """Another text for one section of a published sheet, and why."""
    known, (current, rights) = _section(section), _improvable(request, sheet)
    data = composing.sent(request)
    read = _version(sheet, data.get("base", "")) if data is not None else None
    read = read or current
    values = read.content.get(known.name, {})
    form = ProposalForm(data, section=known, kept=values)
    context = {"sheet": sheet, "rights": rights, "section": known, "form": form, "read": read}
    again = composing.look(request, form, data)
    if again is not None or data is None:
        return composing.show(request, PROPOSE, context, data, again or Again())
    try:
        made = improving.propose(
            sheet,
            known.name,
            form.values,
            why=form.cleaned_data["why"],
            by=person(request),
            base=read.number,
            submission=composing.submission_of(data),
        )
    except Refused as refusal:
        again = composing.refused(form, refusal)
        return composing.show(request, PROPOSE, context, data, again)
    composing.forget(request)
    messages.success(request, _("Your improvement is proposed: the people who bear it answer you."))
    return redirect(made.get_absolute_url())


def _version(sheet: Sheet, said: str) -> Version | None:
    """The version that a form says it was made from."""
    return sheet.versions.filter(number=number_in(said, digits=9)).first()


# ----------------------------------------------------------------------------------- reading


@require_safe
@of_members_sheet
def proposals(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """The improvements of a sheet: those that wait, then those that have their answer."""
    found = _rows(request, sheet)
    answered = found.exclude(answer=Proposal.Answer.WAITING).order_by("-answered_at", "-pk")
    context = {
        "sheet": sheet,
        "rights": rights_of(person(request), sheet),
        "waiting": list(found.waiting().order_by("created_at", "pk")),
        "answered": list(answered[:ANSWERED]),
    }
    return render(request, "practices/improving/list.html", context)


def _rows(request: HttpRequest, sheet: Sheet) -> Any:
    readable = Proposal.objects.readable_by(person(request)).filter(sheet=sheet)
    return readable.select_related("owner", "organisation", "answered_by", "version")


def _proposal(request: HttpRequest, sheet: Sheet, pk: int) -> Proposal:
    """One improvement, if she reads it. Who animates also sees what was set aside."""
    user = person(request)
    seen = Proposal.objects.readable_by(user) | Proposal.objects.moderated_by(user)
    related = seen.filter(sheet=sheet).select_related(
        "owner", "organisation", "answered_by", "version"
    )
    found: Proposal = get_object_or_404(related, pk=pk)
    found.sheet = sheet
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@of_members_sheet
def proposal(request: HttpRequest, sheet: Sheet, proposal: int) -> HttpResponse:
    """One improvement: what it changes, why, its answer; and what may be done with it."""
    found = _proposal(request, sheet, proposal)
    if request.method != "POST":
        return _show_proposal(request, sheet, found, ReplyForm(), Again())
    data = request.POST.copy()
    # The buttons of the warning do not say what was being done: the form does.
    data["acte"] = data.get("acte") or data.get("voulu", "")
    form = ReplyForm(data)
    again = composing.look(request, form, data) if data["acte"] in ANSWERS else None
    if again is not None:
        return _show_proposal(request, sheet, found, form, again)
    try:
        _carry_out(request, found, data)
    except AlreadyAnswered as refusal:
        return _answered_meanwhile(request, sheet, found, form, refusal)
    except (ReasonNeeded, WrongStage) as refusal:
        again = composing.refused(form, refusal)
        return _show_proposal(request, sheet, found, form, again)
    except SectionMoved:
        # What she answers goes on with her.
        composing.keep_for(request, person(request), _settle_url(found))
        return redirect(_settle_url(found))
    return redirect(found.get_absolute_url())


def _carry_out(request: HttpRequest, found: Proposal, data: QueryDict) -> None:
    user, act, reply = person(request), data["acte"], data.get("reply", "")
    if act == "accepter":
        version = improving.accept(found, by=user, reply=reply)
        said = _("Accepted: version %(number)s is published.")
        messages.success(request, said % {"number": version.number})
    elif act == "refuser":
        improving.refuse(found, by=user, reply=reply)
        messages.success(request, _("Not taken up: its author reads your answer."))
    elif act == "retirer":
        improving.take_back(found, by=user)
        messages.success(request, _("You took your proposal back."))
    elif act == "ecarter":
        improving.hide_proposal(found, by=user, reason=data.get("reason", ""))
        messages.success(request, _("Set aside: only animators see it."))
    elif act == "remettre":
        improving.restore_proposal(found, by=user)
        messages.success(request, _("Put back among the others."))
    else:
        raise Http404


def _answered_meanwhile(
    request: HttpRequest,
    sheet: Sheet,
    found: Proposal,
    form: ReplyForm | SettlingForm,
    refusal: AlreadyAnswered,
) -> HttpResponse:
    """Somebody answered first: that answer, and what she had written, for her to copy."""
    found = _proposal(request, sheet, found.pk)
    typed = [(_("Your answer"), form.data.get("reply", "").strip())]
    if isinstance(form, SettlingForm):
        form.full_clean()
        typed.append((str(form.section.label), text_of(form.section, form.values)))
    unsent = [(label, text) for label, text in typed if text]
    again = Again(status=refusal.status)
    return _show_proposal(request, sheet, found, ReplyForm(), again, unsent=unsent)


def _show_proposal(
    request: HttpRequest,
    sheet: Sheet,
    found: Proposal,
    form: ReplyForm,
    again: Again,
    *,
    unsent: Sequence[tuple[str, str]] | None = None,
) -> HttpResponse:
    """`unsent` is what she had written when somebody else answered first, each with its label."""
    if form.is_bound and again.status == 200:
        form.quiet()
    user, section = person(request), BY_NAME[found.section]
    rights = rights_of(user, sheet)
    mine = found.owner_id == user.pk
    thanked = Reaction.objects.on("proposal", [found.pk]).filter(
        user=user, type=Reaction.Type.THANKS
    )
    context = {
        "sheet": sheet,
        "rights": rights,
        "proposal": found,
        "section": section,
        "mine": mine,
        "conflict": improving.is_conflict(found, sheet),
        "differences": between(section, found.before, found.values),
        "settled": improving.changes_of(found),
        "may_answer": rights.edit and found.is_waiting and found.state == "published",
        "thanked": None if mine else thanked.exists(),
        "form": form,
        "parts": again.parts,
        "unsent": unsent,
        "wanted": form.data.get("acte", ""),
    }
    return render(request, "practices/improving/proposal.html", context, status=again.status)


# ----------------------------------------------------------------------------------- settling


@composer
def settle(request: HttpRequest, sheet: Sheet, proposal: int) -> HttpResponse:
    """Accept with changes: what its author read, what the section says now, what she proposes, and
    the text that is to stay. It begins with both changes, so that publishing it loses neither."""
    found = _proposal(request, sheet, proposal)
    rights = rights_of(person(request), sheet)
    if not rights.edit:
        raise NotABearer
    section, now = BY_NAME[found.section], sheet.content.get(found.section, {})
    merged = merge(section, found.before, now, found.values)
    data = composing.sent(request)
    # The words of the lists may be those of either text.
    known = improving.known_words(section, found.values, now)
    begun = merged.values | {"reply": _reply_begun(request)}
    form = SettlingForm(data, section=section, kept=known, initial=begun)
    if not found.is_waiting or sheet.current is None:
        if data is not None:
            return _answered_meanwhile(request, sheet, found, form, AlreadyAnswered())
        messages.info(request, _("This improvement has its answer already."))
        return redirect(found.get_absolute_url())
    fields = _fields(form, found, now, merged.clashes)
    context = _three(sheet, found, section, now) | {"form": form, "fields": fields}
    again = composing.look(request, form, data)
    if again is not None or data is None:
        return composing.show(request, SETTLE, context, data, again or Again())
    seen = _version(sheet, data.get("seen", ""))
    try:
        version = improving.amend(
            found,
            form.values,
            by=person(request),
            seen=seen.number if seen is not None else 0,
            reply=form.cleaned_data["reply"],
        )
    except SectionMoved as refusal:
        context["fields"] = _put_together(form, data, found, seen, now)
        again = composing.refused(form, refusal)
        return composing.show(request, SETTLE, context, data, again)
    except AlreadyAnswered as refusal:
        return _answered_meanwhile(request, sheet, found, form, refusal)
    except Refused as refusal:
        again = composing.refused(form, refusal)
        return composing.show(request, SETTLE, context, data, again)
    composing.forget(request)
    said = _("Accepted: version %(number)s is published.")
    messages.success(request, said % {"number": version.number})
    return redirect(found.get_absolute_url())


def _settle_url(found: Proposal) -> str:
    return reverse("practices:settle", args=(found.sheet_id, found.pk))


def _reply_begun(request: HttpRequest) -> str:
    """The answer that she was writing when the section turned out to have moved."""
    kept = composing.kept_for(request.user.pk, request.path)
    return kept.get("reply", "") if kept is not None else ""


@dataclass(frozen=True)
class Beside:
    """One text of a field that two people changed, in lines, in the language of the field."""

    label: str
    lines: list[str]
    language: str


def _fields(
    form: SettlingForm, found: Proposal, now: Values, clashes: Collection[str]
) -> list[tuple[BoundField, list[Beside]]]:
    """The fields of the section, and the texts that stand beside those that two people changed."""
    texts = {_("What the sheet says now"): now, _("What is proposed"): found.values}
    return [
        (
            form[field.name],
            [
                Beside(label, lines_of(field, values.get(field.name)), field.language)
                for label, values in texts.items()
                if field.name in clashes
            ],
        )
        for field in form.section.fields
    ]


def _put_together(
    form: SettlingForm, data: QueryDict, found: Proposal, seen: Version | None, now: Values
) -> list[tuple[BoundField, list[Beside]]]:
    """The section moved once more while she settled it: what it says now goes into her text."""
    before = seen.content.get(found.section, {}) if seen is not None else now
    merged = merge(form.section, before, now, form.values)
    for field in form.section.fields:
        rows.put(data, field, merged.values.get(field.name))
    proposed = merge(form.section, found.before, now, found.values)
    return _fields(form, found, now, merged.clashes | proposed.clashes)


def _three(sheet: Sheet, found: Proposal, section: Section, now: Values) -> dict[str, Any]:
    """The three texts, each whole, and what differs between them."""
    return {
        "sheet": sheet,
        "proposal": found,
        "section": section,
        "conflict": improving.is_conflict(found, sheet),
        "seen": sheet.current.number if sheet.current is not None else 0,
        "before": shown_section(section, found.before),
        "now": shown_section(section, now),
        "proposed": shown_section(section, found.values),
        "since": between(section, found.before, now),
        "differences": between(section, found.before, found.values),
    }
