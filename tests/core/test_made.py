"""What a room draws of an object of its own is made once, and kept for some days."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core import files
from core.files.pictures import sweep_kept

pytestmark = pytest.mark.django_db


def test_what_is_drawn_is_made_once_under_the_same_name() -> None:
    made = []

    def draw() -> bytes:
        made.append(1)
        return b"papier %d" % len(made)

    assert files.made_once("sheet-901", "a.pdf", draw) == b"papier 1"
    assert files.made_once("sheet-901", "a.pdf", draw) == b"papier 1"
    assert files.made_once("sheet-901", "b.pdf", draw) == b"papier 2"
    assert files.made_once("sheet-902", "a.pdf", draw) == b"papier 3"


def test_it_is_forgotten_on_demand_and_after_some_days() -> None:
    for of in ("sheet-903", "sheet-904"):
        files.keep_made(of, "a.pdf", b"papier")
    assert files.forget_made("sheet-903") == 1
    assert files.made("sheet-903", "a.pdf") is None
    assert files.made("sheet-904", "a.pdf") == b"papier"
    sweep_kept(timezone.now() + timedelta(minutes=1))
    assert files.made("sheet-904", "a.pdf") is None
