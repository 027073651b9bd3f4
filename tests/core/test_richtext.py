"""The one door for text: nothing dangerous passes, nothing typed is lost."""

import re
import time
import unicodedata
from html.parser import HTMLParser
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.errors import Refused
from core.richtext import (
    MAX_BYTES,
    RichText,
    TooLong,
    TooNested,
    excerpt,
    from_html,
    from_plain,
    image_ids,
    is_empty,
)

REL = 'rel="noopener noreferrer nofollow ugc"'
PHOTO = "12345678-1234-4234-8234-123456789abc"

XSS = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script\x00>alert(1)</script>",
    "<script/src=data:,alert(1)>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror\x0b=alert(1)>",
    "<IMG SRC=`javascript:alert(1)`>",
    '<img src="javascript:alert(1)">',
    '<img """><script>alert(1)</script>">',
    "<img/src=x/onerror=alert(1)//",
    '<img src="data:image/svg+xml;base64,PHN2Zy8+">',
    "<img src=//evil.example/pixel.gif>",
    "<img src=/fichiers/../compte/deconnexion/>",
    f'<img src="https://evil.example/fichiers/{PHOTO}/">',
    f'<img src="/fichiers/{PHOTO}/?x=1">',
    f'<img src="/fichiers/{PHOTO}/" srcset="//evil.example/x 2x" loading=eager>',
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<body onload=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=javascript:alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href=' javascript:alert(1)'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href='java\x01script:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='java&#10;script:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='javascript&colon;alert(1)'>x</a>",
    "<a href='java\u00adscript:alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='file:///etc/passwd'>x</a>",
    "<a href='//evil.example'>x</a>",
    "<a href='tel:5145551234'>x</a>",
    "<a href='https://x.example' onclick=alert(1) style=position:fixed target=_blank>x</a>",
    "<a href='https://x.example\" onmouseover=\"alert(1)'>x</a>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<p onmouseover=alert(1)>x</p>",
    "<p id=csrf name=csrf class='modal open'>x</p>",
    "<div style=behavior:url(x.htc)>x</div>",
    "<style>@import 'javascript:alert(1)';</style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href=//evil.example/>",
    "<form action=/admin/ method=post><input name=x><button>x</button></form>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<input autofocus onfocus=alert(1)>",
    "<select autofocus onfocus=alert(1)>",
    "<textarea autofocus onfocus=alert(1)>x</textarea>",
    "<template><script>alert(1)</script></template>",
    "<xmp><script>alert(1)</script></xmp>",
    "<!--><script>alert(1)</script>-->",
    "<!-- <img src=x onerror=alert(1)> -->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php system('x') ?><%= x %>",
    "<span class=mention data-mention='\"><script>alert(1)</script>'>x</span>",
    "<span class=mention data-mention=x onclick=alert(1)>x</span>",
    "<p hx-get=/admin/ hx-trigger=load data-hx-on:click=alert(1)>x</p>",
    "<td background=javascript:alert(1)>x</td>",
    "<table background=javascript:alert(1)><tr><td>x</table>",
    "<ol start='1 onclick=alert(1)'><li>x</ol>",
    "<p>\u0338<script\u0338>alert(1)</script></p>",
    "<\u0338script>alert(1)</script>",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt\u037escript&amp;gt\u037e",
    "<pre>\n\n\n<script>alert(1)</script></pre>",
]

