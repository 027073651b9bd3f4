"""Whatever the sheets and whoever looks: the list, the numbers of its boxes, the map, the table of
what is missing and the pages of the sheets say the same.

Drawn at random: sheets of any state, with any words, trials and evidence, read by people of any
role.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import User
from core.audience import State
from core.models import Term
from practices.finding import filters, gaps, regions
from practices.models import Evidence, Sheet, Trial, Version
from tests.conftest import World
from tests.practices.conftest import TERMS, make_terms

pytestmark = pytest.mark.django_db

PEOPLE = ("maude", "real", "odile", "eve")
WORDS = {
    "ordre": "ordres_enseignement",
    "determinant": "facteurs_risque",
    "region": "regions",
    "public": "publics",
}
SHEETS = st.lists(
    st.fixed_dictionaries(
        {
            "state": st.sampled_from([State.PUBLISHED] * 3 + [State.DRAFT, State.HIDDEN]),
            "level": st.sampled_from(["communaute", "public"]),
            "archived": st.sampled_from([False, False, False, True]),
            "owner": st.sampled_from(PEOPLE),
            "cost_band": st.sampled_from(["", "moins-100", "100-500"]),
            "evidence": st.sampled_from(["", "1", "2"]),
            "expiry": st.lists(st.sampled_from(["", "date", "essais"]), max_size=2),
            "trials": st.lists(
                st.tuples(
                    st.sampled_from(["mieux", "abandonnee"]),
                    st.sampled_from([State.PUBLISHED, State.HIDDEN]),
                ),
                max_size=3,
            ),
            "words": st.fixed_dictionaries(
                {name: st.sets(st.sampled_from(TERMS[scheme])) for name, scheme in WORDS.items()}
            ),
        }
    ),
    min_size=2,
    max_size=7,
)
ASKED = st.fixed_dictionaries(
    {},
    optional={
        **{name: st.sets(st.sampled_from(TERMS[scheme]), min_size=1, max_size=2)
           for name, scheme in WORDS.items()},
        "cout": st.sets(st.sampled_from(["moins-100", "100-500"]), min_size=1),
        "essai": st.sets(st.sampled_from(["mieux", "abandonnee"]), min_size=1),
        "perimee": st.sets(st.sampled_from(["date", "essais"]), min_size=1),
    },
)  # fmt: skip
READERS = st.lists(
    st.tuples(st.sampled_from([*PEOPLE, "visitor"]), st.booleans()), min_size=2, max_size=3
)


@given(sheets=SHEETS, asked=ASKED, readers=READERS)
@settings(
    max_examples=8,
    # The same draws each time: others are tried by raising their number.
    derandomize=True,
    # To make a failing draw smaller takes minutes here, and says little more.
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_list_numbers_map_table_and_pages_agree(
    world: World,
    sheets: list[dict[str, Any]],
    asked: dict[str, set[str]],
    readers: list[tuple[str, bool]],
) -> None:
    with transaction.atomic():
        make_terms()
        for number, drawn in enumerate(sheets):
            _sheet(world, number, **drawn)
        for who, guest in readers:
            _agree(_reader(world, who, guest), asked)
        transaction.set_rollback(True)


def _sheet(world: World, number: int, *, owner: str, archived: bool, **drawn: Any) -> None:
    words, trials, expiry = drawn.pop("words"), drawn.pop("trials"), drawn.pop("expiry")
    now = timezone.now()
    by: User = getattr(world, owner)
    assert by.organisation is not None
    sheet = Sheet.objects.create(
        title=f"Pratique {number}",
        title_key=f"pratique {number}",
        owner=by,
        bearer=by.organisation,
        consented_at=now,
        improved_at=now,
        archived_at=now if archived else None,
        **drawn,
    )
    if drawn["state"] != State.DRAFT:
        version = Version.objects.create(sheet=sheet, number=1, content={}, cause="publication")
        Sheet.objects.filter(pk=sheet.pk).update(current=version)
    for name, codes in words.items():
        sheet.terms.add(*Term.objects.filter(scheme=WORDS[name], code__in=codes))
    for outcome, state in trials:
        Trial.objects.create(
            sheet=sheet, owner=by, outcome=outcome, state=state, period="2026", lesson="Oui."
        )
    for why in expiry:
        Evidence.objects.create(sheet=sheet, level="2", source="Données", expiry=why)


def _reader(world: World, who: str, guest: bool) -> Any:
    if who == "visitor":
        return AnonymousUser()
    user: User = getattr(world, who)
    if who != "odile":
        role = User.Role.GUEST if guest else User.Role.MEMBER
        until = timezone.now() + timedelta(days=5) if guest else None
        User.objects.filter(pk=user.pk).update(role=role, access_until=until)
    return User.objects.get(pk=user.pk)


def _query(asked: dict[str, Any]) -> QueryDict:
    query = QueryDict(mutable=True)
    for name, codes in asked.items():
        query.setlist(name, sorted(codes))
    return query


def _listed(viewer: Any, asked: dict[str, Any]) -> set[int]:
    wanted = filters.read(_query(asked), viewer)
    return set(filters.apply(wanted, viewer).values_list("pk", flat=True))


def _agree(viewer: Any, asked: dict[str, set[str]]) -> None:
    listed = _listed(viewer, asked)
    everything = _listed(viewer, {})
    live = Sheet.objects.readable_by(viewer).live()
    assert everything == set(live.values_list("pk", flat=True))
    assert listed <= everything

    # Each box shows what its number says; nothing that a box could show lacks one.
    counts = filters.count(filters.read(_query(asked), viewer), viewer)
    assert counts.total == len(listed)
    for facet in counts.facets:
        others = {name: codes for name, codes in asked.items() if name != facet.name}
        numbers = {option.code: option.count for option in facet.options}
        for code in filters.BOXES[facet.name].words():
            shown = _listed(viewer, {**others, facet.name: {code}})
            assert numbers.get(code, 0) == len(shown), (facet.name, code)

    # The map and the table.
    request = RequestFactory().get("/pratiques/carte/")
    request.user = viewer
    for one in regions.count(request, filters.read(_query(asked), viewer)).regions:
        there = {name: codes for name, codes in asked.items() if name != "region"}
        assert one.count == len(_listed(viewer, {**there, "region": {one.code}}))
    for row in (r for _h, rows in gaps.table(gaps.read(_query({})), viewer).groups for r in rows):
        for cell in row.cells:
            box = {name: {code} for name, code in QueryDict(cell.query).items()}
            assert cell.count == len(_listed(viewer, box))

    # The pages open for all that is listed, and for no draft nor what was set aside of others.
    browser = Client()
    if viewer.is_authenticated:
        browser.force_login(viewer, backend="accounts.backends.AccountBackend")
    for sheet in Sheet.objects.all():
        opens = browser.get(sheet.get_absolute_url()).status_code == 200
        assert opens or sheet.pk not in everything
        if sheet.pk in everything or sheet.archived_at:
            continue
        assert not opens or viewer.is_animator or sheet.owner_id == viewer.pk
