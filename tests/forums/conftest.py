"""What the tests of the forum begin from: a question of Maude's, and one of Naïma's."""

from __future__ import annotations

import pytest

from forums import services
from forums.models import Thread
from tests.conftest import World


@pytest.fixture
def question(world: World) -> Thread:
    """Maude asks in her space; it is read by Odile, who animates, and not by Réal, Naïma, Ève."""
    return services.create_thread(
        by=world.maude,
        space=world.intervention,
        title="Refus scolaire et canari",
        text="Par où reprendre le lien avec la famille? Le canari chante.",
        tags=["refus scolaire"],
    )


@pytest.fixture
def secret(world: World) -> Thread:
    """Naïma asks without her name in the confidential space; Odile is its animator and member."""
    return services.create_thread(
        by=world.naima,
        space=world.psychosocial,
        title="Titre perroquet",
        text="Une situation transformée, un perroquet.",
        unnamed=True,
    )
