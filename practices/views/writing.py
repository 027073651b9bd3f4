"""Writing a sheet: its list of sections, and each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import composing
from core.audience import State
from core.errors import Refused
from core.ratelimit import limited
from core.templatetags.ui import moment
from core.web import number_in, person
from core.writing import keeps_writing, saves_writing, writer_token
from practices import looking, preparing
from practices.content import completeness, lines_of
from practices.errors import NotABearer, SectionChanged, Withdrawn
from practices.forms import rows
from practices.forms.section import SectionForm
from practices.merging import GROWING, added
from practices.models import Sheet
from practices.permissions import rights_of
from practices.preparing import Working
from practices.sections import BY_NAME, SECTIONS, Kind, Section
from practices.services.common import working_content
from practices.services.presence import be_present, leave, others_present
from practices.services.writing import drop_section, save_section
from practices.views.common import WITH, of_members_sheet

if TYPE_CHECKING:
    from accounts.models import User
    from core.warning import Part
    from practices.sections import Field

NEXT = "next"
# Of a revision or of the number of a version.
DIGITS = 9
# A list of more words than this is folded: on a phone, the next field would be far.
LONG = 8
# Of the fields in which she took another text, in the form; what she had written in them is kept
# there too (`forms.rows.mine`).
MINE = "mine"
# A text that takes no more characters than this is counted while it is typed.
SHORT = 500
Progress = Sheet.Progress


@require_safe
@of_members_sheet
def overview(request: HttpRequest, sheet: Sheet) -> HttpResponse:
    """Every section with how far it is filled in, and the one that would help most now."""
    rights = rights_of(person(request), sheet)
    if not rights.edit:
        raise NotABearer
    content = working_content(sheet)
    context = {
        "sheet": sheet,
        "rights": rights,
        "open": _is_open(sheet, moderates=rights.moderates),
        "lines": preparing.filled(content, sheet.content if sheet.current else None),
        "complete": completeness(content),
        "answer": preparing.last_answer(sheet),
    }
    return render(request, "practices/writing/overview.html", context)


def _is_open(sheet: Sheet, *, moderates: bool) -> bool:
    """Whether its sections may be changed now: what is submitted waits for its review."""
    return moderates or sheet.progress not in (Progress.SUBMITTED, Progress.REVIEW)


# --------------------------------------------------------------------------------- a section


def _page_url(pk: int, section: str) -> str:
    """The page of a section: what is typed in it and not saved is kept at this address."""
    return reverse("practices:write_section", args=(pk, section))


def _keep(request: HttpRequest, writer: User, *, pk: int, section: str) -> str:
    return composing.keep_for(request, writer, _page_url(pk, section))


def _editable(user: User, pk: int, name: str) -> tuple[Sheet, Section]:
    """The sheet, if she may change it, and its section: missing and invisible are the same 404."""
    if name not in BY_NAME:
        raise Http404
    rows = Sheet.objects.seen_by(user).with_rights(user).select_related(*WITH)
    sheet: Sheet = get_object_or_404(rows.exclude(state=State.REMOVED), pk=pk)
    rights = rights_of(user, sheet)
    if not rights.alive:
        raise Withdrawn
    if not rights.edit:
        raise NotABearer
    return sheet, BY_NAME[name]


@keeps_writing(_keep)
def section(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """One section: saved, shown again with what is to be mended, or beside what somebody else
    wrote in it meanwhile."""
    user = person(request)
    sheet, one = _editable(user, pk, section)
    now = preparing.working(sheet, one)
    page_url = _page_url(pk, section)
    typed = composing.kept_for(user.pk, page_url) if request.method != "POST" else None
    data: QueryDict | None = request.POST.copy() if request.method == "POST" else None
    if "repris" in request.GET and data is None:
        data, typed = typed, None
    form = SectionForm(data, section=one, kept=now.values)
    page = Page(
        request,
        sheet,
        one,
        now,
        form,
        data if data is not None else QueryDict(),
        fresh=data is None,
        waiting=typed is not None,
    )
    if data is None:
        return page.show()
    asked = _rearranged(page)
    if request.method != "POST" or asked or getattr(request, "unsure", False):
        form.quiet()
        return page.show()
    if not form.is_valid():
        return page.show(status=400)
    parts = looking.noticed(one, data, now.values)
    if parts and data.get("act") != composing.AS_IS:
        return page.show(parts=parts)
    return _saved(page)


def _saved(page: Page) -> HttpResponse:
    request, sheet, data = page.request, page.sheet, page.data
    user = person(request)
    try:
        save_section(sheet, page.section.name, page.form.values, by=user, **_began_from(data))
    except SectionChanged as clash:
        _keep(request, user, pk=sheet.pk, section=page.section.name)
        page.now = preparing.working(sheet, page.section)
        data["revision"], data["settling"] = str(clash.revision), "1"
        page.form.add_error(None, str(clash))
        return page.show(status=clash.status)
    except Refused as refusal:
        page.form.add_error(None, str(refusal))
        return page.show(status=refusal.status)
    composing.forget_for(user.pk, _page_url(sheet.pk, page.section.name))
    leave(sheet, page.section.name, by=user)
    messages.success(request, _("“%(section)s” is saved.") % {"section": page.section.label})
    following = after(page.section)
    goes_on = NEXT in (data.get("act"), data.get("then"))
    if goes_on and following is not None:
        return redirect("practices:write_section", pk=sheet.pk, section=following.name)
    return redirect("practices:write", pk=sheet.pk)


def after(section: Section) -> Section | None:
    place = SECTIONS.index(section)
    return SECTIONS[place + 1] if place + 1 < len(SECTIONS) else None


def _began_from(data: QueryDict) -> dict[str, Any]:
    """The revision and the published version that the page was made from."""
    return {
        "revision": number_in(data.get("revision"), DIGITS),
        "seen": number_in(data.get("seen"), DIGITS) or None,
    }


def _rearranged(page: Page) -> bool:
    """Do what a button of the form asks of its words: replace what could identify somebody, take
    the other text, move a step. Whether one did: the form is then shown again, unsaved."""
    data = page.data
    if data.get("replace"):
        composing.mend(data, page.form.typed(data))
    elif taken := data.get("take"):
        # What she typed is what is kept for her, and not what this button makes of it.
        _keep(page.request, person(page.request), pk=page.sheet.pk, section=page.section.name)
        whose, _colon, name = taken.partition(":")
        for field in page.section.fields:
            if field.name == name:
                _take(page, field, whose)
    else:
        return page.form.rearrange(data)
    return True


def _take(page: Page, field: Field, whose: str) -> None:
    """Put another text in a field: after hers, or in its place where only one can be. Hers stays
    in the form, beside it, until she saves."""
    data, hers = page.data, rows.read(page.data, field)
    other = page.texts().get(whose, {}).get(field.name)
    if hers and whose != MINE and field.name not in data.getlist(MINE):
        data.appendlist(MINE, field.name)
        rows.put(data, rows.mine(field), hers)
    rows.put(data, field, added(field, hers, other) if field.kind in GROWING else other)


@dataclass(frozen=True)
class Beside:
    """What stands beside a field of the form: the words of another text. `whose` names it to the
    button that takes it ("theirs", "published", "mine"); `grows` says that it would be added to
    what is in the form, `within` that it is in it already."""

    whose: str
    lines: list[str]
    grows: bool
    within: bool


@dataclass(frozen=True)
class Row:
    """One field on the page. A long list of words is folded, and says what is `chosen` of it."""

    bound: Any
    field: Field
    others: list[Beside]
    chosen: list[str]

    @property
    def hint(self) -> str:
        return _("(needed to publish)") if self.field.required else ""

    @property
    def most(self) -> int:
        """How many characters are counted under a short text; 0 where none are."""
        return self.field.most if self.field.kind is Kind.TEXT and self.field.most <= SHORT else 0

    @property
    def count(self) -> int:
        return len((self.bound.value() or "").replace("\r\n", "\n").strip())

    @property
    def over(self) -> bool:
        return self.count > self.most

    @property
    def is_folded(self) -> bool:
        return self.field.kind is Kind.TERMS and len(self.field.choices()) > LONG

    @property
    def is_open(self) -> bool:
        wanted = self.field.required and not self.chosen
        return bool(self.bound.errors or self.others or wanted)


@dataclass
class Page:
    """The page of one section. `data` is what is in the form when it is not `fresh`; `waiting` says
    that a text is kept for her beside it."""

    request: HttpRequest
    sheet: Sheet
    section: Section
    now: Working
    form: SectionForm
    data: QueryDict
    fresh: bool
    waiting: bool = False

    @property
    def settling(self) -> bool:
        """Whether somebody else saved the section while she wrote, and she has both texts."""
        return self.data.get("settling") == "1"

    def texts(self) -> dict[str, Mapping[str, Any]]:
        """The other texts of the section, by whose they are."""
        names = self.data.getlist(MINE)
        fields = [field for field in self.section.fields if field.name in names]
        found: dict[str, Mapping[str, Any]] = {
            MINE: {field.name: rows.read(self.data, rows.mine(field)) for field in fields}
        }
        if self.settling:
            found["theirs"] = self.now.values
        if self.now.published is not None:
            found["published"] = self.now.published
        return found

    def _typed_before(self) -> list[tuple[str, str]]:
        """The inputs that keep what she had written where she took another text."""
        names = [name for name in self.data if name == MINE or name.startswith(f"{MINE}-")]
        return [(name, value) for name in names for value in self.data.getlist(name)]

    def show(self, *, status: int = 200, parts: list[Part] | None = None) -> HttpResponse:
        user = person(self.request)
        rights = rights_of(user, self.sheet)
        came_back = not self.fresh and self.request.method != "POST"
        context = {
            "sheet": self.sheet,
            "section": self.section,
            "number": SECTIONS.index(self.section) + 1,
            "count": len(SECTIONS),
            "before": SECTIONS[max(0, SECTIONS.index(self.section) - 1)],
            "after": after(self.section),
            "form": self.form,
            "rows": self._rows(),
            "now": self.now,
            "settling": self.settling,
            "revision": self._revision(),
            "seen": self.sheet.current.number if self.sheet.current else 0,
            "changed": self.sheet.current is not None
            and self.now.values != self.sheet.content.get(self.section.name, {}),
            "parts": parts or [],
            "then": self.data.get("act", ""),
            "others": others_present(self.sheet, self.section.name, but=user),
            "open": _is_open(self.sheet, moderates=rights.moderates),
            "writer": writer_token(user),
            "came_back": came_back,
            "waiting": self.waiting,
            "unsure": getattr(self.request, "unsure", False),
            "answer": preparing.last_answer(self.sheet),
            "typed_before": self._typed_before(),
            # Shown again and not saved: the page keeps it at once, if it is what she typed.
            "unsaved": not self.fresh and status == 200 and not (parts or self.data.get("take")),
        }
        return render(self.request, "practices/writing/section.html", context, status=status)

    def _revision(self) -> int:
        """The one that her text began from: what was typed before keeps its own."""
        return self.now.revision if self.fresh else number_in(self.data.get("revision"), DIGITS)

    def _rows(self) -> list[Row]:
        found = []
        for field in self.section.fields:
            hers = self._hers(field)
            chosen = lines_of(field, hers) if field.kind is Kind.TERMS else []
            found.append(Row(self.form[field.name], field, self._beside(field, hers), chosen))
        return found

    def _hers(self, field: Field) -> Any:
        """What is in the form, as it was typed when it does not fit."""
        if self.fresh:
            return self.now.values.get(field.name)
        return self.form.values.get(field.name) or rows.read(self.data, field) or None

    def _beside(self, field: Field, hers: Any) -> list[Beside]:
        """The other texts of one field, those that say something else."""
        grows = field.kind in GROWING
        found = []
        for whose, values in self.texts().items():
            other = values.get(field.name)
            lines = lines_of(field, other)
            if lines != lines_of(field, hers) and (whose != MINE or field.name in values):
                within = grows and bool(other) and added(field, hers, other) == hers
                found.append(Beside(whose, lines, grows, within))
        return found


@require_POST
@of_members_sheet
def drop(request: HttpRequest, sheet: Sheet, section: str) -> HttpResponse:
    """Give up what is prepared of a section: the published text stands."""
    if section not in BY_NAME:
        raise Http404
    user = person(request)
    drop_section(sheet, section, by=user)
    composing.forget_for(user.pk, _page_url(sheet.pk, section))
    messages.success(request, _("The published text of this section stands."))
    return redirect("practices:write", pk=sheet.pk)


# ------------------------------------------------------------------------- while it is typed


@saves_writing
@limited("practice_sections", limit=60, window=60)
def keep(request: HttpRequest, writer: User, pk: int, section: str) -> HttpResponse:
    """Save what is being typed in the copy in preparation; answer what the page says of it.

    What does not fit, what could identify somebody and was not decided, what meets somebody else's
    text, and what comes once her session has ended: kept for her alone.
    """
    sheet, one = _editable(writer, pk, section)
    now = preparing.working(sheet, one)
    form = SectionForm(request.POST, section=one, kept=now.values)
    revision = number_in(request.POST.get("revision"), DIGITS)
    worry = ""
    if request.user.pk != writer.pk:
        worry = _("Your session has ended. Your text is kept: sign in to save it.")
    elif request.POST.get("settling") or request.POST.get(MINE):
        worry = _("Kept for you alone until you save it.")
    elif not form.is_valid():
        labels = ", ".join(str(form[name].label) for name in form.errors if name in form.fields)
        worry = _("To be mended: %(fields)s. Your text is kept for you alone until then.") % {
            "fields": labels
        }
    elif looking.noticed(one, request.POST, now.values):
        worry = _(
            "Something could identify a young person. Your text is kept for you alone until you "
            "save it and decide."
        )
    else:
        try:
            row = save_section(sheet, section, form.values, by=writer, **_began_from(request.POST))
        except SectionChanged:
            worry = _("This section was changed elsewhere meanwhile. Save to see both texts.")
        except Refused as refusal:
            worry = str(refusal)
        else:
            composing.forget_for(writer.pk, _page_url(pk, section))
            when = row.changed_at if row.pk else None
            said = _("Saved, %(when)s") % {"when": moment(when)} if when else _("Saved")
            return JsonResponse({"said": said, "worry": "", "revision": row.revision})
    _keep(request, writer, pk=pk, section=section)
    return JsonResponse({"said": _("Kept"), "worry": worry, "revision": revision})


@saves_writing
def present(request: HttpRequest, writer: User, pk: int, section: str) -> HttpResponse:
    """Her page still has the section open; who else has."""
    if request.user.pk != writer.pk:
        return JsonResponse({"others": ""})
    sheet, one = _editable(writer, pk, section)
    be_present(sheet, one.name, by=writer)
    names = ", ".join(other.full_name for other in others_present(sheet, one.name, but=writer))
    said = _("Also in this section now: %(names)s.") % {"names": names} if names else ""
    return JsonResponse({"others": said})
