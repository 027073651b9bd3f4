"""What people say of themselves, and who sees it."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from accounts import fields
from accounts.models import Consent, Profile, User
from accounts.services import people
from core.audience import Level
from core.errors import NotAllowed
from core.models import StoredFile
from forums.services import create_thread
from tests.conftest import World, make_person

PROFILE = "/compte/profil/"


def filled(user: User, **changes: Any) -> dict[str, Any]:
    """The profile form as the browser would send it back, with some changes."""
    return {
        "first_name": user.first_name,
        "last_name": user.last_name,
        "language": "fr-ca",
    } | changes


def profile_of(user: User) -> Profile:
    return Profile.objects.prefetch_related("skills").get(owner=user)


def test_maude_writes_her_profile(as_: Any, maude: User) -> None:
    answer = as_(maude).post(
        PROFILE,
        filled(
            maude,
            function="intervention",
            region="01",
            job_title="Intervenante jeunesse",
            helps="Tutorat, refus d’école\nRefus d'ecole;  visites   à domicile ,",
            seeks="ateliers",
            visible_region="animation",
        ),
    )
    assert answer.status_code == 302
    profile = profile_of(maude)
    assert profile.function == "intervention"
    # The same word with another apostrophe and no accent is the same word.
    assert fields.raw(profile, fields.PROFILE[5]) == [
        "Tutorat",
        "refus d’école",
        "visites à domicile",
    ]
    assert fields.level_of(profile, fields.PROFILE[3]) == Level.ANIMATION
    maude.refresh_from_db()
    assert maude.job_title == "Intervenante jeunesse"


def test_what_she_typed_is_shown_again_when_something_is_wrong(as_: Any, maude: User) -> None:
    page = as_(maude).post(PROFILE, filled(maude, first_name="", bio="Deux lignes à garder."))
    assert page.status_code == 400
    assert "Deux lignes à garder." in page.content.decode()


def test_a_profile_changes_neither_role_nor_address(as_: Any, maude: User) -> None:
    as_(maude).post(
        PROFILE,
        filled(
            maude,
            role="animation",
            is_superuser="on",
            email="autre@exemple.test",
            organisation="2",
            is_active="",
            level="public",
            visible_email="public",
        ),
    )
    maude.refresh_from_db()
    assert (maude.role, maude.is_superuser) == ("membre", False)
    assert maude.email == "maude.tremblay@exemple.test"
    assert profile_of(maude).level == Level.MEMBERS
    assert "email" not in profile_of(maude).visibility


def test_nobody_writes_the_profile_of_another(maude: User, real: User) -> None:
    with pytest.raises(NotAllowed):
        people.update_profile(maude, by=real, bio="Ha.")
    with pytest.raises(TypeError):
        people.update_profile(maude, by=maude, role="animation")


@pytest.mark.parametrize(
    ("level", "readers"),
    [
        ("communaute", {"maude", "naima", "real", "eve", "odile"}),
        ("organisme", {"maude", "naima"}),
        ("animation", {"maude", "odile"}),
    ],
)
def test_each_line_reaches_those_she_chose(
    as_: Any, world: World, level: str, readers: set[str]
) -> None:
    people.update_profile(
        world.maude, by=world.maude, bio="PHRASE-CANARI", visibility={"bio": level}
    )
    page = world.maude.get_absolute_url()
    for name in ("maude", "naima", "real", "eve", "odile"):
        text = as_(getattr(world, name)).get(page).content.decode()
        assert ("PHRASE-CANARI" in text) is (name in readers), name


def test_a_filter_does_not_tell_what_the_page_hides(as_: Any, world: World) -> None:
    people.update_profile(
        world.maude,
        by=world.maude,
        region="16",
        function="direction",
        helps=["canari"],
        seeks=["perruche"],
        visibility={
            "region": "organisme",
            "function": "animation",
            "helps": "organisme",
            "seeks": "animation",
        },
    )

    def finds(viewer: User, query: str) -> bool:
        return "Maude Tremblay" in as_(viewer).get(f"/membres/?{query}").content.decode()

    for query, readers in {
        "region=16": {"maude", "naima"},
        "fonction=direction": {"maude", "odile"},
        "mot=canari": {"maude", "naima"},
        "mot=canari&sens=cherche": set(),
        "q=canari": {"maude", "naima"},
        "mot=perruche&sens=cherche": {"maude", "odile"},
        "q=perruche": {"maude", "odile"},
        "q=tremblay": {"maude", "naima", "real", "odile"},
    }.items():
        for name in ("maude", "naima", "real", "odile"):
            assert finds(getattr(world, name), query) is (name in readers), (query, name)


def test_filters_and_pages_agree_on_every_level(world: World) -> None:
    """`visible_q` and `may_see` are the same rule: for each viewer, fact and level."""
    world.relais.contact = world.maude
    world.relais.save()
    viewers = [world.maude, world.naima, world.real, world.odile]
    cases = [
        (Profile, profile_of(world.maude), fields.PROFILE, fields.PROFILE_LEVELS),
        (
            type(world.relais),
            world.relais,
            (*fields.ORGANISATION, *fields.ORGANISATION_MORE),
            fields.ORGANISATION_LEVELS,
        ),
    ]
    for model, obj, table, levels in cases:
        for field in table:
            for level in (None, *levels):
                obj.visibility = {} if level is None else {field.name: str(level)}
                obj.save()
                for viewer in viewers:
                    seen = fields.may_see(fields.level_of(obj, field), obj, viewer)
                    rule = fields.visible_q(viewer, model, field.name)
                    found = model.objects.filter(rule, pk=obj.pk).exists()
                    assert found is seen or field.name in fields.ALWAYS, (field, level, viewer)


def test_the_search_box_ignores_accents_case_and_apostrophes(as_: Any, world: World) -> None:
    people.update_profile(world.naima, by=world.naima, helps=["refus d’école"])
    for query in ("NAIMA", "belkacem naïma", "refus d'ecole", "racines belkacem"):
        page = as_(world.maude).get("/membres/", {"q": query}).content.decode()
        assert "Naïma Belkacem" in page, query
        assert "Réal Lavoie" not in page, query


def test_guests_have_no_directory_of_members(as_: Any, world: World) -> None:
    guest = make_person(
        "Solange",
        role=User.Role.GUEST,
        access_until=timezone.now() + timedelta(days=30),
        spaces=(world.common,),
    )
    browser = as_(guest)
    assert browser.get("/membres/").status_code == 404
    assert browser.get(world.maude.get_absolute_url()).status_code == 404
    assert browser.get(guest.get_absolute_url()).status_code == 200
    page = browser.get(world.relais.get_absolute_url())
    assert page.status_code == 200
    assert "Maude" not in page.content.decode()


def test_a_visitor_is_led_to_sign_in_whether_the_person_exists_or_not(
    as_: Any, maude: User
) -> None:
    visitor = as_(None)
    for path in (maude.get_absolute_url(), f"/membres/{maude.pk}/", "/membres/9999/", "/membres/"):
        answer = visitor.get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/compte/connexion/?next=")


def test_the_address_is_put_right_only_for_who_may_read(as_: Any, world: World) -> None:
    maude = world.maude
    for wrong in (f"/membres/{maude.pk}/", f"/membres/{maude.pk}-un-vieux-nom/"):
        assert as_(world.real).get(wrong)["Location"] == f"/membres/{maude.pk}-maude-tremblay/"
    people.deactivate(maude, by=world.odile)
    for path in (f"/membres/{maude.pk}/", f"/membres/{maude.pk}-maude-tremblay/", "/membres/999/"):
        assert as_(world.real).get(path).status_code == 404
    assert "Maude" not in as_(world.real).get("/membres/").content.decode()


def test_a_page_shows_the_threads_she_signed_and_never_the_others(as_: Any, world: World) -> None:
    create_thread(by=world.naima, space=world.common, text="Un texte.", title="FIL-SIGNE")
    create_thread(
        by=world.naima, space=world.psychosocial, text="Un texte.", title="FIL-NOMME-AILLEURS"
    )
    create_thread(
        by=world.naima,
        space=world.psychosocial,
        text="Un texte.",
        title="FIL-SANS-NOM",
        unnamed=True,
    )
    page = world.naima.get_absolute_url()
    for_maude = as_(world.maude).get(page).content.decode()
    assert "FIL-SIGNE" in for_maude
    assert "FIL-NOMME-AILLEURS" not in for_maude
    for_odile = as_(world.odile).get(page).content.decode()
    assert "FIL-NOMME-AILLEURS" in for_odile
    for viewer in (world.maude, world.odile, world.naima):
        assert "FIL-SANS-NOM" not in as_(viewer).get(page).content.decode()


def test_only_the_spaces_that_the_reader_reads_are_in_common(as_: Any, world: World) -> None:
    page = world.naima.get_absolute_url()
    assert "Suivis psychosociaux" not in as_(world.maude).get(page).content.decode()
    assert "Suivis psychosociaux" in as_(world.odile).get(page).content.decode()


def test_the_directory_costs_the_same_at_three_rows_and_at_twenty(as_: Any, world: World) -> None:
    def queries(path: str) -> int:
        browser = as_(world.maude)
        browser.get(path)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            browser.get(path)
        return len([q for q in caught if "SAVEPOINT" not in q["sql"]])

    before = queries("/membres/"), queries("/organismes/"), queries(world.real.get_absolute_url())
    for number in range(18):
        person = make_person(f"Membre{number}", organisation=world.phare, spaces=(world.common,))
        people.update_profile(person, by=person, helps=["a", "b"], seeks=["c"])
    after = queries("/membres/"), queries("/organismes/"), queries(world.real.get_absolute_url())
    assert before == after
    # Session, person, her spaces, then: organisations of the filter, people, skills, count.
    assert before[0] <= 5 + 4


def test_the_list_goes_on_by_cursor(as_: Any, world: World) -> None:
    for number in range(30):
        make_person(f"Membre{number:02}", organisation=world.phare)
    first = as_(world.maude).get("/membres/")
    names = [entry["person"].full_name for entry in first.context["people"]]
    rest = as_(world.maude).get("/membres/", {"apres": first.context["next"]})
    names += [entry["person"].full_name for entry in rest.context["people"]]
    assert len(names) == len(set(names)) == 35
    assert names == sorted(names, key=lambda name: name.replace("È", "E").replace("é", "e"))
    assert not rest.context["next"]


def test_consent_is_unticked_dated_versioned_and_withdrawable(as_: Any, maude: User) -> None:
    browser = as_(maude)
    assert not browser.get(PROFILE).context["form"]["newsletter"].value()
    browser.post(PROFILE, filled(maude, newsletter="on"))
    browser.post(PROFILE, filled(maude, newsletter="on"))
    given = Consent.objects.get(user=maude)
    assert (given.version, given.withdrawn_at) == (1, None)
    browser.post(PROFILE, filled(maude))
    given.refresh_from_db()
    assert given.withdrawn_at is not None
    browser.post(PROFILE, filled(maude, newsletter="on"))
    assert Consent.objects.filter(user=maude).count() == 2


def test_a_consent_is_given_by_nobody_else(maude: User, odile: User) -> None:
    with pytest.raises(NotAllowed):
        people.set_consent(maude, Consent.Purpose.NEWSLETTER, True, by=odile)


def picture(kind: str = "PNG") -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (40, 60), "teal").save(content, kind)
    return SimpleUploadedFile("moi.png", content.getvalue(), content_type="image/png")


def test_a_photo_replaces_the_former_one_and_members_see_it(as_: Any, world: World) -> None:
    browser = as_(world.maude)
    browser.post(PROFILE, filled(world.maude, photo=picture()))
    world.maude.refresh_from_db()
    first = world.maude.photo
    assert as_(world.real).get(world.maude.photo_url).status_code == 200
    assert as_(None).get(world.maude.photo_url).status_code in (302, 404)
    browser.post(PROFILE, filled(world.maude, photo=picture()))
    world.maude.refresh_from_db()
    assert world.maude.photo != first
    assert StoredFile.objects.filter(kind="member").count() == 1
    browser.post(PROFILE, filled(world.maude, remove_photo="on"))
    world.maude.refresh_from_db()
    assert world.maude.photo is None
    assert not StoredFile.objects.filter(kind="member").exists()


def test_a_false_picture_is_refused_and_the_rest_is_kept(as_: Any, maude: User) -> None:
    fake = SimpleUploadedFile("moi.png", b"<html><script>1</script>", content_type="image/png")
    page = as_(maude).post(PROFILE, filled(maude, bio="À garder.", photo=fake))
    assert page.status_code == 400
    assert "À garder." in page.content.decode()
    maude.refresh_from_db()
    assert maude.photo is None


def test_completeness_is_an_invitation(maude: User) -> None:
    profile = profile_of(maude)
    before = fields.completeness(profile)
    assert (before.percent, before.next is not None) == (0, True)
    people.update_profile(
        maude,
        by=maude,
        function="intervention",
        job_title="Intervenante",
        region="01",
        helps=["a"],
        seeks=["b"],
        bio="Bonjour.",
    )
    assert fields.completeness(profile_of(maude)).full


def test_the_language_of_the_profile_holds_at_once(as_: Any, maude: User) -> None:
    browser = as_(maude)
    browser.post(PROFILE, filled(maude, language="en"))
    assert "My profile" in browser.get(PROFILE).content.decode()
