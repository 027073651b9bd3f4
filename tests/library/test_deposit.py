"""How documents come in and are changed, by the services."""

from __future__ import annotations

from core.audience import State
from library.models import Document
from tests.conftest import World
from tests.library.conftest import make_document


def test_a_member_deposits_a_file_and_her_colleagues_read_it(library: World) -> None:
    document = make_document(library.maude)
    assert document.state == State.PUBLISHED
    assert document.current is not None
    assert document.current.number == 1
    assert document.title_key == "accueillir apres une suspension"
    assert Document.objects.readable_by(library.eve).filter(pk=document.pk).exists()
    document.current.file.refresh_from_db()
    assert (document.current.file.kind, document.current.file.object_id) == (
        "version",
        document.current.pk,
    )
