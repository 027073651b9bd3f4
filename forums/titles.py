"""A title out of a text, for those who only wrote the text."""

import re

LENGTH = 90
SENTENCE = re.compile(r"(.+?[.?!…](?=\s|$)|.+)", re.S)
GREETING = re.compile(
    r"^(?:bonjour|bonsoir|salut|all[oô]|hello|bon matin)\b[^.!?\n,]{0,40}[.!,\n]+\s*", re.I
)


def proposed_title(text: str) -> str:
    """The first sentence, without its greeting, cut between two words when it is long.

    Ends without a full stop, as titles do; a question keeps its mark.
    """
    lines = text.strip()
    rest = GREETING.sub("", lines, count=1).strip() or lines
    first = rest.split("\n", 1)[0].strip()
    found = SENTENCE.match(first)
    title = " ".join((found[0] if found else first).split())
    if len(title) > LENGTH:
        title = title[:LENGTH].rsplit(" ", 1)[0].rstrip(" ,;:–-") + "…"
    title = title.rstrip(".") if not title.endswith("…") else title
    return (title[:1].upper() + title[1:]) or "…"
