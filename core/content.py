"""The registry of kinds: what a page that shows many kinds needs to know of each.

A room registers its kinds in its `AppConfig.ready()`. Home, search, reports, digests and file
serving read the registry and never import the room.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet
from django.utils.functional import Promise

if TYPE_CHECKING:
    from accounts.models import User
    from core.audience import Viewer


@dataclass(frozen=True)
class OpenItem:
    """Something still waiting on a person, listed when she leaves (`open_items`)."""

    title: str
    url: str


@dataclass(frozen=True)
class Action:
    """An act offered on any content by `{% content_actions %}`: report, thank, bookmark…

    `template` draws it, given `obj`, its `pk` and `kind`; `applies(obj, viewer)` decides whether.
    `same_for_all` says that the template asks nothing but `pk` and `kind`: it is then drawn once,
    and copied with the number of each object. `place` names the part of the object's page where it
    is offered: under the object itself by default, `page` beside it, `file` by each of its files.
    """

    name: str
    template: str
    applies: Callable[[Any, Viewer], bool]
    position: int = 0
    same_for_all: bool = False
    place: str = ""


@dataclass(frozen=True)
class Passage:
    """One text that stands in an object, as its reader sees it: a message of a thread.

    kind, object_id  what it is, and its number
    author           as readers see it: None when unnamed, or of nobody who has an account
    signature        what stands under it
    role             `question` for what opened the object, `answer` for what was retained
    text             its plain text
    reachable        whether its writer can be asked; always said of who is unnamed
    """

    kind: str
    object_id: int
    author: Any
    signature: str
    role: str
    text: str
    url: str
    at: datetime
    reachable: bool = True


@dataclass(frozen=True)
class Passages:
    """Some of the texts of an object, in order: one page of so many."""

    rows: list[Passage]
    page: int = 1
    pages: int = 1


@dataclass(frozen=True)
class Section:
    """A block that a room draws inside another room's page: a partial and its inputs."""

    template: str
    context: dict[str, Any]


@dataclass(frozen=True)
class Reading:
    """What a kind has that a person has not read.

    `rows`, newest first, are drawn by the kind's `row_template`. `words` is the length of what
    is unread in the `measured` newest ones, which may be more than the rows; `fresh` of these
    have something since her last visit, of `fresh_words` words.
    """

    rows: list[Any]
    words: int
    measured: int
    fresh: int = 0
    fresh_words: int = 0


@dataclass(frozen=True)
class Appeal:
    """Something without an answer that meets the experience of a person.

    `word` is the keyword of hers that it meets; empty when only her function does. `author` is
    None when unnamed.
    """

    title: str
    url: str
    space: Any
    asked_at: datetime
    author: Any
    word: str


@dataclass(frozen=True)
class Going:
    """An object that goes with a text, and why: the words of the taxonomies that both say, and
    whether their own words resemble."""

    obj: Any
    words: list[str]
    resembles: bool = False


@dataclass(frozen=True)
class Decision:
    """Something that awaits the word of those who moderate it.

    `title` may quote what was written; `quiet_title` never does, and is what mails show. `since`
    is when it began to wait, `minutes` what it usually takes. `sort` tells it from the other
    decisions of its kind, where there are several: each is listed so many times at most.
    """

    chip: str | Promise
    title: str
    quiet_title: str
    since: datetime
    url: str
    action: str | Promise
    minutes: int
    details: list[str] = field(default_factory=list)
    sort: str = ""


@dataclass(frozen=True)
class Awaiting:
    """A line of what awaits a person: what it is, in a chip, how much of it, where it is done."""

    chip: str | Promise
    title: str
    url: str


@dataclass(frozen=True)
class Tally:
    """How much of a kind awaits a person, at no query: home reads it with herself.

    asked  (user) → an expression for the row of that person, None when nothing can await her
    said   (what the expression gave) → the line that says it, or None
    """

    asked: Callable[[User], Any]
    said: Callable[[Any], Awaiting | None]


