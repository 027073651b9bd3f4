"""Writing: the warning before publishing, and nothing typed that is lost."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from core.models import ActionLog, StoredFile
from core.writing import writer_token
from forums import services, warning
from forums.models import Draft, Post, Thread
from tests.conftest import World

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]

RISKY = "J’ai vécu la même chose avec Jérémy, né le 3 avril 2012, au 418 555-0134."


def field(page: str, name: str) -> str:
    """The value of a hidden field of the page."""
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    value = re.search(r'value="([^"]*)"', tag[0]) if tag else None
    return value[1] if value else ""


def form_of(page: str, **given: Any) -> dict[str, Any]:
    """What a browser sends of a composer's page, without JavaScript."""
    names = ("csrfmiddlewaretoken", "writer", "submission", "brouillon", "parent")
    return {name: field(page, name) for name in names} | given


# ------------------------------------------------------------------------ one box, one journey


def test_maude_asks_in_two_lines_and_odile_answers(world: World, as_: As) -> None:
    maude = as_(world.maude)
    page = maude.get("/discussions/nouveau/?communaute=intervention").content.decode()
    sent = maude.post(
        "/discussions/nouveau/",
        form_of(
            page, space="intervention", text="Qui a un local?\nMerci.", title="", kind="", tags=""
        ),
    )
    thread = Thread.objects.get()
    assert sent.headers["Location"] == thread.get_absolute_url()
    assert (thread.title, thread.owner, thread.space) == (
        "Qui a un local?",
        world.maude,
        world.intervention,
    )
    odile = as_(world.odile)
    there = odile.get(thread.get_absolute_url()).content.decode()
    odile.post(f"/discussions/{thread.pk}/repondre/", form_of(there, text="Oui, ici."))
    assert Post.objects.get(position=2).author == world.odile


def test_pressing_twice_publishes_once(world: World, as_: As) -> None:
    maude = as_(world.maude)
    page = maude.get("/discussions/nouveau/").content.decode()
    data = form_of(page, space="place-commune", text="Qui a un local?")
    places = {maude.post("/discussions/nouveau/", data).headers["Location"] for _ in range(3)}
    assert len(places) == 1
    assert Thread.objects.count() == 1


def test_the_composer_says_who_would_read(world: World, as_: As) -> None:
    page = as_(world.naima).get("/discussions/nouveau/?communaute=suivis-psychosociaux")
    # Naïma and Odile; Racines et Relais and the federation.
    assert page.context["reach"] == {"people": 2, "organisations": 2}
    part = as_(world.naima).get("/discussions/nouveau/portee/?space=suivis-psychosociaux")
    assert "988" in part.content.decode()
    assert 'name="unnamed"' in part.content.decode()
    assert (
        as_(world.maude).get("/discussions/nouveau/portee/?space=suivis-psychosociaux").status_code
        == 404
    )


def test_an_empty_or_too_long_message_comes_back_with_all_that_was_typed(
    world: World, as_: As
) -> None:
    maude = as_(world.maude)
    answer = maude.post(
        "/discussions/nouveau/",
        {"space": "intervention", "text": " ", "title": "Mon titre à moi", "tags": "local"},
    )
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Mon titre à moi" in page and 'value="local"' in page
    assert '<option value="intervention" selected>' in page
    long = maude.post("/discussions/nouveau/", {"space": "intervention", "text": "fin " * 9000})
    assert long.status_code == 400
    assert long.content.decode().count("fin ") >= 9000


def test_a_reply_to_a_locked_thread_says_so_and_loses_nothing(
    world: World, question: Thread, as_: As
) -> None:
    services.lock(question, by=world.odile)
    answer = as_(world.maude).post(
        f"/discussions/{question.pk}/repondre/", {"text": "Mon long texte de pélican."}
    )
    assert answer.status_code == 403
    assert "Mon long texte de pélican." in answer.content.decode()
    assert not Post.objects.filter(position=2).exists()


def test_a_foreign_parent_or_file_is_refused_and_the_text_comes_back(
    world: World, question: Thread, secret: Thread, as_: As
) -> None:
    url = f"/discussions/{question.pk}/repondre/"
    maude = as_(world.maude)
    for extra in (
        {"parent": secret.posts.get().pk},
        {"kept": str(uuid.uuid4())},
        {"kept": "pas-un-numéro"},
    ):
        answer = maude.post(url, {"text": "Mon pélican"} | extra)
        assert answer.status_code == 400
        assert "Mon pélican" in answer.content.decode()
    assert not Post.objects.filter(thread=question, position=2).exists()


