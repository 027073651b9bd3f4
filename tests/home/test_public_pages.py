"""What a visitor reads is true: nothing is promised that is not built."""

import re

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db

PAGES = ("/", "/aide/", "/confidentialite/", "/conditions/", "/accessibilite/")
# Words of the rooms that later issues build.
UNBUILT = (
    "agenda", "événement", "veille", "appel de projets", "calendrier", "calendar", "webinar",
)  # fmt: skip


def text_of(client, path):
    page = client.get(path)
    assert page.status_code == 200
    inline = re.sub(r"</?(?:a|strong|svg|use|span)\b[^>]*>", "", page.content.decode())
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", " ", inline))


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["fr-ca", "en"])
def test_no_page_promises_what_is_not_built(client: Client, path, language):
    client.cookies["langue"] = language
    said = text_of(client, path).lower()
    assert not [word for word in UNBUILT if re.search(rf"\b{word}", said)]


@pytest.mark.parametrize("path", PAGES)
def test_each_page_names_the_person_responsible(client, path, settings):
    settings.PRIVACY_OFFICER, settings.PRIVACY_CONTACT = "Ada Répond", "ada@exemple.test"
    page = client.get(path).content.decode()
    assert "Ada Répond" in page
    assert "mailto:ada@exemple.test" in page


def test_the_privacy_page_says_what_law_25_asks(client):
    said = text_of(client, "/confidentialite/")
    for words in ("conservé", "30 jours", "retirer un consentement", "Commission d’accès"):
        assert words in said


def test_the_visit_leads_to_the_request_and_to_the_sign_in(client):
    page = client.get("/").content.decode()
    assert 'href="/adhesion/"' in page
    assert 'href="/compte/connexion/"' in page
    assert "Ensemble, on tient mieux le fil." in page


def test_emergency_numbers_are_on_the_guide_and_on_the_terms(client):
    for path in ("/aide/", "/conditions/"):
        said = text_of(client, path)
        for number in ("911", "811", "988", "DPJ"):
            assert number in said


def test_members_read_the_pages_of_rights_too(as_, maude):
    for path in PAGES[1:]:
        assert as_(maude).get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_french_typography(client, path):
    said = text_of(client, path)
    assert not re.findall(r"\S [;!?](?:\s|$)", said)
    assert not re.findall(r"[^\u00a0\s]:\s", said.replace("https:", "")), "a colon takes a space"
    assert not re.findall(r"«[^\u00a0]|[^\u00a0]»", said)
    assert "'" not in said.replace("&#x27;", "'")


def test_browsers_and_robots_find_what_they_ask_every_site(client: Client) -> None:
    assert client.get("/favicon.ico").headers["Location"].endswith(".svg")
    rules = client.get("/robots.txt").content.decode()
    assert "Disallow: /invitation/" in rules and "Disallow: /\n" not in rules