@dataclass(frozen=True)
class Entry:
    """What the search keeps of one object: its audience columns, its words, what draws its row.

    pages       its text: one piece, or one a page for what has pages
    keywords    words that count as those of the title
    author      as readers see it: None when unnamed; `owner_id` is what the audience rule needs
    container   (kind, identifier) of what it stands in: a post in its thread, hidden with it
    type        code in the taxonomy `Indexed.scheme`
    titled      whether the title is its own: a post shows its thread's, and is not found by it
    meta        small values for its row (an icon, a number of pages); never a private text
    """

    object_id: int
    level: str
    space_id: int | None
    organisation_id: int | None
    owner_id: int | None
    state: str
    title: str
    url: str
    dated_at: datetime
    pages: Sequence[str] = ()
    keywords: str = ""
    author_id: int | None = None
    author_name: str = ""
    container: tuple[str, int] | None = None
    type: str = ""
    titled: bool = True
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Indexed:
    """How a kind is found by the search.

    entries  (identifiers) → an Entry for each of them that exists, in a fixed number of queries;
             what is missing leaves the index
    ids      (after, limit) → the identifiers above `after`, ascending: the walk of a rebuild
    events   event of the outbox → (payload) → identifiers to look at again
    scheme   the taxonomy of `Entry.type`
    weight   what meeting the words is worth: less than 1 for what is about everything a little
    while_active  found only while the account of its owner is active and in date

    What narrows an audience runs the hooks of `audience.changed` (kind=…, ids=[…]) in its
    transaction: the objects, and what they contain, are not found again before they were looked at.
    """

    entries: Callable[[Sequence[int]], Iterable[Entry]]
    ids: Callable[[int, int], list[int]]
    events: Mapping[str, Callable[[dict[str, Any]], Iterable[int]]]
    scheme: str = ""
    weight: float = 1.0
    while_active: bool = False


