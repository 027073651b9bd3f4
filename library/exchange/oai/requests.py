"""What a harvester asks: its verb, its arguments, and where its list goes on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.signing import TokenExpired, TokenInvalid, make_token, read_token
from library.exchange.oai.errors import (
    BadArgument,
    BadResumptionToken,
    BadVerb,
    CannotDisseminateFormat,
)

PREFIX = "oai_dc"
TOKEN_LIFE = timedelta(hours=24)
LIST = ({"metadataPrefix"}, {"from", "until", "set"})
# Verb → the arguments that it requires, and those that it also takes.
VERBS: dict[str, tuple[set[str], set[str]]] = {
    "Identify": (set(), set()),
    "ListMetadataFormats": (set(), {"identifier"}),
    "ListSets": (set(), set()),
    "GetRecord": ({"identifier", "metadataPrefix"}, set()),
    "ListIdentifiers": LIST,
    "ListRecords": LIST,
}
RESUMABLE = {"ListSets", "ListIdentifiers", "ListRecords"}
SET = re.compile(r"[A-Za-z0-9_.!~*'():-]+", re.ASCII)
MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(T\d\d:\d\d:\d\dZ)?", re.ASCII)


@dataclass(frozen=True)
class Cursor:
    """Where a list stopped: after the record `number`, changed at `stamp`; `count` were given."""

    stamp: datetime
    number: int
    count: int


@dataclass(frozen=True)
class Harvest:
    """Which records a list is of: in `set`, changed from `since` on and before `before`."""

    set: str = ""
    since: datetime | None = None
    before: datetime | None = None
    after: Cursor | None = None

    def token(self, verb: str, cursor: Cursor) -> str:
        """The resumption token of what follows `cursor` in this list."""
        return make_token(
            "oai",
            verb=verb,
            set=self.set,
            since=_written(self.since),
            before=_written(self.before),
            stamp=_written(cursor.stamp),
            number=cursor.number,
            count=cursor.count,
        )


def verb_of(given: Mapping[str, list[str]]) -> str:
    """The one verb of a request. Raises `BadVerb`."""
    verbs = given.get("verb", [])
    if len(verbs) != 1:
        raise BadVerb("One verb is needed, once.")
    if verbs[0] not in VERBS:
        raise BadVerb("This verb is not one of the protocol's.")
    return verbs[0]


def arguments_of(verb: str, given: Mapping[str, list[str]]) -> dict[str, str]:
    """The arguments of a request, each once and of its verb. Raises `BadArgument`,
    `BadResumptionToken` for a list that has none."""
    arguments = {name: values[0] for name, values in given.items() if name != "verb"}
    if any(len(values) != 1 for values in given.values()):
        raise BadArgument("An argument is repeated.")
    if "resumptionToken" in arguments and verb in RESUMABLE:
        if len(arguments) > 1:
            raise BadArgument("resumptionToken is an exclusive argument.")
        if verb == "ListSets":
            raise BadResumptionToken("The list of sets is given whole.")
        return arguments
    required, optional = VERBS[verb]
    if unknown := set(arguments) - required - optional:
        raise BadArgument(f"{verb} does not take: {', '.join(sorted(unknown))}.")
    if missing := required - set(arguments):
        raise BadArgument(f"{verb} needs: {', '.join(sorted(missing))}.")
    if arguments.get("metadataPrefix", PREFIX) != PREFIX:
        raise CannotDisseminateFormat(f"The only format is {PREFIX}.")
    return arguments


def harvest_of(verb: str, arguments: Mapping[str, str]) -> Harvest:
    """The list that these arguments ask for, from its beginning or from where it stopped. Raises
    `BadArgument` and `BadResumptionToken`."""
    if "resumptionToken" in arguments:
        return _resumed(verb, arguments["resumptionToken"])
    wanted = arguments.get("set", "")
    if wanted and not SET.fullmatch(wanted):
        raise BadArgument("This is not the name of a set.")
    since, until = arguments.get("from", ""), arguments.get("until", "")
    if since and until and len(since) != len(until):
        raise BadArgument("from and until must have the same granularity.")
    start, end = _moment(since), _moment(until)
    if start and end and start > end:
        raise BadArgument("from is later than until.")
    if end is not None:
        # Up to and including that day, or that second: what is shown has no fraction.
        end += timedelta(days=1) if len(until) == 10 else timedelta(seconds=1)
    return Harvest(set=wanted, since=start, before=end)


def _resumed(verb: str, token: str) -> Harvest:
    try:
        said = read_token("oai", token, max_age=TOKEN_LIFE)
    except (TokenExpired, TokenInvalid):
        raise BadResumptionToken("This token has expired, or is none of ours.") from None
    if said["verb"] != verb:
        raise BadResumptionToken("This token is that of another verb.")
    stamp = _read(said["stamp"])
    if stamp is None:
        raise BadResumptionToken("This token is none of ours.")
    return Harvest(
        set=said["set"],
        since=_read(said["since"]),
        before=_read(said["before"]),
        after=Cursor(stamp, said["number"], said["count"]),
    )


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    if not MOMENT.fullmatch(text):
        raise BadArgument("Write a date as 2025-05-31 or 2025-05-31T12:00:00Z.")
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise BadArgument("There is no such day or time.") from None


def _written(moment: datetime | None) -> str:
    return moment.isoformat() if moment is not None else ""


def _read(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
