"""Around every request: headers on every answer, refusals as pages, silence in the logs."""

import io
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import set_urlconf

from accounts.models import User
from core.logs import Line, QuietReporterFilter, Scrub, mask
from core.signing import make_token

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.urls")]


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


@pytest.fixture
def journal() -> Iterator[io.StringIO]:
    """What the console would show."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(Scrub())
    handler.setFormatter(Line("{levelname} {name} [{request_id}] {message}", style="{"))
    root = logging.getLogger()
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)


PAGES = {
    "/bien/": 200,
    "/ferme/": 403,
    "/perime/": 410,
    "/defendu/": 403,
    "/absent/": 404,
    "/nulle-part/": 404,
    "/casse/": 500,
    "/base/": 503,
    "/prive/": 302,
    "/sante/": 200,
}


@pytest.mark.parametrize(("path", "status"), PAGES.items())
def test_every_answer_has_the_protective_headers(visitor: Client, path: str, status: int) -> None:
    answer = visitor.get(path)
    assert answer.status_code == status
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert len(answer.headers["X-Request-Id"]) == 8


def test_a_refusal_says_its_sentence(visitor: Client) -> None:
    answer = visitor.get("/ferme/")
    assert "Ce fil est fermé." in answer.text
    assert visitor.get("/perime/").text.count("Ce lien est périmé. Demandez-en un nouveau.") == 1


def test_when_the_database_goes_away_the_page_says_to_come_back(visitor: Client) -> None:
    answer = visitor.get("/base/")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert "server closed" not in answer.text


def test_the_database_may_go_away_before_the_view(
    visitor: Client, maude: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The session itself cannot be read: the answer is the same."""
    visitor.force_login(maude, backend="accounts.backends.AccountBackend")
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import OperationalError

    def away(self: Any) -> Any:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(SessionStore, "load", away)
    assert visitor.get("/prive/").status_code == 503


def test_our_own_error_page_asks_nothing_of_the_request(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(request: Any) -> dict[str, Any]:
        raise ValueError

    monkeypatch.setattr("home.context.shell", broken)
    answer = visitor.get("/casse/")
    assert answer.status_code == 500
    assert "de notre côté" in answer.text


def test_on_a_shared_computer_no_page_is_kept(
    as_: Callable[[User | None], Client], maude: User
) -> None:
    browser = as_(maude)
    assert browser.get("/prive/").headers.get("Cache-Control") != "no-store"
    session = browser.session
    session["shared_computer"] = True
    session.save()
    assert browser.get("/prive/").headers["Cache-Control"] == "no-store"
    assert browser.get("/lu/").headers["Cache-Control"] == "no-store"


def test_a_page_that_depends_on_nobody_does_not_read_the_session(
    visitor: Client, django_assert_num_queries: Callable[..., Any]
) -> None:
    with django_assert_num_queries(0):
        visitor.get("/bien/")


# ---------------------------------------------------------------- logs


def test_the_log_holds_neither_token_nor_what_was_posted(
    visitor: Client, journal: io.StringIO
) -> None:
    token = make_token("follow-up", request=12)
    visitor.get(f"/adhesion/suivi/{token}/")
    visitor.get("/adhesion/suivi/tout-court/")
    visitor.get("/nulle-part/", {"q": "Jérémie Tremblay"})
    visitor.post("/casse/", {"texte": "Jérémie, 14 ans, TREJ12345678"})
    text = journal.getvalue()
    assert token not in text
    assert "tout-court" not in text
    assert "/adhesion/suivi/…/" in text
    assert "Jérémie" not in text
    assert "TREJ12345678" not in text
    assert "ValueError" in text
    assert "tests/core/urls.py" in text, "where it broke is told"


def test_each_line_carries_the_number_of_its_request(visitor: Client, journal: io.StringIO) -> None:
    answer = visitor.get("/nulle-part/")
    assert f"[{answer.headers['X-Request-Id']}]" in journal.getvalue()


def test_an_error_that_speaks_of_the_program_keeps_its_message(
    visitor: Client, journal: io.StringIO
) -> None:
    visitor.get("/base/")
    assert "OperationalError: server closed the connection" in journal.getvalue()


def test_the_cause_of_an_error_is_told_without_its_words(journal: io.StringIO) -> None:
    try:
        try:
            raise KeyError("Une phrase de Maude")
        except KeyError as error:
            raise RuntimeError("et une autre") from error
    except RuntimeError:
        logging.getLogger("essai").exception("cassé")
    text = journal.getvalue()
    assert text.index("builtins.KeyError") < text.index("builtins.RuntimeError")
    assert text.count("Une phrase de Maude") == text.count('raise KeyError("Une phrase de Maude")')


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("GET /invitation/abc123/ 200", "GET /invitation/…/ 200"),
        ("GET /courriel/arret/a:b:c/", "GET /courriel/arret/…/"),
        ("GET /recherche/flux/abc123/rss/ 200", "GET /recherche/flux/…/rss/ 200"),
        ("GET /recherche/?q=Jérémie HTTP/1.1", "GET /recherche/?… HTTP/1.1"),
        (
            "/compte/mot-de-passe/reinitialiser/3-cq5d1f-0123456789abcdef0123456789abcdef/",
            "/compte/mot-de-passe/reinitialiser/…/",
        ),
        ("/fichiers/7f0d3c2e-6f1e-4a57-9d0e-0c6ad4f2a111/", None),
        ("/discussions/12-comment-aider-un-jeune/", None),
    ],
)
def test_addresses_are_masked_where_they_hold_a_secret(line: str, masked: str | None) -> None:
    assert mask(line) == (masked or line)


def test_error_reports_show_nothing_that_was_typed(rf: Any) -> None:
    request = rf.post("/casse/", {"texte": "Jérémie"}, headers={"Cookie": "ancrage=jeton"})
    quiet = QuietReporterFilter()
    assert quiet.is_active(request)
    assert quiet.get_post_parameters(request) == {}
    assert quiet.get_safe_cookies(request) == {}
    frame = logging.currentframe()
    assert list(quiet.get_traceback_frame_variables(request, frame)) == []
    set_urlconf(None)


@pytest.mark.urls("config.urls")
def test_no_sign_that_the_database_refuses_makes_an_error_of_ours(as_: Any, maude: User) -> None:
    for url in ("/discussions/nouveau/portee/?space=%00", "/membres/?q=a%00b", "/?%00"):
        assert as_(maude).get(url).status_code == 400
    assert as_(maude).get("/membres/?q=%2500").status_code == 200
