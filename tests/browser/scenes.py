"""What pages may have to show: the demonstration community, and every state added to it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Invitation, MembershipRequest, Organisation, User
from accounts.services import invitations, joining
from community.models import SubCommunity
from community.services import ask_to_join, break_glass, invite_in
from core import files
from core.models import StoredFile
from forums import services as forums
from forums.models import Post, Thread
from library.models import Document, Page, Version
from library.services import collections
from library.services.deposit import add_version, deposit_document
from library.services.withdrawal import withdraw_document
from moderation import services as moderation
from moderation.models import Report
from search.models import SavedSearch
from tests.conftest import make_person
from tests.library.extraction.samples import drawn_pdf, line
from tests.search.entries import entry

MEMBER = "tristan.marecourt@courriel.example"
ANIMATOR = "odile.larivage@courriel.example"
ADMINISTRATOR = "administration@courriel.example"
COLLEAGUE = "delphine.cormorel@courriel.example"
GUEST = "solange.harfangeau@courriel.example"
NEWCOMER = "nadia.nouvelle@exemple.test"
EMPTY = "espace-vide"
STRAYED = "Un fil dévié"
LONG = "Un long fil"
LIST = "Une liste de lecture"
EMPTY_LIST = "Une liste vide"
PUBLIC = "Un feuillet public"
TEXT = "Un document de texte"
BROKEN = "Un lien brisé"
WAITING = "Un document à approuver"
GONE = "Un document retiré"
LEAFLET = drawn_pdf(*(line(f"La page {number} du feuillet.") for number in (1, 2, 3)))


def person(email: str) -> User:
    return User.objects.get(email=email)


def answers(**changes: Any) -> dict[str, Any]:
    """What an organisation says to join."""
    return {
        "organisation_name": "La Passerelle du fleuve",
        "neq": "1140000001",
        "charity_number": "",
        "mission": "Garder des jeunes à l’école.",
        "region": "",
        "municipality": "",
        "non_profit": True,
        "against_dropout": "Aide aux devoirs et accueil après l’école.",
        "federated": "incertain",
        "first_name": "Josée",
        "last_name": "Passerelle",
        "email": "josee@passerelle.example",
        "hopes": "Des pairs.",
        "newsletter": False,
    } | changes


def add_requests(animator: User) -> None:
    """A request to join in each of its states, the demonstration's own waiting besides."""
    for number, state in enumerate(MembershipRequest.State.values):
        said = answers(email=f"{state}@passerelle.example", neq=f"114000000{number}")
        if state == MembershipRequest.State.DRAFT:
            joining.save_draft(said)
            continue
        request = joining.submit_request(said, to_verify=True)
        if state == MembershipRequest.State.MORE:
            joining.ask_more(request, by=animator, message="Avec qui travaillez-vous?")
        elif state == MembershipRequest.State.APPROVED:
            joining.approve_request(request, by=animator, welcome="Bienvenue!")
        elif state == MembershipRequest.State.REFUSED:
            joining.refuse_request(request, by=animator, reason="Vous êtes une école.")
        elif state == MembershipRequest.State.WITHDRAWN:
            joining.withdraw_request(request)


def add_invitations(animator: User, member: User) -> None:
    """In Tristan's organisation, whose référente he becomes: sent, expired, prepared; a guest's."""
    organisation = member.organisation
    assert organisation is not None
    Organisation.objects.filter(pk=organisation.pk).update(contact=member)
    for name, sent in (("sent", True), ("expired", True), ("prepared", False)):
        invitations.invite_person(
            organisation, by=animator, email=f"{name}@exemple.test", first_name=name, sent=sent
        )
    past = timezone.now() - timedelta(days=1)
    Invitation.objects.filter(first_name="expired").update(expires_at=past)
    invitations.invite_person(
        None,
        by=animator,
        email="guest@exemple.test",
        first_name="guest",
        role=User.Role.GUEST,
        access_until=timezone.now() + timedelta(days=60),
    )


def add_newcomer() -> None:
    """Somebody who has just come, whose only space is empty."""
    empty = SubCommunity.objects.create(
        name="Un espace vide", slug=EMPTY, purpose="Tout reste à dire.", position=9
    )
    make_person("Nadia", "Nouvelle", spaces=(empty,))