ALLOWED_TAGS = {
    *("p", "br", "strong", "em", "u", "s", "a", "ul", "ol", "li", "blockquote", "h3", "h4"),
    *("code", "pre", "figure", "figcaption", "img", "span"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ALLOWED_ATTRIBUTES = {
    "a": {"href", "rel"},
    "ol": {"start"},
    "img": {"src", "alt", "width", "height"},
    "span": {"class", "data-mention"},
    "figure": {"class"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}


class Inspector(HTMLParser):
    """Reads a result as a browser would, and refuses all that the list does not hold."""

    def handle_starttag(self, tag, attrs):
        assert tag in ALLOWED_TAGS, tag
        given = dict(attrs)
        assert len(given) == len(attrs)
        assert set(given) <= ALLOWED_ATTRIBUTES.get(tag, set()), given
        if tag == "a":
            assert re.match(r"(https?://|mailto:)", given["href"], re.I), given
            assert given["rel"] == "noopener noreferrer nofollow ugc"
        if tag == "img":
            assert re.fullmatch(r"/fichiers/[0-9a-f-]{36}/", given["src"]), given
        if tag == "span":
            assert given["data-mention"]
        assert set((given.get("class") or "").split()) <= {"image", "table", "mention"}

    def handle_comment(self, data):
        raise AssertionError("a comment")

    handle_decl = handle_pi = unknown_decl = handle_comment


def inspect(html):
    inspector = Inspector(convert_charrefs=True)
    inspector.feed(html)
    inspector.close()
    # Beyond tags: the three marks that no result may hold inside one.
    for tag in re.findall(r"<[^>]*>", html):
        assert not re.search(r"<script|\son\w+\s*=|javascript:", tag, re.I), tag


@pytest.mark.parametrize("attack", XSS)
def test_an_attack_leaves_nothing_that_runs(attack):
    for html in (attack, f"<p>avant</p>{attack}<p>après</p>"):
        result = from_html(html)
        inspect(result.html)
        assert from_html(result.html) == result
    assert "avant" in result.text


@pytest.mark.parametrize("attack", XSS)
def test_an_attack_typed_in_the_plain_box_is_shown_as_text(attack):
    result = from_plain(attack)
    inspect(result.html)
    assert "<script" not in result.html
    assert "<img" not in result.html


def test_the_battery_is_a_battery():
    assert len(XSS) >= 40


# ------------------------------------------------------------------------------ what is kept


def test_what_the_editor_writes_is_kept():
    html = (
        "<h3>Titre</h3><p>Un <strong>gros</strong> <em>mot</em>, <u>oui</u>, <s>non</s>.<br>Suite"
        "</p><ul><li>un</li></ul><ol><li>deux</li></ol><blockquote><p>cité</p></blockquote>"
        "<pre><code>x = 1</code></pre><h4>Petit</h4>"
        '<figure class="table"><table><thead><tr><th>a</th></tr></thead><tbody><tr>'
        '<td colspan="2">b</td></tr></tbody></table></figure>'
    )
    assert from_html(html).html == html


def test_other_names_of_the_same_thing_become_ours():
    result = from_html("<h1>T</h1><b>g</b> <i>i</i> <del>d</del><div>a</div><div>b</div>")
    assert result.html == ("<h3>T</h3><strong>g</strong> <em>i</em> <s>d</s><p>a</p><p>b</p>")


def test_a_link_gains_what_keeps_it_harmless():
    assert from_html('<a href="https://x.example/é?a=1&amp;b=2" target="_blank">x</a>').html == (
        f'<a href="https://x.example/é?a=1&amp;b=2" {REL}>x</a>'
    )
    assert from_html("<a href=mailto:a@b.example>x</a>").html == (
        f'<a href="mailto:a@b.example" {REL}>x</a>'
    )
    assert from_html("<a name=top>x</a> <a href=/admin/>y</a>").html == "x y"


def test_an_image_comes_from_our_own_door_only():
    ours = f'<figure class="image"><img src="/fichiers/{PHOTO}/" alt="Un vélo" width="40"></figure>'
    assert from_html(ours.replace("<img", '<img style="width:50%"')).html == ours
    assert image_ids(ours * 2) == [UUID(PHOTO)]
    assert from_html('<p>a<img src="https://x.example/a.png">b</p>').html == "<p>ab</p>"
    assert image_ids("<p>rien</p>") == []


def test_a_mention_stays_and_an_empty_span_goes():
    html = (
        '<p><span style="color:red">Bonjour <span class="mention x" data-mention="@Maude">@Maude'
        "</span></span></p>"
    )
    assert from_html(html).html == (
        '<p>Bonjour <span class="mention" data-mention="@Maude">@Maude</span></p>'
    )


def test_french_typography_is_untouched():
    text = "« L’été\u00a0: 10\u202f000\u00a0$ », dit-elle… à 13\u00a0h\u00a030; œuvre\u00a0!"
    assert from_plain(text).text == text
    assert from_html(f"<p>{text}</p>").text == text


def test_accents_are_composed_and_invisible_traps_removed():
    decomposed = unicodedata.normalize("NFD", "Éléonore à l’école")
    assert from_html(f"<p>{decomposed}</p>").html == "<p>Éléonore à l’école</p>"
    assert from_plain(decomposed).text == "Éléonore à l’école"
    assert from_plain("a\x00b\x07c\u202ed\u2066e\ufffff").text == "abcdef"
    assert from_html("<p>a&#0;b&#x202e;c&#8;</p>").text.replace("\ufffd", "") == "abc"
    assert from_plain("a\ud800b").text == "ab"


# --------------------------------------------------------------------------------- plain text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>un</p><p>deux</p>", "un\n\ndeux"),
        ("<p>un<br>deux</p>", "un\ndeux"),
        ("<p>un<br><br><br>deux</p>", "un\n\ndeux"),
        ("<p>un\n   deux</p>\n\n<p>trois</p>", "un deux\n\ntrois"),
        ("<p>un</p><p>&nbsp;</p><p>deux</p>", "un\n\ndeux"),
        ("<h3>T</h3><ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>", "T\n\n- a\n- b\n  - c"),
        ("<ul><li><p>a</p></li><li><p>b</p><p>c</p></li></ul>", "- a\n- b\nc"),
        ("<ol start=3><li>a</li><li>b</li></ol>", "3. a\n4. b"),
        ("<blockquote><p>a</p><p>b</p></blockquote><p>c</p>", "> a\n>\n> b\n\nc"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>", "> a\n>\n> > b"),
        ("<p>voir <a href='https://x.example/g'>le guide</a>.</p>", None),
        ("<p><a href='https://x.example/g/'>x.example/g</a></p>", "x.example/g"),
        ("<p><a href='mailto:a@b.example'>écrire</a></p>", "écrire (a@b.example)"),
        ("<pre>a\n  b\n\nc</pre>", "a\n  b\n\nc"),
        (
            "<table><tr><th>a</th><th>b</th></tr><tr><td>c</td><td>d</td></tr></table>",
            "a | b\nc | d",
        ),
        (f"<img src='/fichiers/{PHOTO}/' alt='Le plan'>", "[Le plan]"),
        ("<p>1 &lt; 2 &amp; 3</p>", "1 < 2 & 3"),
        ("a<b>b</b>c <i>d</i>", "abc d"),
        ("", ""),
        ("<p></p>", ""),
    ],
)
def test_the_plain_text_keeps_paragraphs_lists_and_quotes(html, text):
    if text is None:
        text = "voir le guide (https://x.example/g)."
    assert from_html(html).text == text


def test_plain_paragraphs_and_lines_are_kept():
    result = from_plain("  Bonjour,\r\nmerci!\r\n\r\n\r\nOdile\n \nROCQLD \n")
    assert result.html == "<p>Bonjour,<br>merci!</p><p>Odile</p><p>ROCQLD</p>"
    assert result.text == "Bonjour,\nmerci!\n\nOdile\n\nROCQLD"


@pytest.mark.parametrize(
    ("typed", "target", "shown"),
    [
        ("https://x.example", "https://x.example", "https://x.example"),
        ("(voir https://x.example/a).", "https://x.example/a", "https://x.example/a"),
        ("https://x.example/a_(b)", "https://x.example/a_(b)", "https://x.example/a_(b)"),
        ("«\u00a0https://x.example/a\u00a0»", "https://x.example/a", "https://x.example/a"),
        ("https://x.example/?a=1&b=2!", "https://x.example/?a=1&amp;b=2", None),
        ("www.x.example, oui", "https://www.x.example", "www.x.example"),
        ("info@x.example.", "mailto:info@x.example", "info@x.example"),
        ("HTTPS://X.example", "HTTPS://X.example", "HTTPS://X.example"),
    ],
)
def test_addresses_typed_in_the_plain_box_become_links(typed, target, shown):
    shown = shown or target
    assert f'<a href="{target}" {REL}>{shown}</a>' in from_plain(typed).html
    assert from_plain(typed).text == typed


@pytest.mark.parametrize("typed", ["javascript:alert(1)", "x@y", "a.b.c", "http://", "ftp://x.ca"])
def test_what_is_no_address_of_a_page_or_a_person_stays_text(typed):
    assert "<a" not in from_plain(typed).html


# ------------------------------------------------------------------------- excerpts, emptiness


def test_an_excerpt_is_one_line_cut_between_words():
    text = "> cité\n\nBonjour à vous!\n\nUne question de 10\u00a0000\u00a0$, simple"
    assert excerpt(text, 200) == "Bonjour à vous! Une question de 10\u00a0000\u00a0$, simple"
    assert excerpt(text, 20) == "Bonjour à vous! Une…"
    # A no-break space does not break.
    assert excerpt(text, 40) == "Bonjour à vous! Une question de…"
    assert excerpt("> seulement cité", 30) == "> seulement cité"
    assert excerpt("anticonstitutionnellement", 10) == "anticonst…"
    assert excerpt("", 10) == ""
    assert excerpt("mot suivant", 4) == "mot…"


@pytest.mark.parametrize(
    "html",
    [
        "",
        "   ",
        "<p></p>",
        "<p>&nbsp;</p>",
        "<p><br></p>",
        "<p>\u200b</p><p>&#160;&#8239;</p>",
        "<ul></ul>",
        "<blockquote><p> </p></blockquote>",
        "<script>alert(1)</script>",
        "<!-- rien -->",
        "<img src=x>",
        "<table><tr><td></td></tr></table>",
    ],
)
def test_an_untouched_editor_is_empty(html):
    assert is_empty(html)


@pytest.mark.parametrize("html", ["a", "<p>.</p>", f"<img src='/fichiers/{PHOTO}/'>", "<p>0</p>"])
def test_the_least_sign_is_not_empty(html):
    assert not is_empty(html)


# --------------------------------------------------------------------------- lengths and times


def test_a_text_beyond_sixty_kilobytes_is_refused_with_a_sentence():
    assert len(from_plain("é" * (MAX_BYTES // 2 - 10)).text) == MAX_BYTES // 2 - 10
    for refused in (
        lambda: from_plain("a" * (MAX_BYTES + 1)),
        lambda: from_html("a" * (MAX_BYTES + 1)),
        lambda: from_html("<p>" * 500_000),
        lambda: from_plain("&" * 20_000),
    ):
        with pytest.raises(TooLong) as refusal:
            refused()
        assert isinstance(refusal.value, Refused)
        assert str(refusal.value)


def test_markup_of_an_office_suite_does_not_count():
    html = '<p class="MsoNormal" style="mso-fareast-language:FR-CA">mot</p>' * 2_000
    assert from_html(html).text.count("mot") == 2_000


@pytest.mark.parametrize("tag", ["b", "blockquote", "div", "ul><li", "span", "table><tr><td", "q"])
def test_absurdly_deep_markup_is_refused_before_it_costs(tag):
    began = time.process_time()
    with pytest.raises(TooNested):
        from_html(f"<{tag}>" * (290_000 // (len(tag) + 2)))
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "html",
    [
        *("<li>x" * 50_000, "<p>" * 90_000, "<" * 60_000, "&" * 50_000, "<td>" * 60_000),
        *("</p>" * 60_000, "<a href='https://x.example'>" * 10_000),
        *("https://" * 7_000, "www." * 15_000, "a@" * 30_000),
    ],
)
def test_hostile_text_costs_little(html):
    began = time.process_time()
    for door in (from_html, from_plain):
        try:
            door(html)
        except (TooLong, TooNested):
            continue
    assert time.process_time() - began < 10


# ---------------------------------------------------------------------------------- properties

SCRAPS = [
    *("<p>", "</p>", "<b>", "</b>", "<a ", "</a>", "<ul>", "<li>", "</li>", "<pre>", "<pre>\n"),
    *("</pre>", "<table>", "<td>", "<span ", "<br>", "<blockquote>", "</blockquote>", "href="),
    *("src=", "on", ">", "<", '"', "'", "&", ";", "&nbsp;", "&amp;", "&lt;", "&#0;", "/", "\n"),
    *("javascript:", "https://", "data-mention='x'", "<div>", "</div>", "<h1>", "<svg>", "<style>"),
    *("<!--", "-->", "<math>", "\u0338", "\u0301", "e", "\u00a0", "\x00", "<template>", "<i>"),
    *("<code>", "<textarea>", "<plaintext>", " "),
]
MARKUP = st.lists(
    st.one_of(st.sampled_from(XSS), st.sampled_from(SCRAPS), st.text(max_size=6)), max_size=14
).map("".join)


@settings(max_examples=500, deadline=None)
@given(MARKUP)
@example("<pre>\n\n\nx")
@example("<div><p>a</p><div>b</div></div>")
@example("<p>a<table><p>b")
@example("<a href='https://x'><a href='https://y'>z")
def test_sanitising_twice_changes_nothing_and_the_result_is_clean(html):
    once = from_html(html)
    inspect(once.html)
    assert from_html(once.html) == once
    assert unicodedata.is_normalized("NFC", once.html)
    assert "\x00" not in once.html + once.text


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=60), MARKUP))
def test_every_word_typed_in_the_plain_box_is_kept(typed):
    result = from_plain(typed)
    inspect(result.html)
    assert from_html(result.html) == result
    visible = unicodedata.normalize("NFC", typed)
    for word in re.findall(r"[a-zà-ÿ0-9]{2,}", visible):
        assert word in result.text


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80), st.integers(min_value=1, max_value=40))
def test_an_excerpt_never_exceeds_its_length(text, length):
    cut = excerpt(text, length)
    assert len(cut) <= length
    assert "\n" not in cut


def test_a_rich_text_says_whether_it_is_empty():
    assert RichText("", "").is_empty
    assert not from_plain("mot").is_empty