def test_who_asked_to_be_unnamed_is_never_published_under_her_name(world: World, as_: As) -> None:
    answer = as_(world.naima).post(
        "/discussions/nouveau/", {"space": "place-commune", "text": "Délicat", "unnamed": "on"}
    )
    assert answer.status_code == 400
    assert not Thread.objects.exists()


def test_quoting_and_answering_work_without_javascript(
    world: World, question: Thread, as_: As
) -> None:
    first = services.reply(question, by=world.odile, text="Un café.\n\nHors de nos bureaux.")
    maude = as_(world.maude)
    page = maude.get(f"{question.get_absolute_url()}?citer={first.pk}").content.decode()
    assert "&gt; Un café." in page
    text = "> Un café.\n>\n> Hors de nos bureaux.\n\nExactement."
    maude.post(f"/discussions/{question.pk}/repondre/", form_of(page, text=text))
    post = Post.objects.get(position=3)
    assert post.parent == first
    assert post.html.startswith("<blockquote><p>Un café.")
    strange = maude.get(f"{question.get_absolute_url()}?citer=99999999999999999999")
    assert strange.status_code == 200


# ---------------------------------------------------------------------------------- the warning


def test_a_text_that_could_identify_a_young_person_is_shown_before_it_is_published(
    world: World, question: Thread, as_: As, caplog: pytest.LogCaptureFixture
) -> None:
    maude = as_(world.maude)
    url = f"/discussions/{question.pk}/repondre/"
    before = ActionLog.objects.count()
    answer = maude.post(url, {"text": RISKY})
    page = answer.content.decode()
    assert "<mark>3 avril 2012</mark>" in page
    assert answer.headers["Cache-Control"] == "no-store"
    assert not Post.objects.filter(position=2).exists()
    assert not Draft.objects.exists()
    assert ActionLog.objects.count() == before
    assert "avril" not in caplog.text
    again = form_of(page, text=RISKY, act="as-is")
    assert maude.post(url, again).status_code == 302
    assert Post.objects.get(position=2).text == RISKY


def test_each_proposal_or_all_of_them_replace_without_publishing(
    world: World, question: Thread, as_: As
) -> None:
    maude = as_(world.maude)
    url = f"/discussions/{question.pk}/repondre/"
    one = maude.post(url, {"text": RISKY, "replace": "text:0"}).content.decode()
    assert "<mark>418 555-0134</mark>" in one
    assert "<mark>3 avril 2012</mark>" not in one
    every = maude.post(url, {"text": RISKY, "replace": "all"})
    assert "<mark>" not in every.content.decode()
    assert "555-0134" not in every.content.decode()
    assert not Post.objects.filter(position=2).exists()


def test_the_title_and_the_names_of_files_are_looked_at_too(world: World, as_: As) -> None:
    maude = as_(world.maude)
    titled = maude.post(
        "/discussions/nouveau/",
        {"space": "intervention", "text": "Voici.", "title": "Dossier 1234567"},
    )
    assert [part.proposals[0].place for part in titled.context["parts"]] == ["title:0"]
    file = SimpleUploadedFile("Dossier 1234567.txt", b"rien de grave")
    named = maude.post(
        "/discussions/nouveau/", {"space": "intervention", "text": "Voici.", "files": file}
    )
    assert named.context["lost"] == ["Dossier 1234567.txt"]
    assert not StoredFile.objects.exists()
    file.seek(0)
    published = maude.post(
        "/discussions/nouveau/",
        {"space": "intervention", "text": "Voici.", "files": file, "act": "as-is"},
    )
    assert published.status_code == 302
    assert StoredFile.objects.get().object_id == Post.objects.get().pk


