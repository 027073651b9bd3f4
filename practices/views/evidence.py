"""The level of evidence of a sheet: the scale in plain words, the decisions, deciding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from core import composing, terms
from core.composing import Again
from core.errors import NotAllowed, Refused
from core.web import person
from practices.forms.evidence import EvidenceForm
from practices.models import Evidence, EvidenceRequest, Sheet
from practices.permissions import rights_of
from practices.services import evidence as services
from practices.views.common import layout_of, of_sheet

if TYPE_CHECKING:
    from practices.permissions import Rights

Level = Sheet.EvidenceLevel
# What each level means. Its name is that of the taxonomy, here as everywhere.
SCALE: tuple[tuple[str, Any], ...] = (
    ("0", gettext_lazy("People who know the field say that it helps. Nothing was written down "
                       "yet.")),
    ("1", gettext_lazy("It is written why it should work: if we do this, then that, because…")),
    ("2", gettext_lazy("The organisation measured before and after, or counted, and says how.")),
    ("3", gettext_lazy("The same was measured with young people who did not have it.")),
    ("4", gettext_lazy("Others did it elsewhere, measured it, and found the same.")),
    ("5", gettext_lazy("It was spread to many places, and the effect was measured again there.")),
    ("NE", gettext_lazy("It was measured well, and no difference was found. That is worth as much "
                        "to those who were about to begin.")),
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@of_sheet
def page(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """For who reads the sheet; its bearers and animators decide there."""
    rights = rights_of(request.user, sheet)
    decides = rights.published and rights.writes and rights.alive
    decides = decides and (rights.bears or rights.moderates)
    if request.method == "POST":
        if not decides:
            raise NotAllowed
        return _act(request, sheet, rights)
    form = EvidenceForm(initial=_initial(request, sheet, rights)) if decides else None
    return _show(request, sheet, rights, form, Again())


def _initial(request: HttpRequest, sheet: Sheet, rights: Rights) -> dict[str, Any]:
    """Where the form begins: for an animator, at what the bearers ask for."""
    rows = EvidenceRequest.objects.seen_by(request.user).filter(sheet=sheet, settled_at=None)
    asked = rows.first() if rights.moderates else None
    if asked is None:
        return {"level": sheet.evidence}
    words = {name: getattr(asked, name) for name in ("level", "source", "source_url")}
    return words | {"reason": asked.words}


def _act(request: HttpRequest, sheet: Sheet, rights: Rights) -> HttpResponse:
    """Decide, ask an animator, or (an animator) not grant what was asked for."""
    user = person(request)
    act = request.POST.get("acte", "")
    waiting = EvidenceRequest.objects.seen_by(user).filter(sheet=sheet, settled_at=None).first()
    if act == "ne-pas-accorder" and waiting is not None:
        services.decline(waiting, by=user)
        messages.success(request, _("The request is settled, and the level stays as it is."))
        return redirect("practices:evidence", pk=sheet.pk)
    data = request.POST.copy()
    form = EvidenceForm(data)
    again = composing.look(request, form, data)
    if again is not None:
        return _show(request, sheet, rights, form, again)
    try:
        said = _carry_out(sheet, form.cleaned_data, rights, user)
    except Refused as refusal:
        return _show(request, sheet, rights, form, composing.refused(form, refusal))
    messages.success(request, said)
    return redirect("practices:evidence", pk=sheet.pk)


def _carry_out(sheet: Sheet, given: dict[str, Any], rights: Rights, user: Any) -> str:
    """What is not the bearers' to decide is asked of the animators."""
    level = given["level"]
    words = {"source": given["source"], "source_url": given["source_url"]}
    theirs = services.is_animators(services.in_force(sheet))
    above = level and (theirs or level not in services.BY_BEARERS)
    if above and not rights.moderates:
        services.ask_for(sheet, level, by=user, words=given["reason"], **words)
        return _("An animator will look at it: your request is on their desk.")
    more = {"reason": given["reason"], "review_on": given["review_on"]}
    evidence = services.decide(sheet, level, by=user, **words, **more)
    if evidence.source_url:
        # The worker asks it: a site that is slow to answer would make her wait. Silence is found
        # only while something else answers us: no hour is promised.
        return _(
            "The level of evidence is decided. The link of its source is asked once a day: this "
            "page will say so if it is found not to answer."
        )
    return _("The level of evidence is decided.")


def _show(
    request: HttpRequest,
    sheet: Sheet,
    rights: Rights,
    form: EvidenceForm | None,
    again: Again,
) -> HttpResponse:
    if form is not None and form.is_bound and again.status == 200:
        form.quiet()
    inside = request.user.is_authenticated
    rows = Evidence.objects.seen_by(request.user).filter(sheet=sheet)
    decisions = list(rows.select_related("by")) if inside else list(rows[:1])
    newest = decisions[0] if decisions else None
    waiting = None
    if form is not None:
        asked = EvidenceRequest.objects.seen_by(request.user).filter(sheet=sheet, settled_at=None)
        waiting = asked.select_related("by").first()
    context = {
        "layout": layout_of(request),
        "sheet": sheet,
        "rights": rights,
        "scale": [(code, terms.label("niveaux_preuve", code), words) for code, words in SCALE],
        "newest": newest,
        "doubted": inside and newest is not None and services.doubted(newest),
        "decisions": decisions,
        "waiting": waiting,
        "form": form,
        "parts": again.parts,
        "locked": form is not None and not rights.moderates and services.is_animators(newest),
    }
    return render(request, "practices/evidence.html", context, status=again.status)