@dataclass(frozen=True)
class Kind:
    """The contract of one kind of content.

    name          stable identifier, stored in generic rows (`thread`)
    model         its manager offers `readable_by` and `moderated_by`
    label, plural for people, lazily translated
    icon          name for `{% icon %}`
    title         (obj, viewer) → str; a confidential kind answers something that tells nothing
    author        (obj, viewer) → User or None; None also when the author chose to be unnamed
    writer        (obj) → identifier of who wrote it, unnamed or not, or None. For the house, which
                  keeps her away from what is said of it; never shown
    snapshot      (obj) → dict kept by a report: what it said when it was reported
    row_template  draws one row in mixed lists, given `obj`
    space         (obj) → the SubCommunity it lives in, or None
    indexed       how the search finds it
    for_rows      (rows) → the same rows with what `row_template` draws, read in as many queries
    discussed     whether a thread may be tied to it (`core.links`)
    passages      (obj, viewer, page) → Passages: its texts that `viewer`, who reads it, may read
    passages_of   (identifiers, viewer) → the Passage of each of these objects that she may read,
                  for a kind whose objects are such texts; in a fixed number of queries
    inside        (obj) → the object that it stands in (its thread, for a message), or itself
    open_items    (user, viewer) → what `user` leaves open, as `viewer` may see it
    hide, restore (obj, *, by, reason) → None
    lock, move    the same contract, where the kind has them (`move` also takes `space`); of what
                  stands in something else, they lock and move that
    destinations  (obj, *, by) → queryset of the spaces to which `by` may move it
    reacted       (obj_id, type, delta) → None, keeps the object's own counter of reactions
    reactions     the types of reaction it takes
    reading       (user, rows, since) → Reading: what she has not read in her spaces, in one
                  query; `since` is when her last visit ended, or None
    appeal        (user, words, function) → Appeal or None: what needs her; never from a place
                  that she cannot read. `words` are those of her profile, as she wrote them
    waiting       (user) → what she asked that nobody answered yet
    tallies       how much of it awaits her own word, a line each
    in_space      (space, viewer) → Section: the newest of the kind on a space's page
    to_thank      (user) → (obj, url) or None: a recent text that she could thank for
    first_reading (user) → queryset of what a newcomer reads first, with `opened`
    on_home       (user) → Section or None: the newest of the kind on a member's home
    outcome_url   (obj, viewer) → where `viewer` tells what came of it once tried, or nothing; that
                  page takes `?message=` (a message of hers) and `?resultat=`
    own_words     (obj) → what its author wrote of it, without what the house put before her words
    birth_url     (thread, viewer) → where `viewer` makes one out of a thread, or nothing
    to_decide     (user, rows) → Decisions: what awaits those who moderate it, oldest first
    """

    name: str
    model: type[Model]
    label: str | Promise
    plural: str | Promise
    icon: str
    title: Callable[[Any, Viewer], str]
    author: Callable[[Any, Viewer], Any]
    snapshot: Callable[[Any], dict[str, Any]]
    row_template: str
    indexed: Indexed | None = None
    writer: Callable[[Any], int | None] = attrgetter("owner_id")
    for_rows: Callable[[QuerySet], QuerySet] = lambda rows: rows
    discussed: bool = False
    passages: Callable[[Any, Viewer, int], Passages] | None = None
    passages_of: Callable[[Iterable[int], Viewer], dict[int, Passage]] | None = None
    inside: Callable[[Any], Any] = lambda obj: obj
    space: Callable[[Any], Any] = attrgetter("space")
    open_items: Callable[[Any, Viewer], Iterable[OpenItem]] | None = None
    hide: Callable[..., Any] | None = None
    restore: Callable[..., Any] | None = None
    lock: Callable[..., Any] | None = None
    unlock: Callable[..., Any] | None = None
    move: Callable[..., Any] | None = None
    destinations: Callable[..., QuerySet] | None = None
    reacted: Callable[[int, str, int], None] | None = None
    reactions: tuple[str, ...] = field(default=())
    reading: Callable[[Any, int, datetime | None], Reading] | None = None
    appeal: Callable[[Any, list[str], str], Appeal | None] | None = None
    waiting: Callable[[Any], Iterable[OpenItem]] | None = None
    tallies: tuple[Tally, ...] = ()
    in_space: Callable[[Any, Viewer], Section] | None = None
    to_thank: Callable[[Any], tuple[Any, str] | None] | None = None
    first_reading: Callable[[Any], QuerySet] | None = None
    on_home: Callable[[Any], Section | None] | None = None
    outcome_url: Callable[[Any, Viewer], str] | None = None
    own_words: Callable[[Any], str] | None = None
    birth_url: Callable[[Any, Viewer], str] | None = None
    to_decide: Callable[[Any, int], list[Decision]] | None = None

    @property
    def objects(self) -> Any:
        return self.model._default_manager

    def readable_by(self, user: Viewer) -> QuerySet:
        return self.objects.readable_by(user)


class UnknownKind(LookupError):
    """No room registered a kind of this name."""


_kinds: dict[str, Kind] = {}
_watchers: list[Callable[[Kind], None]] = []
_actions: list[Action] = []
# Of what is unread: (user, space identifiers) → how many by space, in one query.
Counter = Callable[[Any, list[int]], dict[int, int]]
_counters: dict[str, Counter] = {}
# (kind, identifier, viewer, limit) → objects of that kind near to it, read as `for_rows` asks.
Neighbours = Callable[[str, int, "Viewer", int], list[Any]]
_neighbours: list[Neighbours] = []
# (kind, text, viewer, space, limit) → objects of that kind near to a text written for that space.
Resembling = Callable[[str, str, "Viewer", Any, int], list[Any]]
_resembling: list[Resembling] = []
# (kind, text, viewer) → identifiers of the objects of that kind that hold each word of the text.
Holding = Callable[[str, str, "Viewer"], list[int]]
_holding: list[Holding] = []

# (text, viewer) → what of a kind goes with a text that says what is wanted (a call for projects).
Suiting = Callable[[str, Any], list[Going]]
_suiting: dict[str, Suiting] = {}

# Past this, nobody needs the exact number.
UNREAD_CEILING = 100


def register(kind: Kind) -> None:
    _kinds[kind.name] = kind
    for watcher in _watchers:
        watcher(kind)


def for_each_kind(watcher: Callable[[Kind], None]) -> None:
    """Call `watcher` with every kind: those that are there, and those that rooms register later
    (`AppConfig.ready()` runs in the order of the settings, not of the arrows)."""
    _watchers.append(watcher)
    for kind in _kinds.values():
        watcher(kind)


