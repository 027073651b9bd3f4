"""That the tests of this room would see what is wrong, if it were."""

from __future__ import annotations

import pytest

from tests.browser.acts import soon
from tests.browser.axe import check
from tests.browser.conftest import Opens
from tests.browser.house import House

pytestmark = pytest.mark.browser

# What is done to the page, and what is then said of it.
BAD = {
    "an inline style": (
        "document.body.append(document.createElement('style'));"
        "document.querySelector('body > style').textContent = 'p { color: red }'",
        "Content Security Policy",
    ),
    "an error in the console": ("console.error('une erreur')", "une erreur"),
    "an exception": ("setTimeout(() => { throw new Error('une panne') })", "une panne"),
    "another host": (
        "document.body.append(Object.assign(new Image(), {src: 'http://autre.test/'}))",
        "autre.test",
    ),
    "a missing file": (
        "document.body.append(Object.assign(new Image(), {src: '/statique/rien.png'}))",
        "404 for the image",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_what_a_page_must_not_do_fails_its_test(open_house: Opens, what: str) -> None:
    script, words = BAD[what]
    with pytest.raises(AssertionError), open_house("founded") as house:
        page = house.visit()
        page.goto("/aide/")
        page.evaluate(script)
        soon(page, lambda: bool(house.watch(page).troubles), "nothing was seen")
    said = [one for watch in house.watches.values() for one in watch.troubles]
    assert any(words in one for one in said), said


def test_axe_sees_what_is_wrong_in_one_scheme_only(house: House) -> None:
    page = house.visit()
    page.goto("/aide/")
    assert check(page) == []
    page.evaluate("document.querySelector('main h1').style.color = '#333'")
    found = check(page)
    assert len(found) == 1 and found[0].startswith("dark"), found
    page.evaluate("document.querySelector('main').append(new Image())")
    assert any(" image-alt: " in one for one in check(page))
