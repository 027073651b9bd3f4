"""The demonstration community: all of the file, true counters, living dates, public accounts."""

import json

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import MembershipRequest, Organisation, User
from community.models import JoinRequest, Membership, Reaction
from core.integrity import check_counters
from core.models import OutboxEvent, OutgoingMail
from forums.models import Post, Thread
from home.founding import SOURCE
from moderation.models import Report
from notifications.centre import notices
from notifications.models import Mention

pytestmark = pytest.mark.django_db
FILE = json.loads(SOURCE.read_text())


def person(key):
    entry = next(one for one in FILE["membres"] if one["id"] == key)
    return User.objects.get(email=entry["courriel"])


def test_everything_of_the_file_is_there_once(demo):
    call_command("demo")
    assert Organisation.objects.filter(category="membre").count() == 24
    assert User.objects.filter(is_superuser=False).count() == 55
    assert Thread.objects.count() == 24
    assert Post.objects.count() == 24 + sum(len(one["reponses"]) for one in FILE["fils"])
    assert Reaction.objects.count() == sum(
        reply["mercis"] for one in FILE["fils"] for reply in one["reponses"]
    )
    assert Thread.objects.unanswered().count() == 3


def test_organisations_have_all_their_facts_and_a_twin(demo):
    for entry in FILE["organisations"]:
        organisation = Organisation.objects.get(neq=entry["neq"])
        assert organisation.name == entry["nom"]
        assert organisation.school_levels == entry["ordres_enseignement"]
        assert organisation.budget_band == entry["budget_tranche"]
        assert organisation.contact == person(entry["personne_referente_id"])
        assert organisation.twin.twin == organisation != organisation.twin


def test_counters_are_those_of_a_recount(demo):
    for thread in Thread.objects.all():
        posts = list(thread.posts.order_by("position"))
        assert [post.position for post in posts] == list(range(1, len(posts) + 1))
        assert thread.last_position == len(posts)
        assert thread.last_post_at == posts[-1].created_at
    found = check_counters(repair=False)
    assert found.looked_at > Thread.objects.count() + Post.objects.count()
    assert found.lines == []


def test_thanks_come_from_distinct_people_who_read_the_space(demo):
    for reaction in Reaction.objects.select_related("user"):
        post = Post.objects.select_related("thread").get(pk=reaction.object_id)
        assert reaction.user_id != post.author_id
        assert post.created_at <= reaction.created_at <= timezone.now()
        assert Membership.objects.filter(
            user=reaction.user, space=post.thread.space, ended_at=None
        ).exists()


def test_the_unnamed_thread_stays_unnamed(demo):
    entry = next(one for one in FILE["fils"] if one["id"] == "fil-18")
    thread = Thread.objects.get(title=entry["titre"])
    assert thread.unnamed and thread.author is None
    assert thread.posts.get(position=1).unnamed
    assert thread.posts.get(position=4).as_animation
    client = Client()
    client.force_login(person("mem-13"), backend="accounts.backends.AccountBackend")
    page = client.get(thread.get_absolute_url()).content.decode()
    assert thread.title in page
    assert person("mem-10").last_name not in page


def test_roles_are_those_of_the_file(demo):
    assert {user.first_name for user in User.objects.filter(role="animation")} == {"Odile", "Karim"}
    guest = person("mem-03")
    assert guest.is_guest and guest.access_until > timezone.now()
    leads = Membership.objects.filter(role="coanimation").values_list("space__slug", "user__email")
    assert dict(leads) == {
        "intervention": person("mem-09").email,
        "suivis-psychosociaux": person("mem-13").email,
    }


def test_nobody_has_a_password_of_her_own(demo):
    assert not [user for user in User.objects.all() if user.has_usable_password()]


def test_every_active_member_has_something_new(demo):
    for entry in FILE["membres"]:
        user = person(entry["id"])
        assert Thread.objects.readable_by(user).unread_by(user).exists(), entry["id"]


def test_the_animators_have_something_waiting(demo):
    assert MembershipRequest.objects.filter(state="submitted").count() == 1
    assert JoinRequest.objects.pending().count() == 1
    assert Report.objects.open().count() == 1


def test_loading_writes_to_nobody(demo):
    assert not OutgoingMail.objects.exists()
    assert not OutboxEvent.objects.filter(name__startswith="post").exists()


def test_the_member_of_the_banner_has_a_home_that_lives(demo):
    client = Client()
    client.force_login(person("mem-05"), backend="accounts.backends.AccountBackend")
    page = client.get("/").content.decode()
    assert "Bonjour Tristan" in page
    assert "Une question attend votre expérience" in page
    assert "Votre organisme jumeau" in page
    assert "Suivis psychosociaux" not in page


def test_somebody_is_named_who_may_read_it(demo):
    named = Mention.objects.get()
    assert Post.objects.readable_by(named.user).filter(pk=named.object_id).exists()
    assert f"@{named.user.full_name}" in Post.objects.get(pk=named.object_id).text
    assert notices(named.user)[0].named
