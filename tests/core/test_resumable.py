"""A file that arrives in pieces, over a network that comes and goes."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.http import HttpRequest, UnreadablePostError
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st

from accounts.models import User
from core import files
from core.files import resumable, store
from core.models import ResumableUpload, StoredFile
from tests.accounts.test_joining_at_once import at_once
from tests.conftest import World, build_world

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]

TEXT = ("Un fichier qui voyage par morceaux, d’un téléphone au bout d’un rang. " * 40).encode()
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = "application/offset+octet-stream"


def announced(client: Client, length: int = len(TEXT), name: str = "récit.txt") -> Any:
    metadata = f"filename {base64.b64encode(name.encode()).decode()}"
    headers = TUS | {"Upload-Length": str(length), "Upload-Metadata": metadata}
    return client.post("/televersements/", headers=headers, content_type=PIECE)


def begun(client: Client, **kwargs: Any) -> str:
    answer = announced(client, **kwargs)
    assert answer.status_code == 201, answer.content
    location: str = answer.headers["Location"]
    return location


def sent(client: Client, url: str, offset: int, piece: bytes) -> Any:
    headers = TUS | {"Upload-Offset": str(offset), "Content-Type": PIECE}
    return client.patch(url, piece, content_type=PIECE, headers=headers)


def content_of(stored: StoredFile) -> bytes:
    with storages["private"].open(stored.file.name or "") as content:
        found: bytes = content.read()
    return found


def pieces() -> list[str]:
    try:
        folders = storages["private"].listdir(resumable.FOLDER)[0]
    except FileNotFoundError:
        return []
    return [
        name
        for folder in folders
        for name in storages["private"].listdir(f"{resumable.FOLDER}/{folder}")[1]
    ]


# ----------------------------------------------------------------------------- the protocol


def test_what_is_spoken_is_said(world: World, as_: As) -> None:
    answer = as_(world.maude).options("/televersements/")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "creation,termination,expiration"
    assert answer.headers["Tus-Max-Size"] == "25000000"


def test_a_file_arrives_in_three_pieces(world: World, as_: As) -> None:
    maude = as_(world.maude)
    url = begun(maude)
    for start, end in ((0, 1000), (1000, 1007), (1007, len(TEXT))):
        answer = sent(maude, url, start, TEXT[start:end])
        assert answer.status_code == 204
        assert answer.headers["Upload-Offset"] == str(end)
        assert "Upload-Expires" in answer.headers
    stored = StoredFile.objects.get(pk=answer.headers["Upload-File"])
    assert content_of(stored) == TEXT
    assert (stored.name, stored.uploaded_by, stored.kind) == ("récit.txt", world.maude, "")
    assert pieces() == []


def test_after_the_network_was_lost_she_asks_where_it_stood(world: World, as_: As) -> None:
    maude = as_(world.maude)
    url = begun(maude)
    sent(maude, url, 0, TEXT[:500])
    answer = maude.head(url, headers=TUS)
    assert answer.headers["Upload-Offset"] == "500"
    assert answer.headers["Upload-Length"] == str(len(TEXT))
    name = answer.headers["Upload-Metadata"].removeprefix("filename ")
    assert base64.b64decode(name).decode() == "récit.txt"
    assert answer.headers["Cache-Control"] == "no-store"
    last = sent(maude, url, 500, TEXT[500:])
    again = maude.head(url, headers=TUS)
    assert again.headers["Upload-File"] == last.headers["Upload-File"]


def test_what_came_of_a_cut_piece_is_kept(
    world: World, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    maude = as_(world.maude)
    url = begun(maude)
    received = iter((TEXT[:300], UnreadablePostError()))

    def read(self: HttpRequest, *args: Any) -> bytes:
        came = next(received)
        if isinstance(came, Exception):
            raise came
        return came

    monkeypatch.setattr(HttpRequest, "read", read)
    assert sent(maude, url, 0, TEXT[:900]).headers["Upload-Offset"] == "300"


def test_a_piece_out_of_place_changes_nothing(world: World, as_: As) -> None:
    maude = as_(world.maude)
    url = begun(maude)
    sent(maude, url, 0, TEXT[:500])
    for offset in (0, 499, 501):
        answer = sent(maude, url, offset, b"x" * 10)
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (409, "500")
    assert len(pieces()) == 1


def test_more_than_was_announced_is_refused(world: World, as_: As) -> None:
    maude = as_(world.maude)
    url = begun(maude, length=10)
    assert sent(maude, url, 0, b"x" * 11).status_code == 413
    assert maude.head(url, headers=TUS).headers["Upload-Offset"] == "0"


def test_a_piece_is_at_most_a_megabyte(world: World, as_: As) -> None:
    maude = as_(world.maude)
    url = begun(maude, length=2_000_000)
    assert sent(maude, url, 0, b"x" * 1_000_001).status_code == 413
    assert sent(maude, url, 0, b"x" * 1_000_000).status_code == 204


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload-Length": "10"}, 412),
        (TUS | {"Upload-Length": "10", "Tus-Resumable": "0.2.2"}, 412),
        (TUS, 400),
        (TUS | {"Upload-Length": "-1"}, 400),
        (TUS | {"Upload-Length": "9" * 40}, 400),
        (TUS | {"Upload-Length": "0"}, 400),
        (TUS | {"Upload-Length": "10", "Upload-Metadata": "filename pas-du-base64"}, 400),
        (TUS | {"Upload-Length": "25000001"}, 413),
    ],
)
def test_a_bad_announcement_is_refused(
    world: World, as_: As, headers: dict[str, str], status: int
) -> None:
    answer = as_(world.maude).post("/televersements/", headers=headers, content_type=PIECE)
    assert answer.status_code == status
    assert not ResumableUpload.objects.exists()


def test_a_piece_says_what_it_is(world: World, as_: As) -> None:
    maude = as_(world.maude)
    url = begun(maude)
    headers = TUS | {"Upload-Offset": "0"}
    answer = maude.patch(url, TEXT[:10], content_type="text/plain", headers=headers)
    assert answer.status_code == 415


def test_networks_that_know_only_post_are_heard(world: World, as_: As) -> None:
    maude = as_(world.maude)
    url = begun(maude)
    headers = TUS | {"Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    answer = maude.post(url, TEXT, content_type=PIECE, headers=headers)
    assert "Upload-File" in answer.headers


# ------------------------------------------------------------------------- whose it is, and CSRF


def test_another_persons_upload_does_not_exist(world: World, as_: As) -> None:
    url = begun(as_(world.maude))
    missing = f"/televersements/{uuid.uuid4()}/"
    eve = as_(world.eve)
    for address in (url, missing):
        answers = (
            eve.head(address, headers=TUS),
            sent(eve, address, 0, TEXT),
            eve.delete(address, headers=TUS),
        )
        assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert ResumableUpload.objects.get().offset == 0


def test_nothing_is_taken_without_the_protection_token(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.maude, backend="accounts.backends.AccountBackend")
    assert announced(client).status_code == 403
    upload = resumable.begin(by=world.maude, name="a.txt", length=len(TEXT))
    url = f"/televersements/{upload.pk}/"
    assert sent(client, url, 0, TEXT).status_code == 403
    assert client.delete(url, headers=TUS).status_code == 403
    upload.refresh_from_db()
    assert upload.offset == 0


# ------------------------------------------------------------------------------- the outcome


def test_the_type_is_that_of_the_content_and_the_refusal_stays(world: World, as_: As) -> None:
    maude = as_(world.maude)
    url = begun(maude, length=12, name="rapport.pdf")
    first = sent(maude, url, 0, b"pas un pdf !")
    again = sent(maude, url, 12, b"")
    assert first.status_code == again.status_code == 400
    assert first.json() == again.json()
    assert not StoredFile.objects.exists()
    assert pieces() == []


def test_a_lost_answer_is_asked_for_again(world: World, as_: As) -> None:
    maude = as_(world.maude)
    url = begun(maude)
    last = sent(maude, url, 0, TEXT)
    again = sent(maude, url, len(TEXT), b"")
    assert again.headers["Upload-File"] == last.headers["Upload-File"]
    assert StoredFile.objects.count() == 1


def test_a_server_killed_before_the_file_was_made_makes_it_when_asked(
    world: World, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    maude = as_(world.maude)
    url = begun(maude)

    def killed(*args: Any, **kwargs: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(store, "accept", killed)
        with pytest.raises(KeyboardInterrupt):
            sent(maude, url, 0, TEXT)
    assert maude.head(url, headers=TUS).headers["Upload-Offset"] == str(len(TEXT))
    answer = sent(maude, url, len(TEXT), b"")
    assert content_of(StoredFile.objects.get(pk=answer.headers["Upload-File"])) == TEXT


def test_a_server_killed_between_piece_and_row_writes_the_piece_again(
    world: World, as_: As
) -> None:
    maude = as_(world.maude)
    upload = resumable.begin(by=world.maude, name="récit.txt", length=len(TEXT))
    left = f"{resumable.FOLDER}/{upload.pk.hex}/{0:015d}"
    storages["private"].save(left, ContentFile(b"un reste, plus long que le morceau suivant"))
    url = f"/televersements/{upload.pk}/"
    sent(maude, url, 0, TEXT[:5])
    answer = sent(maude, url, 5, TEXT[5:])
    assert content_of(StoredFile.objects.get(pk=answer.headers["Upload-File"])) == TEXT


def test_two_who_finish_at_once_make_one_file(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = resumable.begin(by=world.maude, name="récit.txt", length=len(TEXT))
    accept = store.accept

    def twice(*args: Any, **kwargs: Any) -> StoredFile:
        """While the first one looks into the file, the client asks again."""
        monkeypatch.setattr(store, "accept", accept)
        resumable.append(upload, len(TEXT), b"", by=world.maude)
        return accept(*args, **kwargs)

    monkeypatch.setattr(store, "accept", twice)
    found = resumable.append(upload, 0, TEXT, by=world.maude)
    assert [stored.pk for stored in StoredFile.objects.all()] == [found.stored_id]


# ------------------------------------------------------------------------------------ limits


def test_what_is_promised_counts_in_the_quota(world: World, as_: As, settings: Any) -> None:
    settings.UPLOAD_QUOTA_BYTES = 1000
    maude = as_(world.maude)
    begun(maude, length=600)
    assert announced(maude, length=401).status_code == 413
    assert announced(maude, length=400).status_code == 201
    assert announced(as_(world.eve), length=900).status_code == 201


def test_so_many_at_once_and_no_more(
    world: World, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resumable, "AT_ONCE", 2)
    maude = as_(world.maude)
    first = begun(maude)
    begun(maude)
    assert announced(maude).status_code == 429
    assert maude.delete(first, headers=TUS).status_code == 204
    assert announced(maude).status_code == 201


def test_too_many_files_in_an_hour_is_a_refusal_that_passes(
    world: World, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    maude = as_(world.maude)
    url = begun(maude)
    with monkeypatch.context() as patch:
        patch.setattr(store, "UPLOADS_AN_HOUR", 0)
        assert sent(maude, url, 0, TEXT).status_code == 429
    assert "Upload-File" in sent(maude, url, len(TEXT), b"").headers


# ---------------------------------------------------------------------------- end and expiry


def test_a_cancelled_upload_leaves_nothing(world: World, as_: As) -> None:
    maude = as_(world.maude)
    url = begun(maude)
    sent(maude, url, 0, TEXT[:500])
    assert maude.delete(url, headers=TUS).status_code == 204
    assert maude.head(url, headers=TUS).status_code == 404
    assert pieces() == []


def test_what_nobody_finished_is_swept_after_two_days(world: World, as_: As) -> None:
    maude = as_(world.maude)
    old, fresh = begun(maude), begun(maude)
    for url in (old, fresh):
        sent(maude, url, 0, TEXT[:500])
    age = timezone.now() - timedelta(hours=49)
    ResumableUpload.objects.filter(pk=old.split("/")[2]).update(updated_at=age)
    assert maude.head(old, headers=TUS).status_code == 410
    assert resumable.sweep() == 1
    assert maude.head(old, headers=TUS).status_code == 404
    assert maude.head(fresh, headers=TUS).headers["Upload-Offset"] == "500"
    assert len(pieces()) == 1


def test_pieces_without_a_row_are_swept(world: World) -> None:
    storages["private"].save(f"{resumable.FOLDER}/{uuid.uuid4().hex}/{0:015d}", ContentFile(b"x"))
    files.sweep_files()
    assert len(pieces()) == 1
    resumable.sweep()
    assert pieces() == []


# -------------------------------------------------------------------------------- properties


@pytest.mark.django_db(transaction=True)
def test_twenty_identical_pieces_at_once_have_one_outcome() -> None:
    world = build_world()
    upload = resumable.begin(by=world.maude, name="récit.txt", length=len(TEXT))
    outcomes = at_once(lambda: resumable.append(upload, 0, TEXT, by=world.maude))
    stored = StoredFile.objects.get()
    assert content_of(stored) == TEXT
    taken = [one for one in outcomes if isinstance(one, ResumableUpload)]
    assert [one.stored_id for one in taken] == [stored.pk]
    refused = [one for one in outcomes if isinstance(one, resumable.WrongOffset)]
    assert [one.offset for one in refused] == [len(TEXT)] * 19


@given(cuts=st.lists(st.integers(1, len(TEXT) - 1), max_size=12, unique=True))
@trials(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_it_is_cut_the_file_is_the_same(world: World, cuts: list[int]) -> None:
    upload = resumable.begin(by=world.maude, name="récit.txt", length=len(TEXT))
    places = [0, *sorted(cuts), len(TEXT)]
    for start, end in pairwise(places):
        upload = resumable.append(upload, start, TEXT[start:end], by=world.maude)
    assert upload.stored is not None
    assert content_of(upload.stored) == TEXT
    files.remove([upload.stored])
