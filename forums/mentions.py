"""Naming somebody in a message: "@Maude Tremblay", for who may read it, and nobody else.

A mention is `<span class="mention" data-mention="@12">@Maude Tremblay</span>`, 12 being the
person. It is checked when the message is saved and again when it is drawn: who does not read the
space is not mentioned, and her name is left as plain words. Without the editor, the full name
after an "@" is enough. Who reads by an exceptional access is never proposed nor mentioned, and
nobody comes before others for having written: nothing is learnt here of who is unnamed.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.urls import reverse

from accounts.models import Profile, User
from community.audience import readers_of
from community.models import Membership, SubCommunity
from core import richtext
from core.richtext import RichText
from core.text import fold

if TYPE_CHECKING:
    from forums.models import Post, PostVersion

# In one message; beyond, names are words.
MOST = 20
SHOWN = 8
SHORTEST = 1
LONGEST = 60
# How many words a name may have.
WORDS = 4

_SPAN = re.compile(r'<span(?: class="mention")? data-mention="([^"]*)"[^>]*>(.*?)</span>', re.S)
_TAG = re.compile(r"(<[^>]*>)")
_ID = re.compile(r"@([0-9]{1,18})")
_NAMED = re.compile(r"(?<![\w@./])@(?=[^\W\d_])")
_WORD = re.compile(r"[^\W\d_][\w'’.-]*", re.U)


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody who may be meant; `reached` says that a mention would reach her."""

    person: User
    reached: bool


def people_of(space: SubCommunity) -> QuerySet[User]:
    """Who can be mentioned in `space`: its members, and the animators who read it."""
    stays = Membership.objects.filter(space=space, ended_at=None, user_id=OuterRef("pk"))
    member = Q(Exists(stays))
    if not space.confidential:
        member |= Q(role=User.Role.ANIMATION)
    return readers_of(space).filter(member)


def choices(begun: str, space: SubCommunity, *, by: User) -> list[Choice]:
    """Whose name begins so, `by` excepted: who reads `space` first, then colleagues that `by`
    sees in the directory and whom a mention would not reach. In the order of names."""
    begun = " ".join(begun.replace("\0", "").split())[:LONGEST]
    if len(begun) < SHORTEST:
        return []
    readers = _named_so(people_of(space), begun).exclude(pk=by.pk)
    found = [Choice(one, True) for one in readers[:SHOWN]]
    if len(found) < SHOWN and not by.is_guest:
        known = Profile.objects.readable_by(by).current().values("owner_id")
        others = _named_so(User.objects.filter(pk__in=known), begun).exclude(pk=by.pk)
        others = others.exclude(pk__in=people_of(space).values("pk"))
        found += [Choice(one, False) for one in others[: SHOWN - len(found)]]
    return found


def _named_so(people: QuerySet[User], begun: str) -> QuerySet[User]:
    key = fold(begun)
    named = Q(profiles__folded_name__startswith=key) | Q(profiles__folded_name__contains=f" {key}")
    rows = people.filter(named).select_related("organisation")
    return rows.order_by("first_name", "last_name", "pk")


def checked(written: RichText, space: SubCommunity) -> RichText:
    """The text with its mentions checked: those of who reads `space`, under their own names.

    One statement when the text mentions somebody, none otherwise.
    """
    if "@" not in written.html:
        return written
    ids = _ids(written.html)
    names = _names(written.html)
    if not (ids or names):
        return written
    rows = people_of(space).annotate(full=Concat("first_name", Value(" "), "last_name"))
    rows = rows.filter(Q(pk__in=ids) | Q(full__in=names)).only("first_name", "last_name")
    people = list(rows[: MOST * 4])
    known = {one.pk: one.full_name for one in people}
    html = _replaced(written.html, known, _marked)
    return richtext.from_html(_linked(html, _unique(people)))


def _unique(people: Iterable[User]) -> dict[str, int]:
    """The full names that only one of these people bears."""
    found: dict[str, int] = {}
    twice = set()
    for one in people:
        if found.setdefault(one.full_name, one.pk) != one.pk:
            twice.add(one.full_name)
    return {name: pk for name, pk in found.items() if name not in twice}


def _marked(pk: int, name: str) -> str:
    return f'<span class="mention" data-mention="@{pk}">@{entities.escape(name)}</span>'


def _ids(html: str) -> list[int]:
    """The people that a sanitised text says it mentions, once each, `MOST` at most."""
    found = (_ID.fullmatch(entities.unescape(match[1])) for match in _SPAN.finditer(html))
    return list(dict.fromkeys(int(one[1]) for one in found if one))[:MOST]


