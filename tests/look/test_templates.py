"""What every template and style of the house obeys, read from the files themselves."""

import gzip
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if "emails" not in path.parts]
STYLES = ROOT / "static" / "css"
COMMENT = re.compile(r"{%\s*comment.*?endcomment\s*%}|{#.*?#}", re.DOTALL)
TAG = re.compile(r"{%.*?%}", re.DOTALL)


def read(path: Path) -> str:
    return COMMENT.sub("", path.read_text())


def name(path: Path) -> str:
    return str(path.relative_to(ROOT / "templates"))


def weight(*paths: Path) -> int:
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in paths)


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_page_has_no_inline_style_nor_script(path):
    """The content policy refuses them: they would be drawn for nobody."""
    text = TAG.sub("", read(path))
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", text)
    assert "<style" not in text
    assert not re.search(r"<script(?![^>]*\b(src|json)\b)", text)
    assert "javascript:" not in text


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_an_icon_that_is_asked_for_is_drawn(path):
    drawn = set(re.findall(r'id="([\w-]+)"', (ROOT / "static/img/icons.svg").read_text()))
    assert set(re.findall(r'{%\s*icon\s+"([\w-]+)"', read(path))) <= drawn


@pytest.mark.parametrize("path", sorted((ROOT / "templates/parts").glob("*.html")), ids=name)
def test_a_part_says_what_it_needs(path):
    """House rule 11: partials state their inputs in a leading comment."""
    assert path.read_text().startswith("{% comment %}")
    assert "nput" in path.read_text().split("{% endcomment %}")[0]


def test_the_styles_of_a_page_stay_light():
    """≤ 10 kB compressed, so that a first visit stays far under 60."""
    assert weight(*(STYLES / f"{n}.css" for n in ("tokens", "parts", "ancrage"))) <= 10_000


def test_no_file_of_styles_outgrows_a_reader():
    for path in STYLES.glob("*.css"):
        assert len(path.read_text().splitlines()) <= 500, path.name


def test_every_space_has_its_hue():
    tokens = (STYLES / "tokens.css").read_text()
    for hue in ("vert", "bleu", "violet", "ambre", "rouge", "sarcelle", "rose", "ardoise"):
        assert f".hue-{hue} {{ --h: var(--{hue}); }}" in tokens
        assert tokens.count(f"--{hue}: #") == 2, "one colour for light, one for dark"


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_the_inks_are_read_on_every_surface(scheme):
    """WCAG 1.4.3: 4.5 to 1 for text; 1.4.11: 3 to 1 for the edge of a box to fill."""
    values = [
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))
        for block in (STYLES / "tokens.css").read_text().split("@media")[:2]
    ][scheme]
    inks = ("ink", "ink-2", "brand", "amber", "ok", "danger", "vert", "bleu", "violet", "ambre",
            "rouge", "sarcelle", "rose", "ardoise")  # fmt: skip
    for ink in inks:
        for surface in ("paper", "card"):
            assert contrast(values[ink], values[surface]) >= 4.5, (ink, surface)
    for ink, surface in (
        ("ink-2", "wash"), ("brand", "brand-wash"), ("amber", "amber-wash"), ("ok", "ok-wash"),
        ("danger", "danger-wash"), ("brand-ink", "brand"), ("brand-ink", "brand-2"),
        ("card", "danger"), ("brand", "wash"), ("danger", "wash"), ("ink-2", "brand-wash"),
    ):  # fmt: skip
        assert contrast(values[ink], values[surface]) >= 4.5, (ink, surface)
    for surface in ("card", "paper"):
        assert contrast(values["edge"], values[surface]) >= 3, surface


def contrast(one: str, other: str) -> float:
    lights = sorted((luminance(one), luminance(other)), reverse=True)
    return (lights[0] + 0.05) / (lights[1] + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