def add_threads(animator: User, member: User) -> None:
    """In the common space: a long thread with all that a message can carry; a locked, a hidden, a
    moved and an unnamed one."""
    common = SubCommunity.objects.get(is_common=True)
    colleague = person(COLLEAGUE)
    long = forums.create_thread(
        by=member, space=common, title=LONG, text="Une question qui fait parler.",
        tags=["refus scolaire", "familles"],
    )  # fmt: skip
    html = (
        "<p>Une réponse avec du <strong>gras</strong>, un <a href='https://example.org/'>lien</a>"
        " et une liste:</p><ul><li>un</li><li>deux</li></ul><blockquote>Citer</blockquote>"
    )
    post = forums.reply(long, by=colleague, html=html)
    forums.retain_answer(long, post, by=member)
    for number in range(3, 61):
        writer = colleague if number % 2 else member
        last = forums.reply(long, by=writer, text=f"Message {number}.\n\nDeux lignes.", parent=post)
    forums.edit_post(last, by=member, text="Le message corrigé.")
    forums.edit_post(post, by=animator, html=html + "<p>Plus clair.</p>", reason="Plus clair.")
    hidden = Post.objects.get(thread=long, position=58)
    forums.hide_post(hidden, by=animator, reason="Hors du sujet.")
    forums.pin(long, by=animator)
    locked = forums.create_thread(by=member, space=common, title="Un fil verrouillé", text="Fin.")
    forums.lock(locked, by=animator)
    away = forums.create_thread(by=member, space=common, title="Un fil écarté", text="Écarté.")
    forums.hide_thread(away, by=animator, reason="En double.")
    secret = SubCommunity.objects.get(slug="suivis-psychosociaux")
    writer = secret.memberships.filter(user__role=User.Role.MEMBER, ended_at=None)[0].user
    unnamed = forums.create_thread(by=writer, space=secret, text="Sans mon nom.", unnamed=True)
    forums.reply(unnamed, by=animator, text="Merci de l’avoir dit.", as_animation=True)
    strayed = forums.create_thread(by=member, space=common, title=STRAYED, text="Dévie.")
    gone = forums.reply(strayed, by=colleague, text="Autre chose.")
    forums.split(gone, by=animator, title="Un fil scindé")
    add_reports(animator, member, Thread.objects.get(pk=long.pk))


def add_reports(animator: User, member: User, thread: Thread) -> None:
    """One to look at, one set aside and answered, on messages of the long thread."""
    first, second = Post.objects.filter(thread=thread, position__in=(3, 5)).order_by("position")
    moderation.file_report(first, by=member, reason=Report.Reason.HURTFUL, details="Le ton.")
    report = moderation.file_report(second, by=member, reason=Report.Reason.OTHER)
    moderation.close_report(
        report,
        by=animator,
        outcome=Report.Outcome.HIDDEN,
        reason="Hors du sujet.",
        answer="Merci, c’est fait.",
    )


def add_doors(animator: User) -> None:
    """Requests and invitations to enter a space; an exceptional access."""
    direction = SubCommunity.objects.get(slug="direction-administration")
    newcomer = person(NEWCOMER)
    secret = SubCommunity.objects.get(slug="suivis-psychosociaux")
    for space in (direction, secret):
        for charter in space.charters.all():
            charter.acceptances.create(user=newcomer)
    ask_to_join(direction, by=newcomer, message="Je dirige une petite équipe.")
    invite_in(newcomer, secret, by=animator, message="Tu y as ta place.")
    break_glass(secret, by=person(ADMINISTRATOR), reason="Une plainte à vérifier.")


def protect_fully(member: User) -> None:
    """An application and recovery codes."""
    Authenticator.objects.create(
        user=member, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"}
    )
    Authenticator.objects.create(
        user=member,
        type=Authenticator.Type.RECOVERY_CODES,
        data={"seed": "0123456789abcdef", "used_mask": 1},
    )


def add_collections(member: User) -> None:
    """A shared list with a word on each document, and one of hers alone, empty."""
    shared = collections.make_collection(
        by=member, title=LIST, purpose="Pour la première semaine.", level="public"
    )
    for document in Document.objects.readable_by(member).order_by("pk")[:3]:
        collections.add_document(shared, document, by=member, note="À lire d’abord.")
    collections.make_collection(by=member, title=EMPTY_LIST)