def register_action(action: Action) -> None:
    _actions.append(action)
    _actions.sort(key=lambda a: (a.position, a.name))


def register_counter(name: str, counter: Counter) -> None:
    """Add what `counter` finds to the unread counts kept for each membership."""
    _counters[name] = counter


def unread_in(user: Any, space_ids: list[int]) -> dict[int, int]:
    """How much is unread by `user` in each space, at most `UNREAD_CEILING`; absent means none."""
    found: dict[int, int] = {}
    for counter in _counters.values():
        for space_id, count in counter(user, space_ids).items():
            found[space_id] = min(found.get(space_id, 0) + count, UNREAD_CEILING)
    return found


def register_neighbours(provider: Neighbours) -> None:
    """Say who knows what resembles what; the search does, where there is one."""
    _neighbours[:] = [provider]


def register_resembling(provider: Resembling) -> None:
    """Say who knows what resembles a text that is not published yet."""
    _resembling[:] = [provider]


def knows_neighbours() -> bool:
    """Whether somebody knows what resembles what."""
    return bool(_neighbours)


def similar_to(obj: Model, viewer: Viewer, limit: int = 4) -> list[Any]:
    """Other objects of its kind that resemble it and that `viewer` may read now, nearest first;
    none where nobody knows."""
    kind = kind_of(obj)
    return [found for near in _neighbours for found in near(kind.name, obj.pk, viewer, limit)]


def resembling(kind: str, text: str, viewer: Viewer, space: Any, limit: int = 4) -> list[Any]:
    """Objects of a kind that resemble `text`, meant for `space` (None: for no space), and that
    `viewer` may read now, nearest first; none where nobody knows."""
    return [found for near in _resembling for found in near(kind, text, viewer, space, limit)]


def register_holding(provider: Holding) -> None:
    """Say who knows in which objects the words of a text stand."""
    _holding[:] = [provider]


def holding(kind: str, text: str, viewer: Viewer) -> list[int]:
    """The objects of a kind in which each word of `text` stands, and that `viewer` finds now: their
    identifiers; none where nobody knows."""
    return [pk for provider in _holding for pk in provider(kind, text, viewer)]


def register_suiting(name: str, provider: Suiting) -> None:
    """Say who knows which objects of a kind go with a text that says what is wanted."""
    _suiting[name] = provider


def going_with(name: str, text: str, viewer: User) -> list[Going]:
    """The objects of a kind that go with a text and that `viewer` may read now, those that meet
    most of it first, each with why; none where nobody knows. Nothing of the text is kept."""
    provider = _suiting.get(name)
    return provider(text, viewer) if provider is not None else []


def kinds() -> list[Kind]:
    return list(_kinds.values())


def get(name: str) -> Kind:
    """The kind of that name. Raises `UnknownKind`."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownKind(name) from None


def kind_of(obj: Model) -> Kind:
    """The kind of an object. Raises `UnknownKind` when its model is not registered."""
    for kind in _kinds.values():
        if type(obj) is kind.model:
            return kind
    raise UnknownKind(type(obj).__name__)


def actions_for(obj: Model, viewer: Viewer, place: str = "") -> list[Action]:
    return [one for one in _actions if one.place == place and one.applies(obj, viewer)]


def find_readable(name: str, object_id: int, viewer: Viewer) -> Any:
    """The object if `viewer` may read it; raises `ObjectDoesNotExist` alike for a missing
    object, an invisible one and an unknown kind, so that nothing can be told from the answer."""
    try:
        kind = get(name)
    except UnknownKind:
        raise ObjectDoesNotExist from None
    return kind.readable_by(viewer).get(pk=object_id)


def find_seen(name: str, object_id: int, viewer: Viewer) -> Any:
    """The object if `viewer` reads it, or moderates it in whatever state; raises
    `ObjectDoesNotExist` as `find_readable` does."""
    try:
        return find_readable(name, object_id, viewer)
    except ObjectDoesNotExist:
        if name not in _kinds:
            raise
        return get(name).objects.moderated_by(viewer).get(pk=object_id)
