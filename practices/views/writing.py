"""Writing a sheet: its list of sections, and each of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from core import composing
from core.audience import State
from core.errors import Refused
from core.ratelimit import limited
from core.templatetags.ui import moment
from core.web import number_in, person
from core.writing import keeps_writing, saves_writing, writer_token
from practices import aside, looking, preparing
from practices.content import completeness, lines_of
from practices.errors import NotABearer, SectionChanged, Withdrawn
from practices.forms import began, rows
from practices.forms.began import DIGITS
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
    from practices.aside import Kept
    from practices.sections import Field

NEXT = "next"
# A list of more words than this is folded: on a phone, the next field would be far.
LONG = 8
# Of the fields in which she took another text, in the form; what she had written in them is kept
# there too (`forms.rows.mine`).
MINE = "mine"
# Of the fields that somebody else changed too: both texts are shown until she saves.
SETTLING = "settling"
# What asks the form to be shown again, rearranged and unsaved.
REARRANGES = ("replace", "take", "step")
# What the autosave says of two texts of one field.
MET = gettext_lazy("This section was changed elsewhere meanwhile. Save to see both texts.")
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
        "aside": aside.sections_of(person(request), sheet.pk),
    }
    return render(request, "practices/writing/overview.html", context)


def _is_open(sheet: Sheet, *, moderates: bool) -> bool:
    """Whether its sections may be changed now: what is submitted waits for its review."""
    return moderates or sheet.progress not in (Progress.SUBMITTED, Progress.REVIEW)


# --------------------------------------------------------------------------------- a section


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


@keeps_writing(aside.keep)
def section(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """One section: saved, shown again with what is to be mended, or beside what somebody else
    wrote in it meanwhile."""
    sheet, one = _editable(person(request), pk, section)
    if request.method == "POST":
        return _sent(request, sheet, one)
    now = preparing.working(sheet, one)
    waiting = aside.kept(person(request), pk, section)
    taken = next((text for text in waiting if text.mark == request.GET.get("repris")), None)
    data = taken.data if taken is not None else QueryDict(mutable=True)
    if taken is not None:
        data[aside.MARK] = taken.mark
        if clashes := began.meet(one, data, now):
            _settle(one, data, now, clashes)
    else:
        data[aside.MARK], data[began.BEGAN] = aside.new_mark(), began.shown(one, now.values)
    form = SectionForm(data if taken is not None else None, section=one, kept=now.values)
    form.quiet()
    rest = [text for text in waiting if text is not taken]
    return Page(request, sheet, one, now, form, data, fresh=taken is None, waiting=rest).show()


def _sent(request: HttpRequest, sheet: Sheet, one: Section) -> HttpResponse:
    """Save what was sent, or do what its button asks."""
    now, data = preparing.working(sheet, one), request.POST.copy()
    again = any(data.get(name) for name in REARRANGES) or getattr(request, "unsure", False)
    clashes = [] if again else began.meet(one, data, now)
    form = SectionForm(data, section=one, kept=now.values)
    page = Page(request, sheet, one, now, form, data)
    if again:
        _rearrange(page)
        form.quiet()
        return page.show()
    if not form.is_valid():
        return page.show(status=400)
    parts = looking.noticed(one, data, now.values)
    if parts and data.get("act") != composing.AS_IS:
        return page.show(parts=parts)
    return _met(page, clashes) if clashes else _saved(page)


def _settle(section: Section, data: QueryDict, now: Working, clashes: list[str]) -> None:
    """From here the form shows both texts of the fields that clash."""
    began.go_on_from(section, data, now)
    data.setlist(SETTLING, [*dict.fromkeys([*data.getlist(SETTLING), *clashes])])


def _met(page: Page, clashes: list[str]) -> HttpResponse:
    """Somebody else wrote otherwise in the same fields: she has both texts, and hers is kept."""
    aside.keep(page.request, person(page.request), pk=page.sheet.pk, section=page.section.name)
    _settle(page.section, page.data, page.now, clashes)
    return page.show(status=SectionChanged.status, clashes=clashes)


def _saved(page: Page) -> HttpResponse:
    request, sheet, data = page.request, page.sheet, page.data
    user, name = person(request), page.section.name
    try:
        save_section(sheet, name, page.form.values, by=user, **_began_from(data, page.now))
    except SectionChanged:
        # Saved by somebody else since it was read above.
        return _sent(request, sheet, page.section)
    except Refused as refusal:
        page.form.add_error(None, str(refusal))
        return page.show(status=refusal.status)
    aside.forget(user, sheet.pk, name, aside.mark_of(data))
    leave(sheet, name, by=user)
    messages.success(request, _("“%(section)s” is saved.") % {"section": page.section.label})
    following = after(page.section)
    goes_on = NEXT in (data.get("act"), data.get("then"))
    if goes_on and following is not None:
        return redirect("practices:write_section", pk=sheet.pk, section=following.name)
    return redirect("practices:write", pk=sheet.pk)


def after(section: Section) -> Section | None:
    place = SECTIONS.index(section)
    return SECTIONS[place + 1] if place + 1 < len(SECTIONS) else None


def _began_from(data: QueryDict, now: Working) -> dict[str, Any]:
    """The revision that the form was put together with, and the published version that it was
    shown beside."""
    return {"revision": now.revision, "seen": number_in(data.get("seen"), DIGITS) or None}


def _rearrange(page: Page) -> None:
    """Do what a button of the form asks of its words: replace what could identify somebody, take
    the other text, move a step."""
    data = page.data
    if data.get("replace"):
        composing.mend(data, page.form.typed(data))
    elif taken := data.get("take"):
        # What she typed is what is kept for her, and not what this button makes of it.
        aside.keep(page.request, person(page.request), pk=page.sheet.pk, section=page.section.name)
        whose, _colon, name = taken.partition(":")
        for field in page.section.fields:
            if field.name == name:
                _take(page, field, whose)
    else:
        page.form.rearrange(data)


def _take(page: Page, field: Field, whose: str) -> None:
    """Put another text in a field: after hers, or in its place where only one can be. Hers stays
    in the form, beside it, until she saves; so does what is in the box when she puts hers back."""
    data, hers = page.data, rows.read(page.data, field)
    texts = page.texts()
    if field.name not in texts.get(whose, {}):
        return
    other = texts[whose][field.name]
    replaced = whose == MINE and field.kind not in GROWING
    if (
        hers
        and replaced
        and not any(_same(field, hers, said.get(field.name)) for said in texts.values())
    ):
        rows.put(data, rows.mine(field), hers)
    elif hers and whose != MINE and field.name not in data.getlist(MINE):
        data.appendlist(MINE, field.name)
        rows.put(data, rows.mine(field), hers)
    rows.put(data, field, added(field, hers, other) if field.kind in GROWING else other)


def _same(field: Field, one: Any, other: Any) -> bool:
    return lines_of(field, one) == lines_of(field, other)


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
    """The page of one section. `data` is what is in the form; when it is `fresh`, only what it
    began from. `waiting` are the other texts that are kept for her."""

    request: HttpRequest
    sheet: Sheet
    section: Section
    now: Working
    form: SectionForm
    data: QueryDict
    fresh: bool = False
    waiting: list[Kept] = dataclass_field(default_factory=list)

    @property
    def settling(self) -> list[str]:
        """The fields that somebody else changed while she wrote, of which she has both texts."""
        return self.data.getlist(SETTLING)

    def texts(self) -> dict[str, Mapping[str, Any]]:
        """The other texts of the section, by whose they are; of each, the fields that stand
        beside those of the form."""
        names = self.data.getlist(MINE)
        fields = [field for field in self.section.fields if field.name in names]
        found: dict[str, Mapping[str, Any]] = {
            MINE: {field.name: rows.read(self.data, rows.mine(field)) for field in fields}
        }
        if self.settling:
            found["theirs"] = {name: self.now.values.get(name) for name in self.settling}
        if (published := self.now.published) is not None:
            found["published"] = {one.name: published.get(one.name) for one in self.section.fields}
        return found

    def _typed_before(self) -> list[tuple[str, str]]:
        """The inputs that keep what she had written where she took another text."""
        names = [name for name in self.data if name == MINE or name.startswith(f"{MINE}-")]
        return [(name, value) for name in names for value in self.data.getlist(name)]

    def show(
        self, *, status: int = 200, parts: list[Part] | None = None, clashes: Iterable[str] = ()
    ) -> HttpResponse:
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
            "clashes": [self.form[name] for name in clashes],
            "changed_meanwhile": SectionChanged.message,
            "revision": self._revision(),
            "began": self.data.get(began.BEGAN, ""),
            "draft": aside.mark_of(self.data),
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
            if field.name in values and not _same(field, other, hers):
                within = grows and bool(other) and added(field, hers, other) == hers
                found.append(Beside(whose, lines, grows, within))
        return found


@require_POST
@of_members_sheet
def drop(request: HttpRequest, sheet: Sheet, section: str) -> HttpResponse:
    """Give up what is prepared of a section: the published text stands. With the mark of a text
    that is kept for her, give up that one only."""
    if section not in BY_NAME:
        raise Http404
    user = person(request)
    if aside.MARK in request.POST:
        aside.forget(user, sheet.pk, section, aside.mark_of(request.POST))
        messages.success(request, _("The text that was kept for you is dropped."))
        return redirect("practices:write_section", pk=sheet.pk, section=section)
    drop_section(sheet, section, by=user)
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
    now, data = preparing.working(sheet, one), request.POST.copy()
    clashes = began.meet(one, data, now)
    form = SectionForm(data, section=one, kept=now.values)
    worry = ""
    if request.user.pk != writer.pk:
        worry = _("Your session has ended. Your text is kept: sign in to save it.")
    elif data.get(SETTLING) or data.get(MINE):
        worry = _("Kept for you alone until you save it.")
    elif not form.is_valid():
        labels = ", ".join(str(form[name].label) for name in form.errors if name in form.fields)
        worry = _("To be mended: %(fields)s. Your text is kept for you alone until then.") % {
            "fields": labels
        }
    elif looking.noticed(one, data, now.values):
        worry = _(
            "Something could identify a young person. Your text is kept for you alone until you "
            "save it and decide."
        )
    elif clashes:
        worry = str(MET)
    else:
        try:
            row = save_section(sheet, section, form.values, by=writer, **_began_from(data, now))
        except SectionChanged:
            worry = str(MET)
        except Refused as refusal:
            worry = str(refusal)
        else:
            aside.forget(writer, pk, section, aside.mark_of(data))
            when = row.changed_at if row.pk else None
            said = _("Saved, %(when)s") % {"when": moment(when)} if when else _("Saved")
            goes_on = {"revision": row.revision, "began": began.as_sent(one, request.POST)}
            return JsonResponse({"said": said, "worry": ""} | goes_on)
    aside.keep(request, writer, pk=pk, section=section)
    return JsonResponse({"said": _("Kept"), "worry": worry})


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