def test_a_file_survives_the_warning_and_is_read_with_its_message(
    world: World, question: Thread, as_: As
) -> None:
    maude = as_(world.maude)
    url = f"/discussions/{question.pk}/repondre/"
    file = SimpleUploadedFile("canevas.txt", "Un canevas accentué.".encode())
    page = maude.post(url, {"text": RISKY, "files": file}).content.decode()
    kept = field(page, "kept")
    assert kept and "canevas.txt" in page
    maude.post(url, form_of(page, text="Corrigé.", kept=kept))
    post = Post.objects.get(position=2)
    address = f"/fichiers/{StoredFile.objects.get(object_id=post.pk).pk}/"
    assert address in maude.get(question.get_absolute_url()).content.decode()
    assert as_(world.odile).get(address).status_code == 200
    assert as_(world.eve).get(address).status_code == 404
    services.move_thread(question, world.direction, by=world.odile)
    assert as_(world.real).get(address).status_code == 200
    assert maude.get(address).status_code == 404


@pytest.mark.parametrize(
    ("html", "mended"),
    [
        ("<p>Né le <b>3 avril 2012</b></p>", "<p>Né le <strong>X</strong></p>"),
        ("<p>Né le 3 <b>avril</b> 2012 ici</p>", "<p>Né le X ici</p>"),
        ("<p>a &lt; b, né le 3 avril 2012</p>", "<p>a &lt; b, né le X</p>"),
    ],
)
def test_replacing_keeps_the_marks_of_the_editor_when_it_can(html: str, mended: str) -> None:
    found, still_html = warning.mended(html, "all", is_html=True)
    assert re.sub(r"\[[^]]+\]", "X", found) == mended
    assert still_html


def test_an_edit_is_looked_at_too(world: World, question: Thread, as_: As) -> None:
    opening = question.posts.get(position=1)
    maude = as_(world.maude)
    url = f"/discussions/messages/{opening.pk}/modifier/"
    assert "canari" in maude.get(url).content.decode()
    data = {"text": RISKY, "title": question.title, "tags": "refus scolaire"}
    assert "<mark>" in maude.post(url, data).content.decode()
    opening.refresh_from_db()
    assert "canari" in opening.text
    assert maude.post(url, data | {"act": "as-is"}).status_code == 302
    opening.refresh_from_db()
    assert opening.text == RISKY


# ----------------------------------------------------------- a sign-in that ends while one writes


def test_a_text_sent_after_the_session_ended_is_kept_through_sign_in(
    world: World, as_: As, caplog: pytest.LogCaptureFixture
) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.maude, backend="accounts.backends.AccountBackend")
    page = browser.get("/discussions/nouveau/?communaute=intervention").content.decode()
    browser.cookies.pop("ancrage")
    data = form_of(
        page, space="intervention", title="Mon titre", text="Mon pélican", tags="local, rural"
    )
    data["files"] = SimpleUploadedFile("a.txt", b"abc")
    answer = browser.post("/discussions/nouveau/", data)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/compte/connexion/?next=")
    assert "brouillon" in answer.headers["Location"]
    assert "pélican" not in answer.headers["Location"] + caplog.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert not Thread.objects.exists()
    assert not StoredFile.objects.exists()

    browser.force_login(world.maude, backend="accounts.backends.AccountBackend")
    again = browser.get("/discussions/nouveau/?brouillon=1")
    text = again.content.decode()
    assert "Mon pélican" in text and "Mon titre" in text and 'value="local, rural"' in text
    assert '<option value="intervention" selected>' in text
    assert again.context["draft"].details["files"] == 1
    assert again.headers["Cache-Control"] == "no-store"
    browser.post(
        "/discussions/nouveau/",
        form_of(text, space="intervention", title="Mon titre", text="Mon pélican", tags=""),
    )
    assert Thread.objects.get().title == "Mon titre"
    assert not Draft.objects.exists()


def test_another_account_sees_nothing_of_it(world: World, as_: As) -> None:
    data = {"text": "Mon pélican", "space": "intervention", "writer": writer_token(world.maude)}
    as_(None).post("/discussions/nouveau/", data)
    page = as_(world.eve).get("/discussions/nouveau/?brouillon=1").content.decode()
    assert "pélican" not in page
    # Ève's browser, with Maude's page still open in it.
    answer = as_(world.eve).post("/discussions/nouveau/", data | {"text": "Mon autre pélican"})
    assert answer.status_code == 302
    assert not Thread.objects.exists()
    drafts = Draft.objects.order_by("pk")
    assert {draft.user for draft in drafts} == {world.maude}
    assert [draft.body for draft in drafts] == ["Mon pélican", "Mon autre pélican"]


