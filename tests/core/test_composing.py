"""A form that comes back: kept for who typed it, looked into, mended where it is asked."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from django.test import RequestFactory

from core import composing
from core.composing import Again, Composed
from core.errors import Refused
from core.models import KeptForm
from core.web import number_in, numbers_in
from tests.conftest import World

PHONE = "418 555-2368"


class NotToday(Refused):
    message = "Pas aujourd’hui."


class Words(Composed):
    READ = ("text",)
    FIELD_OF = {NotToday: "text"}

    text = forms.CharField(label="Texte", max_length=100)
    note = forms.CharField(required=False)


def sent(world: World, **fields: Any) -> Any:
    request = RequestFactory().post("/un/", fields)
    request.user = world.maude
    return request


def looked(world: World, **fields: Any) -> tuple[Again | None, QueryDict]:
    request = sent(world, **fields)
    data = request.POST.copy()
    return composing.look(request, Words(data), data), data


@pytest.mark.django_db
def test_a_text_that_could_identify_somebody_waits_for_a_decision(world: World) -> None:
    again, _data = looked(world, text=f"Appeler le {PHONE}")
    assert again is not None and again.status == 200
    assert [part.label for part in again.parts] == ["Texte"]

    again, data = looked(world, text=f"Appeler le {PHONE}", replace="text:0")
    assert again == Again() and PHONE not in data["text"]

    assert looked(world, text=f"Appeler le {PHONE}", act="as-is")[0] is None
    assert looked(world, text="Attendre")[0] is None


@pytest.mark.django_db
def test_what_is_wrong_is_said_and_a_field_that_nobody_reads_is_not_looked_into(
    world: World,
) -> None:
    assert looked(world, text="")[0] == Again(status=400)
    assert looked(world, text="Attendre", note=PHONE)[0] is None


@pytest.mark.django_db
def test_a_form_is_kept_for_its_author_without_what_its_buttons_asked(world: World) -> None:
    request = sent(world, text="À finir", act="as-is", replace="all", writer="x")

    assert composing.keep(request, world.maude) == "/un/?repris=1"

    assert KeptForm.objects.get().fields == {"text": ["À finir"]}
    data = composing.kept_for(world.maude.pk, "/un/")
    assert data is not None and data["text"] == "À finir"
    assert composing.kept_for(world.real.pk, "/un/") is None
    composing.forget_for(world.maude.pk, "/un/")
    assert composing.kept_for(world.maude.pk, "/un/") is None


def test_a_refusal_is_said_beside_its_field() -> None:
    form = Words(QueryDict("text=a"))
    form.full_clean()

    form.refuse(NotToday())
    assert form.errors["text"] == ["Pas aujourd’hui."]
    form.quiet()
    assert not form.errors


def test_a_number_is_read_from_an_address_or_is_nothing() -> None:
    assert numbers_in(["0", "12", "١٢", "-3", "x", ""]) == [0, 12]
    assert [number_in(one, digits=3) for one in ("999", "1000", None)] == [999, 0, 0]
