"""What bootstrap and the demonstration write in a database that holds nothing yet."""

import io
import json
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from accounts.models import User
from community.models import Charter, SubCommunity
from core.models import Term
from forums.models import Thread
from home.founding import SOURCE

pytestmark = pytest.mark.django_db
FILE = json.loads(SOURCE.read_text())


def test_it_refuses_to_enter_a_real_community(db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="ANCRAGE_DEMO"):
        call_command("demo")
    assert not User.objects.exists()


def test_bootstrap_may_run_at_each_start_and_never_undoes_an_edit(db):
    call_command("bootstrap")
    Term.objects.filter(scheme="types_fil", code="question").update(label="Interrogation")
    SubCommunity.objects.filter(slug="intervention").update(name="Le terrain")
    before = Term.objects.count(), SubCommunity.objects.count(), Charter.objects.count()
    call_command("bootstrap")
    assert (Term.objects.count(), SubCommunity.objects.count(), Charter.objects.count()) == before
    assert Term.objects.get(scheme="types_fil", code="question").label == "Interrogation"
    assert SubCommunity.objects.get(slug="intervention").name == "Le terrain"


def test_bootstrap_knows_the_22_taxonomies_and_the_four_spaces(db):
    call_command("bootstrap")
    assert set(Term.objects.values_list("scheme", flat=True)) == set(FILE["taxonomies"])
    assert Term.objects.filter(scheme="facteurs_risque", parent__isnull=False).exists()
    psychosocial = SubCommunity.objects.get(slug="suivis-psychosociaux")
    assert psychosocial.confidential and psychosocial.unnamed_posts and psychosocial.danger_notice
    assert not psychosocial.content_in_mail and not psychosocial.in_global_search
    assert SubCommunity.objects.get(is_common=True).name == "La place commune"
    assert len(Charter.objects.get(space=None).articles) == 8


def test_three_weeks_later_everything_is_three_weeks_later(db, settings):
    settings.DEMO = True
    with time_machine.travel("2026-12-16T10:00:00-05:00"):
        call_command("demo", stdout=io.StringIO())
        entry = next(one for one in FILE["fils"] if one["id"] == "fil-22")
        thread = Thread.objects.get(title=entry["titre"])
        written = datetime.fromisoformat(entry["cree_le"])
        assert thread.created_at == written + timedelta(weeks=3)
        assert timezone.localtime(thread.created_at).weekday() == written.weekday()
        assert thread.last_post_at < timezone.now()
