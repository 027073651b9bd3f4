"""A kind that breaks the contract, a setting that serves badly: said before the first request."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.template.loader import get_template

from core import checks, content
from core.content import Indexed, Kind


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Any:
    def install(**changes: Any) -> list[str]:
        values: dict[str, Any] = {
            "name": "essai",
            "model": Group,
            "label": "essai",
            "plural": "essais",
            "icon": "home",
            "title": str,
            "author": lambda obj, viewer: None,
            "snapshot": lambda obj: {},
            "row_template": "errors/404.html",
        }
        monkeypatch.setattr(content, "_kinds", {"essai": Kind(**(values | changes))})
        return [problem.id or "" for problem in checks.kinds_obey()]

    return install


def test_the_kinds_of_the_house_obey() -> None:
    assert checks.kinds_obey() == []


def test_a_kind_without_audience_is_refused(only: Any) -> None:
    assert only() == ["core.E001", "core.E001", "core.E002"]


def test_a_kind_without_row_template_is_refused(only: Any) -> None:
    assert get_template("errors/404.html")
    assert "core.E003" in only(row_template="nulle/part.html")


def test_a_kind_that_the_search_would_never_look_at_again_is_refused(only: Any) -> None:
    found = {"entries": lambda ids: [], "ids": lambda after, limit: []}
    assert "core.E004" in only(indexed=Indexed(**found, events={}))
    events = {"thing.changed": lambda payload: [payload["thing"]]}
    assert "core.E004" not in only(indexed=Indexed(**found, events=events))


def test_a_kind_that_hides_without_restoring_is_refused(only: Any) -> None:
    assert "core.E005" in only(hide=lambda obj, **kwargs: None)
    assert "core.E006" in only(unlock=lambda obj, **kwargs: None)
    assert "core.E007" in only(move=lambda obj, **kwargs: None)


def test_settings_of_a_desk_are_told_apart_at_deployment(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = SimpleNamespace(
        EMAIL_BACKEND="core.mail.folder.EmailBackend",
        DEFAULT_FROM_EMAIL="Ancrage <ancrage@localhost>",
        PRIVACY_CONTACT="vie-privee@ancrage.example",
        SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"),
        TRUSTED_PROXIES=0,
    )
    monkeypatch.setattr(checks, "settings", desk)
    assert [w.id for w in checks.settings_serve()] == [f"core.W00{n}" for n in (1, 2, 3, 4)]
    desk = SimpleNamespace(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
        DEFAULT_FROM_EMAIL="Ancrage <ancrage@rocqld.test>",
        PRIVACY_CONTACT="vie-privee@rocqld.test",
        TRUSTED_PROXIES=0,
    )
    monkeypatch.setattr(checks, "settings", desk)
    assert checks.settings_serve() == []