def _names(html: str) -> list[str]:
    """What follows an "@" outside any mention, as the names that it may be."""
    found: list[str] = []
    for piece in _TAG.split(_SPAN.sub("", html)):
        if piece.startswith("<"):
            continue
        said = entities.unescape(piece)
        for mark in list(_NAMED.finditer(said))[:MOST]:
            found += _readings(said[mark.end() : mark.end() + 2 * LONGEST])
    return list(dict.fromkeys(found))[: MOST * WORDS]


def _readings(said: str) -> list[str]:
    """The names that a text may begin with, of four words, three, two and one."""
    words: list[str] = []
    at = 0
    while len(words) < WORDS and (match := _WORD.match(said, at)):
        words.append(match[0])
        at = match.end()
        if said[at : at + 1] not in (" ", "\u00a0"):
            break
        at += 1
    found = []
    for count in range(len(words), 0, -1):
        name = " ".join(words[:count])
        found += [name, name.rstrip(".'’-")] if name[-1] in ".'’-" else [name]
    return found


def _linked(html: str, known: dict[str, int]) -> str:
    """Names typed after an "@", turned into mentions; what is in one already, or in code, stays."""
    if not known:
        return html
    pieces = _TAG.split(html)
    inside = 0
    for index, piece in enumerate(pieces):
        if piece.startswith("<"):
            if piece.startswith(("<span", "<a ", "<code", "<pre")):
                inside += 1
            elif piece.startswith(("</span", "</a", "</code", "</pre")):
                inside -= 1
        elif not inside:
            pieces[index] = _with_mentions(entities.unescape(piece), known)
    return "".join(pieces)


def _with_mentions(said: str, known: dict[str, int]) -> str:
    out: list[str] = []
    at = 0
    for mark in _NAMED.finditer(said):
        rest = said[mark.end() : mark.end() + 2 * LONGEST]
        name = next((one for one in _readings(rest) if one in known), "")
        if mark.start() < at or not name:
            continue
        out += [entities.escape(said[at : mark.start()], quote=False), _marked(known[name], name)]
        at = mark.end() + len(name)
    return "".join([*out, entities.escape(said[at:], quote=False)])


def _replaced(html: str, known: dict[int, str], draw: Callable[[int, str], str]) -> str:
    """Each mention of somebody known as `draw` says it; the others as the words they were."""

    def one(match: re.Match[str]) -> str:
        said = _ID.fullmatch(entities.unescape(match[1]))
        pk = int(said[1]) if said else 0
        return draw(pk, known[pk]) if pk in known else match[2]

    return _SPAN.sub(one, html)


def named_in(post: Post) -> list[int]:
    """The people whom a text that was just `checked` mentions, without its author."""
    return [pk for pk in _ids(post.html) if pk != post.author_id]


def draw(posts: Collection[Post | PostVersion], space: SubCommunity, *, linked: bool) -> None:
    """Write the mentions of these texts of `space` as they are to be shown now, in `post.html`:
    one statement when there is one, none otherwise. `linked`: the reader opens the directory."""
    ids = {pk for post in posts for pk in _ids(post.html)}
    if not ids:
        return
    rows = people_of(space).filter(pk__in=ids).only("first_name", "last_name")
    known = {one.pk: one.full_name for one in rows}
    base = reverse("accounts:members") if linked else ""

    def shown(pk: int, name: str) -> str:
        said = entities.escape(f"@{name}")
        tag = f'<a class="mention" href="{base}{pk}/">' if base else '<span class="mention">'
        return f"{tag}{said}{'</a>' if base else '</span>'}"

    for post in posts:
        post.html = _replaced(post.html, known, shown)


def unreached(written: str, post: Post, *, by: User) -> list[str]:
    """The colleagues named after an "@" in what was sent whom `post` does not mention: they do
    not read its space. Only those that `by` sees in the directory."""
    if "@" not in written or by.is_guest:
        return []
    names = _names(post.html)
    # Whom the editor named, and whom the check took out.
    ids = set(_ids(richtext.from_html(written).html)) - set(_ids(post.html))
    if not (names or ids):
        return []
    known = Profile.objects.readable_by(by).current().values("owner_id")
    rows = User.objects.filter(pk__in=known)
    rows = rows.annotate(full=Concat("first_name", Value(" "), "last_name"))
    rows = rows.filter(Q(pk__in=ids) | Q(full__in=names))
    rows = rows.exclude(pk__in=people_of(post.space).values("pk")).exclude(pk=by.pk)
    return [one.full_name for one in rows.order_by("first_name", "last_name")[:MOST]]