def test_a_reply_is_kept_where_it_was_written(world: World, question: Thread, as_: As) -> None:
    data = {"text": "Mon pélican", "writer": writer_token(world.maude)}
    answer = as_(None).post(f"/discussions/{question.pk}/repondre/", data)
    assert "brouillon%3D1" in answer.headers["Location"]
    maude = as_(world.maude)
    page = maude.get(question.get_absolute_url() + "?brouillon=1").content.decode()
    assert "Mon pélican" in page
    assert "Mon pélican" in maude.get(question.get_absolute_url()).content.decode()
    assert "Mon pélican" not in as_(world.odile).get(question.get_absolute_url()).content.decode()
    services.lock(question, by=world.odile)
    assert "Mon pélican" in maude.get(question.get_absolute_url() + "?brouillon=1").content.decode()


@pytest.mark.parametrize("token", ["", "faux", "a:b:c"])
def test_without_a_good_token_nothing_is_kept(world: World, as_: As, token: str) -> None:
    answer = as_(None).post("/discussions/nouveau/", {"text": "Mon pélican", "writer": token})
    assert answer.status_code == 302
    assert not Draft.objects.exists()


def test_a_closed_account_keeps_nothing(world: World, as_: As) -> None:
    token = writer_token(world.maude)
    world.maude.is_active = False
    world.maude.save()
    as_(None).post("/discussions/nouveau/", {"text": "Mon pélican", "writer": token})
    assert not Draft.objects.exists()


def test_who_signed_in_again_elsewhere_sees_her_text_and_publishes_it_herself(
    world: World, question: Thread
) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.maude, backend="accounts.backends.AccountBackend")
    page = browser.get(question.get_absolute_url()).content.decode()
    url = f"/discussions/{question.pk}/repondre/"
    data = form_of(page, text="Mon pélican") | {"csrfmiddlewaretoken": "a" * 64}
    answer = browser.post(url, data)
    assert "Mon pélican" in answer.content.decode()
    assert not Post.objects.filter(position=2).exists()
    browser.post(url, form_of(answer.content.decode(), text="Mon pélican"))
    assert Post.objects.filter(position=2).exists()


def test_a_forged_post_is_refused(world: World, question: Thread) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(world.maude, backend="accounts.backends.AccountBackend")
    answer = browser.post(f"/discussions/{question.pk}/repondre/", {"text": "Forgé"})
    assert answer.status_code == 403
    other = {"text": "Forgé", "writer": writer_token(world.eve)}
    browser.post(f"/discussions/{question.pk}/repondre/", other)
    assert not Post.objects.filter(position=2).exists()


def test_an_image_of_the_editor_is_read_with_the_message_that_shows_it(
    world: World, question: Thread, as_: As
) -> None:
    import io

    from PIL import Image

    drawn = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(drawn, "PNG")
    maude = as_(world.maude)
    sent = maude.post(
        "/fichiers/", {"upload": SimpleUploadedFile("dessin.png", drawn.getvalue(), "image/png")}
    )
    address = sent.json()["url"]
    assert as_(world.odile).get(address).status_code == 404
    html = f'<p>Voici</p><figure class="image"><img src="{address}"></figure>'
    maude.post(f"/discussions/{question.pk}/repondre/", {"text": html, "text_format": "html"})
    post = Post.objects.get(position=2)
    assert address in post.html
    assert as_(world.odile).get(address).status_code == 200
    assert as_(world.eve).get(address).status_code == 404
    services.hide_post(post, by=world.odile, reason="essai")
    assert as_(world.maude).get(address).status_code == 404