def add_library(animator: User, member: User) -> None:
    """Tristan's own, in the states that a document can be in: a public PDF of two versions, a text,
    a broken link; one that awaits approval, one withdrawn."""
    words = {
        "abstract": "Ce qu’on y trouve, en deux phrases. Et la seconde.",
        "publisher_name": "Un organisme",
        "issued": "2026-05",
        "type": "guide",
        "language": "fr-CA",
        "licence": "cc-by",
        "level": "communaute",
        "authors": "Tristan Marécourt",
        "tags": ["refus scolaire", "familles"],
    }

    def sent(content: bytes, name: str, type_: str) -> Any:
        return files.accept(SimpleUploadedFile(name, content, type_), by=member)

    def leaflet() -> Any:
        return sent(LEAFLET, "feuillet.pdf", "application/pdf")

    public = deposit_document(
        by=member, title=PUBLIC, file=leaflet(), **words | {"level": "public"}
    )
    add_version(public, by=member, file=sent(b"Corrige.", "feuillet.txt", "text/plain"))
    leaf = add_version(public, by=member, file=leaflet(), label="2026", note="Deux coquilles.")
    pages_of(leaf, "La page 1 du feuillet.", "La page 2 du feuillet.", "La page 3 du feuillet.")
    text = deposit_document(
        by=member, title=TEXT, file=sent(b"Un texte.", "texte.txt", "text/plain"), **words
    )
    pages_of(text.current, "Un texte.", "La suite.")
    broken = deposit_document(by=member, title=BROKEN, link="https://exemple.test/", **words)
    Document.objects.filter(pk=broken.pk).update(link_state="brise")
    waiting = deposit_document(by=member, title=WAITING, link="https://exemple.test/2", **words)
    Document.objects.filter(pk=waiting.pk).update(state="pending", approval="attente")
    gone = deposit_document(
        by=member, title=GONE, link="https://exemple.test/3", **words | {"level": "public"}
    )
    withdraw_document(gone, by=animator, reason="La loi a changé depuis.")


def put_back_files() -> None:
    """The stage is a copy of a database: files that were sent while it was set are elsewhere."""
    storage = storages["private"]
    for stored in StoredFile.objects.filter(name="feuillet.pdf"):
        if not storage.exists(stored.file.name or ""):
            storage.save(stored.file.name or "", ContentFile(LEAFLET))


def pages_of(version: Version | None, *texts: str) -> None:
    """What the extraction would leave, without its child."""
    assert version is not None
    Page.objects.filter(version=version).delete()
    Page.objects.bulk_create(
        Page(version=version, number=number, text=text) for number, text in enumerate(texts, 1)
    )
    read = {"page_count": len(texts), "reading": Version.Reading.DONE}
    Version.objects.filter(pk=version.pk).update(**read)


def add_searches(member: User) -> None:
    """Enough to fill two pages and every facet; searches saved in each state."""
    common = SubCommunity.objects.get(is_common=True)
    intervention = SubCommunity.objects.get(slug="intervention")
    for number in range(24):
        entry(
            f"Accueil perroquet {number}",
            "Un perroquet à l’accueil.",
            space=common if number % 2 else intervention,
            author_name=member.full_name,
            kind="post" if number % 3 else "thread",
            dated_at=timezone.now() - timedelta(days=30 * number),
        )
    entry(
        "Guide du perroquet",
        pages=("Un.", "Le perroquet."),
        kind="document",
        meta={"format": "pdf", "page_count": 2, "page_url": "/bibliotheque/1/lire/?page="},
    )
    for name, query, key in (
        ("Perroquets", "q=perroquet", "k" * 43),
        ("Chez les autres", "q=perroquet&communaute=suivis-psychosociaux", None),
        ("Par Tristan", "q=retour+%22en+classe%22&auteur=Tristan&genre=thread", None),
    ):
        SavedSearch.objects.create(
            user=member, name=name, query=query, key=key, by_mail=key is not None
        )


def stage() -> None:
    """Add every state to the demonstration community."""
    animator, member = person(ANIMATOR), person(MEMBER)
    add_requests(animator)
    add_invitations(animator, member)
    add_newcomer()
    add_threads(animator, member)
    add_doors(animator)
    add_searches(member)
    add_collections(member)
    add_library(animator, member)
    protect_fully(member)
