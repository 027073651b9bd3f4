"""The drawing tags: what they put in a page, for whom."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from core.text import French


def draw(source: str, **context) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


def test_an_icon_is_decoration_unless_it_is_named():
    assert 'aria-hidden="true"' in draw('{% icon "lock" %}')
    spoken = draw('{% icon "lock" "confidentiel" %}')
    assert 'aria-label="confidentiel"' in spoken
    assert "#lock" in spoken


def test_a_face_shows_a_photo_or_initials_and_a_mask_for_nobody():
    maude = SimpleNamespace(initials="MT", face_class="b", photo_url="")
    assert draw('{% face p "s" %}', p=maude) == (
        '<span class="face b s" aria-hidden="true">MT</span>'
    )
    maude.photo_url = "/fichiers/x/"
    assert '<img src="/fichiers/x/" alt=""' in draw("{% face p %}", p=maude)
    unnamed = draw("{% face p %}", p=None)
    assert "MT" not in unnamed
    assert "face none" in unnamed


def test_a_name_cannot_write_html():
    real = SimpleNamespace(initials="<b", face_class="a", photo_url="")
    assert "&lt;b" in draw("{% face p %}", p=real)


def test_a_time_keeps_the_machine_date_in_montreal_time():
    shown = draw('{% when v "day" %}', v=datetime(2026, 11, 23, 2, 5, tzinfo=UTC))
    assert 'datetime="2026-11-22T21:05-05:00"' in shown
    assert ">22 novembre 2026<" in shown
    assert draw("{% when v %}", v=None) == ""


def test_filters_follow_the_language_of_the_reader():
    with translation.override("fr-ca"):
        assert draw("{{ 1250|grouped }} {{ 48000|filesize_fr }}") == "1\u00a0250 48\u00a0ko"
    with translation.override("en"):
        assert draw("{{ 1250|grouped }} {{ 48000|filesize_fr }}") == "1,250 48\u00a0kB"


def test_hours_are_a_time_of_day_or_a_length_of_time():
    half_past_one = datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
    assert draw("{{ v|hours }}", v=half_past_one) == "13\u00a0h\u00a030"
    assert draw("{{ v|hours }}", v=18.6) == "19\u00a0h"
    assert draw("{{ v|hours }}", v=None) == ""


def test_a_capped_count_passes_through_grouped():
    assert draw("{{ n|grouped }}", n="2 000+") == "2 000+"


@pytest.mark.parametrize(
    ("page", "pages", "numbers"),
    [
        (1, 1, []),
        (1, 3, [1, 2, 3]),
        (1, 9, [1, 2, None, 9]),
        (4, 9, [1, 2, 3, 4, 5, None, 9]),
        (5, 9, [1, None, 4, 5, 6, None, 9]),
        (9, 9, [1, None, 8, 9]),
    ],
)
def test_page_links_show_the_ends_and_the_neighbours(page, pages, numbers):
    from core.templatetags.ui import pager

    assert pager(page, pages)["numbers"] == numbers


def test_the_current_page_is_said_current():
    shown = draw('{% pager 2 3 "?page=" %}')
    assert '<a href="?page=2" aria-current="page">2</a>' in shown
    assert 'rel="prev"' in shown
    assert 'rel="next"' in shown


def test_what_people_wrote_says_its_language_where_the_page_speaks_another_one():
    source = (
        "<p{% written %}></p><p{% written 'en-CA' %}></p><p{% written '' %}></p>"
        "{{ said|written }}{{ term|worded }}{{ said|worded }}{{ none|written }}"
    )
    context = {"said": "<École>", "term": French("Rural"), "none": ""}
    with translation.override("en"):
        assert draw(source, **context) == (
            '<p lang="fr-CA"></p><p></p><p></p><span lang="fr-CA">&lt;École&gt;</span>'
            '<span lang="fr-CA">Rural</span>&lt;École&gt;'
        )
    with translation.override("fr-ca"):
        assert draw(source, **context) == (
            '<p></p><p lang="en-CA"></p><p></p>&lt;École&gt;Rural&lt;École&gt;'
        )


def test_an_option_of_a_list_says_that_it_is_french_and_keeps_its_words():
    field = forms.ChoiceField(choices=[("", "All"), ("r", French("Rural & côtier"))])
    with translation.override("en"):
        drawn = field.widget.render("region", "r")
    assert '<option value="">All</option>' in drawn
    assert '<option value="r" selected lang="fr-CA">Rural &amp; côtier</option>' in drawn