def test_a_text_that_could_never_be_published_is_not_searched_to_its_end(
    world: World, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []
    find = warning.identifiers.find_identifiers

    def counting(text: str) -> Any:
        looked.append(len(text))
        return find(text)

    monkeypatch.setattr(warning.identifiers, "find_identifiers", counting)
    sent = as_(world.maude).post(
        "/discussions/nouveau/",
        {
            "space": "intervention",
            "text": "418 555-0134 " * 50_000,
            "replace": "text:" + "9" * 5000,
            "writer": writer_token(world.maude),
        },
    )
    assert sent.status_code == 200
    assert max(looked) <= 40_000


def test_an_interrupted_edit_does_not_efface_an_interrupted_reply(
    world: World, question: Thread
) -> None:
    services.keep_draft(by=world.maude, thread=question, text="Une réponse commencée.")
    edited = {"edits": question.posts.get().pk}
    for text in ("Ma question, mieux dite.", "Ma question, encore mieux dite."):
        services.keep_draft(by=world.maude, thread=question, text=text, details=edited)
    kept = Draft.objects.of(world.maude)
    assert kept.at(question).get().body == "Une réponse commencée."
    found = services.draft_of_edit(question.posts.get(), by=world.maude)
    assert found is not None and found.body == "Ma question, encore mieux dite."


def test_of_two_kept_texts_the_one_that_was_to_be_unnamed_comes_back_unnamed(
    world: World, secret: Thread
) -> None:
    unnamed = {"unnamed": "on"}
    services.keep_draft(by=world.naima, thread=secret, text="Sans mon nom.", details=unnamed)
    services.keep_draft(by=world.naima, thread=secret, text="Avec mon nom.")
    kept = Draft.objects.filter(user=world.naima).values_list("body", "details")
    assert dict(kept) == {"Sans mon nom.": unnamed, "Avec mon nom.": {}}


def test_a_kept_text_is_recalled_and_can_be_thrown_away(
    world: World, question: Thread, as_: As
) -> None:
    token = writer_token(world.maude)
    as_(None).post("/discussions/nouveau/", {"text": "Pélican", "title": "Héron", "writer": token})
    as_(None).post(f"/discussions/{question.pk}/repondre/", {"text": "Loutre", "writer": token})
    maude = as_(world.maude)
    page = maude.get("/discussions/nouveau/").content.decode()
    sheet = Draft.objects.get(thread=question).sheet
    assert "Héron" in page and f"{question.get_absolute_url()}?brouillon={sheet}" in page
    assert "Pélican" not in page
    assert "Héron" not in as_(world.eve).get("/discussions/nouveau/").content.decode()
    maude.post("/discussions/nouveau/", {"act": "discard"})
    maude.post(f"/discussions/{question.pk}/repondre/", {"act": "discard"})
    assert not Draft.objects.exists()
    assert Thread.objects.count() == 1


def test_a_text_that_nobody_came_back_for_is_erased_after_six_months(world: World) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from forums.services.drafts import forget_drafts

    services.keep_draft(by=world.maude, thread=None, text="Vieux")
    services.keep_draft(by=world.real, thread=None, text="Récent")
    Draft.objects.filter(user=world.real).update(updated_at=timezone.now() - timedelta(days=179))
    Draft.objects.filter(user=world.maude).update(updated_at=timezone.now() - timedelta(days=181))
    forget_drafts()
    assert [draft.user for draft in Draft.objects.all()] == [world.real]


def test_a_nul_is_no_accident(world: World, question: Thread, as_: As) -> None:
    """PostgreSQL refuses it in any text; nobody types one, and a robot may send one."""
    maude = as_(world.maude)
    spoiled = {"text": "a\0b", "title": "c\0d", "space": "\0", "tags": "\0", "kind": "\0"}
    answers = [
        maude.get("/discussions/nouveau/portee/?space=%00"),
        maude.get("/discussions/?mot=%00&espace=%00&apres=%00"),
        maude.post("/discussions/lu/", {"espace": "\0"}),
        maude.post("/compte/avis/suivi/", {"kind": "\0", "id": "1"}),
        maude.post("/discussions/nouveau/", spoiled),
        maude.post(f"/discussions/{question.pk}/repondre/", spoiled),
        as_(None).post("/discussions/nouveau/", spoiled | {"writer": writer_token(world.maude)}),
    ]
    assert all(answer.status_code < 500 for answer in answers)


def test_files_sent_with_messages_are_counted_like_the_editors_images(
    world: World, question: Thread, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.files.store.UPLOADS_AN_HOUR", 1)
    maude = as_(world.maude)
    codes = [
        maude.post(
            f"/discussions/{question.pk}/repondre/",
            {
                "text": f"Voici le fichier {n}.",
                "writer": writer_token(world.maude),
                "files": SimpleUploadedFile("note.txt", b"Une note."),
            },
        ).status_code
        for n in (1, 2)
    ]
    assert codes == [302, 400]
    assert StoredFile.objects.count() == 1
