"""The main job from end to end: an organisation asks to join, its first member asks a question,
somebody answers, and what is confided stays where it was said."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import MembershipRequest, Organisation, User
from forums.models import Post, Thread
from tests.accounts.joining import ANSWERS
from tests.accounts.people import PASSWORD
from tests.accounts.people import give_password as set_password
from tests.browser.acts import agree, publish, says, sign_in, write
from tests.browser.house import House, path_of, work
from tests.conftest import World

pytestmark = pytest.mark.browser

APPLICANT = ANSWERS["email"]
QUESTION = "Un jeune ne vient plus depuis trois semaines. Par où reprendre le lien?"
TITLE = "Un jeune ne vient plus depuis trois semaines"
ANSWER = "Nous passons par un café avec la famille, sans parler d’école."


def ask_to_join(page: Page, js: bool) -> None:
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="Demander l’adhésion").first.click()
    page.wait_for_url("**/adhesion/")
    for name in ("organisation_name", "neq", "mission", "against_dropout", "hopes"):
        page.fill(f"#id_{name}", ANSWERS[name])
    for name in ("first_name", "last_name", "email"):
        page.fill(f"#id_{name}", ANSWERS[name])
    page.check("#id_non_profit")
    page.check("input[name=federated][value=non]")
    page.check("#id_consent")
    if js:
        page.wait_for_selector("altcha-widget [data-state=verified]")
    page.get_by_role("button", name="Envoyer la demande").click()
    page.wait_for_url("**/adhesion/recue/")
    says(page, APPLICANT)


def enter(page: Page, house: House) -> None:
    """The first member opens her link, makes her account, agrees to the code of conduct."""
    page.goto(house.mailbox.link(APPLICANT, "/invitation/"))
    page.fill("#id_job_title", "Coordonnatrice")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Ouvrir mon compte").click()
    page.wait_for_url("**/compte/code-de-conduite/**")
    page.get_by_label("J’ai lu le code de conduite").check()
    page.get_by_role("button", name="Accepter et entrer").click()
    page.wait_for_url(re.compile(r"/$"))
    says(page, "Bonjour Josiane")
    says(page, "six petits pas")


def join_intervention(page: Page) -> None:
    page.goto("/communautes/")
    page.get_by_role("main").get_by_role("link", name=re.compile("Intervention")).first.click()
    page.wait_for_url("**/communautes/intervention/")
    page.get_by_role("main").get_by_role("link", name="Entrer dans cet espace").click()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Entrer dans cet espace").click()
    page.wait_for_url("**/communautes/intervention/")


def reports(page: Page, text: str) -> None:
    """Ask the animation team to look at the message that says `text`."""
    message = page.locator("article", has_text=text)
    message.get_by_role("link", name=re.compile("^Signaler")).click()
    page.get_by_label("Blesse ou manque de respect").check()
    page.get_by_label("Précisions").fill("Ce ton décourage.")
    page.get_by_role("button", name="Envoyer", exact=True).click()
    says(page, "L’animation est avertie")


@pytest.mark.parametrize(
    ("size", "js"),
    [("desktop", True), ("phone", True), ("desktop", False)],
    ids=["desktop", "phone", "without JavaScript"],
)
def test_from_the_request_to_the_retained_answer(
    house: House, world: World, size: str, js: bool
) -> None:
    # A visitor asks; her mail leads to the page where she follows her request.
    visitor = house.visit(size=size, js=js)
    ask_to_join(visitor, js)
    work()
    visitor.goto(house.mailbox.link(APPLICANT, "/adhesion/suivi/"))
    says(visitor, ANSWERS["organisation_name"])

    # Odile signs in with her two factors, finds the request in her console, approves it.
    odile = house.visit(size=size, js=js)
    sign_in(odile, set_password(world.odile))
    odile.goto("/admin/")
    odile.get_by_role("link", name=re.compile(ANSWERS["organisation_name"])).first.click()
    odile.get_by_label("Mot de bienvenue").first.fill("Heureuse de vous lire ici!")
    odile.get_by_role("button", name="Accepter et inviter").click()
    if js:
        agree(odile)
    says(odile, "L’invitation est en route.")
    assert MembershipRequest.objects.get().state == "approved"
    work()

    # The first member comes in, joins a space by its charter, asks in two lines.
    enter(visitor, house)
    josiane = User.objects.get(email=APPLICANT)
    assert Organisation.objects.get(name=ANSWERS["organisation_name"]).contact == josiane
    join_intervention(visitor)
    visitor.get_by_role("main").get_by_role("link", name="Lancer un fil").first.click()
    write(visitor, QUESTION, js=js)
    publish(visitor)
    expect(visitor.get_by_role("heading", level=1)).to_contain_text(TITLE)
    thread = Thread.objects.get()
    assert thread.space == world.intervention
    work()

    # Maude finds it on her home page and answers.
    maude = house.visit(world.maude, size=size, js=js)
    maude.goto("/")
    maude.get_by_role("main").get_by_role("link", name=re.compile(TITLE)).first.click()
    write(maude, ANSWER, js=js)
    publish(maude)
    says(maude, ANSWER)
    before = len(house.mailbox.to(APPLICANT))
    work()

    # One mail tells it, and its link leads there; the answer is retained, the question resolved.
    told = house.mailbox.to(APPLICANT)[before:]
    assert len(told) == 1
    assert ANSWER in told[0].body
    visitor.goto(house.mailbox.link(APPLICANT, "/discussions/"))
    says(visitor, ANSWER)
    visitor.get_by_role("button", name="Retenir cette réponse").click()
    says(visitor, "Réponse retenue")
    says(visitor, "Résolu")
    thread.refresh_from_db()
    assert thread.answer is not None and thread.answer.author == world.maude
    assert not house.mailbox.to(world.real.email), "nobody else is written to"


SECRET = "Une situation transformée qui me dépasse"


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_what_is_confided_without_a_name_stays_there(house: House, world: World, size: str) -> None:
    # Naïma asks without her name, in the confidential space.
    naima = house.visit(world.naima, size=size)
    naima.goto("/communautes/suivis-psychosociaux/")
    naima.get_by_role("main").get_by_role("link", name="Lancer un fil").first.click()
    write(naima, SECRET)
    naima.get_by_label("Sans mon nom").check()
    publish(naima)
    expect(naima.get_by_role("heading", level=1)).to_contain_text(SECRET)
    says(naima, "Membre, sans nom")
    thread = Thread.objects.get()
    assert re.search(r"/discussions/\d+/$", thread.get_absolute_url()), "no title in the address"
    work()

    # For Maude it does not exist.
    maude = house.visit(world.maude, size=size)
    for path in ("/", "/discussions/", "/communautes/", "/communautes/suivis-psychosociaux/"):
        assert maude.goto(path).status == 200  # type: ignore[union-attr]
        assert SECRET not in maude.content()
    for path in (thread.get_absolute_url(), f"{thread.get_absolute_url()}repondre/"):
        gone = maude.goto(path)
        assert gone is not None and gone.status == 404
    nothing = maude.content()
    maude.goto(f"/discussions/{thread.pk + 1}/")
    assert without_marks(maude.content()) == without_marks(nothing), "missing, not forbidden"

    # Odile, animator of the space, reads and answers; the mail to Naïma says nothing of it.
    odile = house.visit(world.odile, size=size)
    odile.goto(thread.get_absolute_url())
    assert "Naïma" not in odile.content()
    write(odile, "Parlons-en à trois, avec la clinique.")
    publish(odile)
    says(odile, "Parlons-en à trois")
    work()
    (told,) = house.mailbox.to(world.naima.email)
    assert SECRET not in str(told.message()) and "clinique" not in told.body
    naima.goto(house.mailbox.link(world.naima.email, "/discussions/"))
    says(naima, "Parlons-en à trois")


def without_marks(html: str) -> str:
    """A page without what differs at each answer, its address included."""
    html = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", html)
    return re.sub(r"/discussions/\d+/(repondre/)?", "", html)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_report_is_looked_at_and_answered(house: House, world: World, size: str) -> None:
    from forums.services import create_thread, reply

    thread = create_thread(by=world.maude, space=world.common, text=QUESTION)
    reply(thread, by=world.real, text="C’est perdu d’avance, laissez tomber.")
    work()

    # Ève tells the animation team.
    eve = house.visit(world.eve, size=size)
    eve.goto(thread.get_absolute_url())
    reports(eve, "C’est perdu d’avance")
    work()

    # Odile is told, finds it in her console with the newcomers, and sets the message aside.
    assert "C’est perdu" not in house.mailbox.last(world.odile.email).body
    odile = house.visit(world.odile, size=size)
    odile.goto("/admin/")
    todo = odile.get_by_role("region", name="À faire")
    expect(todo.get_by_role("listitem").first).to_contain_text("signalé à l’animation")
    expect(todo).to_contain_text("Maude")
    todo.get_by_role("link", name="Examiner").first.click()
    says(odile, "Ce ton décourage.")
    odile.get_by_label("Mis de côté").check()
    odile.get_by_label("Motif").fill("Le ton.")
    odile.get_by_label("Réponse à la personne").fill("Merci, vous avez bien fait.")
    odile.get_by_role("button", name="Décider").click()
    says(odile, "C’est décidé")
    odile.goto("/admin/")
    expect(odile.get_by_text("signalé à l’animation")).to_have_count(0)
    work()

    # Its place says so, Ève has her answer, Réal is told why.
    assert "vous avez bien fait" in house.mailbox.last(world.eve.email).body
    assert "Le ton." in house.mailbox.last(world.real.email).body
    eve.goto(thread.get_absolute_url())
    says(eve, "Ce message a été mis de côté par l’animation.")
    assert "C’est perdu" not in eve.content()
    eve.goto(path_of(house.mailbox.link(world.eve.email, "/signaler/")))
    says(eve, "vous avez bien fait")
    assert Post.objects.filter(state="published").count() == 1
