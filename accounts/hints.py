"""What an animator may want to look at twice before she decides on a request.

Nothing here blocks: a checksum may be wrong, two organisations may share a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.translation import gettext as _

from accounts.models import MembershipRequest, Organisation, User
from accounts.numbers import charity_adds_up, neq_adds_up
from core.text import fold

ALIKE = 0.82
# Mailboxes that anybody may have: sharing one says nothing of two organisations.
PUBLIC_MAIL = frozenset(
    {
        "aol.com", "bell.net", "cgocable.ca", "gmail.com", "hotmail.ca", "hotmail.com",
        "hotmail.fr", "icloud.com", "live.ca", "live.com", "me.com", "msn.com", "outlook.com",
        "outlook.fr", "protonmail.com", "proton.me", "sympatico.ca", "tlb.sympatico.ca",
        "videotron.ca", "videotron.qc.ca", "xplornet.ca", "yahoo.ca", "yahoo.com", "yahoo.fr",
    }
)  # fmt: skip
# Words that half of the names begin with.
COMMON_WORDS = re.compile(
    r"\b(le|la|les|l|de|des|du|d|et|organisme|communautaire|centre|maison|carrefour|inc)\b"
)


@dataclass(frozen=True)
class Hint:
    """One remark. `level` is ok, info or odd; `organisation` is the one it speaks of."""

    level: str
    text: str
    organisation: Organisation | None = None


def hints_for(request: MembershipRequest) -> list[Hint]:
    """The remarks on a request, numbers first."""
    return [*_numbers(request), *_sending(request), *_neighbours(request), *_history(request)]


def _numbers(request: MembershipRequest) -> list[Hint]:
    checks: tuple[tuple[str, str, Callable[[str], bool]], ...] = (
        (_("NEQ"), request.neq, neq_adds_up),
        (_("Charity number"), request.charity_number, charity_adds_up),
    )
    found = []
    for label, number, adds_up in checks:
        names = {"label": label, "number": number}
        if not number:
            continue
        if adds_up(number):
            found.append(Hint("ok", _("%(label)s %(number)s: the check digit is right.") % names))
        else:
            odd = _("%(label)s %(number)s: the check digit is odd. Look in the public register.")
            found.append(Hint("odd", odd % names))
    return found


def _sending(request: MembershipRequest) -> list[Hint]:
    found = []
    if request.to_verify:
        found.append(Hint("odd", _("Sent without the proof against robots: read it twice.")))
    known = User.objects.filter(email=request.email).select_related("organisation").first()
    if known is not None:
        text = _("This address already belongs to the account of %(who)s (%(where)s).")
        where = known.organisation or _("no organisation")
        found.append(Hint("odd", text % {"who": known, "where": where}, known.organisation))
    return found


def _neighbours(request: MembershipRequest) -> list[Hint]:
    """Organisations that may be the same one: by NEQ, by name, by e-mail domain."""
    if request.organisation_id is not None:
        return []
    found = []
    domain = request.email.rpartition("@")[2]
    shared = domain not in PUBLIC_MAIL
    name = essence(request.organisation_name)
    for other in Organisation.objects.all().only("name", "neq", "email", "website"):
        if request.neq and other.neq == request.neq:
            text = _("Same NEQ as %(name)s, which is already here.")
        elif name and SequenceMatcher(None, name, essence(other.name)).ratio() >= ALIKE:
            text = _("Its name looks like %(name)s, which is already here.")
        elif shared and domain in (other.email.rpartition("@")[2], _host(other.website)):
            text = _("Same e-mail domain as %(name)s, which is already here.")
        else:
            continue
        found.append(Hint("odd", text % {"name": other.name}, other))
    return found


def _history(request: MembershipRequest) -> list[Hint]:
    """Earlier requests of the same address or NEQ."""
    rows = MembershipRequest.objects.exclude(pk=request.pk).exclude(state="draft")
    same = rows.filter(email=request.email)
    if request.neq:
        same = same | rows.filter(neq=request.neq)
    text = _("Another request: %(name)s (%(state)s).")
    return [
        Hint("info", text % {"name": row.organisation_name, "state": row.get_state_display()})
        for row in same.order_by("-submitted_at")[:5]
    ]


def essence(name: str) -> str:
    """The words of a name that tell it from others, folded and sorted."""
    words = re.sub(r"[^\w]+", " ", fold(name))
    return " ".join(sorted(COMMON_WORDS.sub(" ", words).split()))


def _host(website: str) -> str:
    return re.sub(r"^https?://(www\.)?|/.*$", "", website.lower())
