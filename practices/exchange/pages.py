"""The pages that the printer is given. What leaves on paper is in French, as the sheets are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.template.loader import render_to_string
from django.utils import translation

from core.site import site
from practices.exchange import qr
from practices.exchange.paper import Paper

LANGUAGE = "fr-ca"


def sheet_page(paper: Paper) -> str:
    with translation.override(LANGUAGE):
        return render_to_string("practices/paper/sheet.html", {"paper": paper, "site": site()})


def booklet_page(title: str, day: date, papers: Sequence[Paper]) -> str:
    """Title page, contents with the number of each page, the sheets, to whom they are owed."""
    names = {name for paper in papers for name in (paper.bearer, *paper.credits)}
    context = {
        "title": title,
        "day": day,
        "papers": papers,
        "organisations": sorted(names),
        "site": site(),
    }
    with translation.override(LANGUAGE):
        return render_to_string("practices/paper/booklet.html", context)


def things(papers: Sequence[Paper]) -> dict[str, str]:
    """What the pages name, beside their style."""
    return {f"qr-{paper.number}.svg": qr.picture(paper.url) for paper in papers}
