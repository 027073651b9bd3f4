"""The code of conduct comes first; French is spoken unless English was chosen."""

import pytest

from community.services import publish_charter
from home import conduct

pytestmark = pytest.mark.django_db
CODE = "/compte/code-de-conduite/"


@pytest.fixture
def code(world):
    return publish_charter(None, [{"title": "Rester entre nous", "text": "Toujours."}], by=None)


def accept(browser, version=1, **more):
    return browser.post(CODE, {"accept": "on", "version": version} | more)


def test_maude_is_led_to_the_code_at_her_first_page_and_then_where_she_was_going(code, maude, as_):
    browser = as_(maude)
    answer = browser.get("/discussions/?espace=intervention")
    assert answer.status_code == 302
    assert answer.url == f"{CODE}?next=%2Fdiscussions%2F%3Fespace%3Dintervention"
    page = browser.get(answer.url).content.decode()
    assert "Rester entre nous" in page
    answer = accept(browser, next="/discussions/?espace=intervention")
    assert answer.url == "/discussions/?espace=intervention"
    assert browser.get("/").status_code == 200


def test_she_must_tick_the_box(code, maude, as_):
    answer = as_(maude).post(CODE, {"version": 1})
    assert answer.status_code == 400
    assert "Cochez la case" in answer.content.decode()
    assert as_(maude).get("/").status_code == 302


def test_meanwhile_she_reads_the_pages_of_rights_and_signs_out(code, maude, as_):
    browser = as_(maude)
    for path in ("/confidentialite/", "/aide/", "/conditions/", "/accessibilite/"):
        assert browser.get(path).status_code == 200
    browser.post("/compte/deconnexion/")
    assert "_auth_user_id" not in browser.session


def test_it_is_asked_once(code, maude, as_):
    accept(as_(maude))
    assert as_(maude).get("/").status_code == 200


def test_it_costs_no_query_once_accepted(code, maude, as_, django_assert_max_num_queries):
    browser = as_(maude)
    accept(browser)
    browser.get("/communautes/")
    with django_assert_max_num_queries(5) as found:
        browser.get("/communautes/")
    assert not [q for q in found if "charter" in q["sql"].lower()]


def test_a_new_version_is_asked_again_without_losing_what_is_being_written(code, world, maude, as_):
    browser = as_(maude)
    accept(browser)
    publish_charter(None, [{"title": "Plus court", "text": "Voilà."}], by=world.odile)
    written = browser.post("/accueil/tout-lu/")
    assert written.url == "/"
    assert browser.get("/").url.startswith(CODE)
    stale = accept(browser, version=1)
    assert "vient de changer" in stale.content.decode()
    assert browser.get("/").status_code == 302
    accept(browser, version=2)
    assert browser.get("/").status_code == 200


def test_htmx_is_sent_to_the_page_itself(code, maude, as_):
    answer = as_(maude).get("/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == CODE


def test_the_page_does_not_send_her_away_from_the_house(code, maude, as_):
    assert accept(as_(maude), next="https://ailleurs.example/").url == "/"


def test_without_a_code_nobody_is_stopped(world, maude, as_):
    assert conduct.current() is None
    assert as_(maude).get("/").status_code == 200


def test_a_browser_in_english_gets_french(client, db):
    page = client.get("/", headers={"Accept-Language": "en-US,en;q=0.9"})
    assert 'lang="fr-CA"' in page.content.decode()
    assert page.headers["Content-Language"] == "fr-ca"


def test_a_visitor_chooses_english_and_comes_back(client, db):
    answer = client.post("/i18n/langue/", {"language": "en", "next": "/aide/"})
    assert answer.url == "/aide/"
    assert 'lang="en-CA"' in client.get("/aide/").content.decode()


def test_maude_s_choice_follows_her_to_another_device(maude, as_):
    as_(maude).post("/i18n/langue/", {"language": "en", "next": "/"})
    maude.refresh_from_db()
    assert maude.language == "en"
    assert 'lang="en-CA"' in as_(maude).get("/aide/").content.decode()


def test_an_unknown_language_changes_nothing(maude, as_):
    as_(maude).post("/i18n/langue/", {"language": "xx", "next": "/"})
    maude.refresh_from_db()
    assert maude.language == "fr-ca"


def test_an_animator_without_a_second_factor_is_not_sent_round_in_circles(
    code, odile, as_, settings
):
    from allauth.mfa.models import Authenticator

    settings.SECOND_FACTOR_REQUIRED = True
    Authenticator.objects.filter(user=odile).delete()
    answer = as_(odile).get("/", follow=True)
    assert answer.status_code == 200
    assert len(answer.redirect_chain) < 4
