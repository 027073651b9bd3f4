"""docs/library-metadata.md says of each field what the code does with it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from library.exchange import columns, tables
from library.exchange.dublin_core import ELEMENTS, MAPPING
from library.models import Document
from library.services.metadata import REQUIRED

pytestmark = pytest.mark.sqlite

PAGE = (Path(__file__).parents[2] / "docs" / "library-metadata.md").read_text()
DESCRIBED, INTERNAL = PAGE.split("What stays in the house:")[0], PAGE.split("## What leaves")[0]


def rows(text: str) -> list[list[str]]:
    """The cells of the lines whose first one names a field."""
    lines = (line for line in text.splitlines() if line.startswith("| `"))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def fields_of(cells: list[str]) -> list[str]:
    return re.findall(r"`([^`]+)`", cells[0])


def test_the_table_is_the_mapping_of_the_code() -> None:
    said = [(fields_of(cells)[0], cells[1], cells[2]) for cells in rows(DESCRIBED)]

    assert said == [(one.field, one.term, one.element) for one in MAPPING]
    assert {one.element for one in MAPPING} <= {*ELEMENTS, ""}


def test_every_field_of_the_model_is_said_once() -> None:
    described = {fields_of(cells)[0].partition(".")[0] for cells in rows(DESCRIBED)}
    inside = [
        name
        for cells in rows(INTERNAL.split("What stays in the house:")[1])
        for name in fields_of(cells)
    ]
    model = {field.name for field in Document._meta.get_fields() if not field.auto_created}
    # The other name of `tags`, for taggit.
    model = model - {"tagged_items"} | {"id", "replaces"}

    assert len(inside) == len(set(inside))
    assert described | set(inside) == model
    assert described & set(inside) == {"current", "terms"}


def test_every_column_of_the_page_is_one_of_the_table() -> None:
    said = {name for cells in rows(DESCRIBED) for name in re.findall(r"`([^`]+)`", cells[3])}
    elsewhere = {"espace", "revision", "pages", "taille", "adresse"}

    assert said <= set(tables.CELLS)
    assert set(tables.CELLS) - said == elsewhere
    by_field = {cells[0].strip("` ★"): cells[3].strip("`") for cells in rows(DESCRIBED)}
    for names in (columns.WORDS, columns.CHOICES):
        for column, field in names.items():
            assert by_field[field] == column


def test_the_stars_are_the_required_fields() -> None:
    starred = {fields_of(cells)[0] for cells in rows(DESCRIBED) if "★" in cells[0]}

    assert starred == set(REQUIRED)
