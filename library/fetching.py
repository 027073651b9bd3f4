"""What a page of the web says of itself, so that who deposits its address need not type it."""

from __future__ import annotations

from core.fetching import NotRead, fetch
from library.webpage import WebPage, read

HTML = ("text/html", "application/xhtml+xml")


def describe(url: str) -> WebPage:
    """What the page at `url` says of itself; nothing when it is no page of HTML.

    Raises `NotAnAddress`, `NotPublic`, `TooSlow`, `NotRead`.
    """
    answer = fetch(url)
    if answer.status >= 400:
        raise NotRead
    if not answer.content_type.startswith(HTML):
        return WebPage()
    return read(answer.body, answer.content_type)
