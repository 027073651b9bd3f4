"""Numbers that the State gave an organisation: one spelling, and a doubt for the animator.

The patterns of `accounts.models.organisation` block a wrong form; the checks here only tell an
animator to look twice, since a true number may fail them one day.
"""

import re

from stdnum import luhn
from stdnum.ca import bn

NEQ_LENGTH = 10
# Legal persons, sole proprietorships, partnerships, and what is registered otherwise.
NEQ_STARTS = ("11", "22", "33", "88")


def clean_neq(text: str) -> str:
    """A NEQ as it is stored: no space, hyphen, dot, nor the letters NEQ before it."""
    return re.sub(r"^NEQ|[\s.\-–—:]", "", text.strip().upper())


def clean_charity_number(text: str) -> str:
    """A charity number as it is stored: `123456789 RR0001`."""
    bare = re.sub(r"[\s.\-–—]", "", text.strip().upper())
    found = re.fullmatch(r"(\d{9})(RR\d{4})", bare)
    return f"{found[1]} {found[2]}" if found else bare


def neq_adds_up(neq: str) -> bool:
    """Whether the last eight digits pass Luhn's test, as those of published NEQ do."""
    return (
        len(neq) == NEQ_LENGTH
        and neq.isdigit()
        and neq.startswith(NEQ_STARTS)
        and luhn.is_valid(neq[2:])
    )


def charity_adds_up(number: str) -> bool:
    """Whether the nine digits before RR are a possible business number (Luhn, by `ca.bn`)."""
    return bool(bn.is_valid(re.split(r"\s*RR", number)[0]))
