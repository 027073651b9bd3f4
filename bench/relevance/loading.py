"""The demonstration community and the corpus, in a database, and the names of what is in it."""

from __future__ import annotations

import io
from collections.abc import Iterator

from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from accounts.models import Organisation, Profile, User
from bench.relevance.corpus import Made, corpus
from community.models import Charter, CharterAcceptance, Membership, SubCommunity
from core.audience import Level
from core.models import StoredFile, Term
from forums.models import Post, Thread
from home.founding import source
from library.models import Document, Licence, Page, Version
from library.reading import read_next
from library.titles import title_key

Names = dict[tuple[str, int], Made | str]
READER = "lectrice@bench.example"
BATCH = 500


def load() -> tuple[User, Names]:
    """Fills an empty database; the reader, who is in every space, and what each object is called.

    Raises `SystemExit` where the demonstration may not be loaded.
    """
    if not settings.DEMO:
        raise SystemExit("ANCRAGE_DEMO=1")
    call_command("bootstrap", verbosity=0)
    call_command("demo", stdout=io.StringIO())
    while read_next():
        pass
    with transaction.atomic():
        add_corpus()
        user = add_reader()
    return user, names()


def add_reader() -> User:
    """Somebody without a profile, so that nobody finds her, in the four spaces."""
    user = User.objects.create_user(READER, first_name="Lectrice", last_name="Bench")
    for space in SubCommunity.objects.all():
        Membership.objects.get_or_create(user=user, space=space)
    CharterAcceptance.objects.bulk_create(
        CharterAcceptance(user=user, charter=charter) for charter in Charter.objects.all()
    )
    return user


def add_corpus() -> None:
    """The generated documents, each with a version that was read; their files are not there."""
    regions = {term.code: term for term in Term.objects.filter(scheme="regions")}
    documents = Document.objects.bulk_create(
        [
            Document(
                title=made.title,
                slug=f"corpus-{made.number}",
                title_key=title_key(made.title),
                publisher_name=made.publisher,
                abstract=made.abstract,
                issued=str(made.created_at.year),
                type=made.form,
                licence=Licence.CC_BY,
                level=Level.COMMUNITY,
                created_at=made.created_at,
            )
            for made in corpus()
        ],
        batch_size=BATCH,
    )
    files = StoredFile.objects.bulk_create(
        [
            StoredFile(
                name=f"corpus-{made.number}.pdf",
                file=f"corpus/{made.number}.pdf",
                content_type="application/pdf",
                size=1,
                sha256=f"{made.number:064x}",
            )
            for made in corpus()
        ],
        batch_size=BATCH,
    )
    versions = Version.objects.bulk_create(
        [
            Version(
                document=document,
                number=1,
                file=file,
                sha256=file.sha256,
                reading=Version.Reading.DONE,
                page_count=len(made.pages),
            )
            for document, file, made in zip(documents, files, corpus(), strict=True)
        ],
        batch_size=BATCH,
    )
    Page.objects.bulk_create(
        [
            Page(version=version, number=number, text=text)
            for version, made in zip(versions, corpus(), strict=True)
            for number, text in enumerate(made.pages, 1)
        ],
        batch_size=BATCH,
    )
    for document, version, made in zip(documents, versions, corpus(), strict=True):
        document.current = version
        document.terms.add(regions[made.region])
        document.tags.add(*made.tags)
    Document.objects.bulk_update(documents, ["current"], batch_size=BATCH)


def names() -> Names:
    """(kind, identifier) → the generated document, or the identifier of the demonstration file."""
    made = {f"corpus-{one.number}": one for one in corpus()}
    generated = Document.objects.filter(slug__startswith="corpus-").values_list("slug", "pk")
    return dict(_demonstration()) | {("document", pk): made[slug] for slug, pk in generated}


def _demonstration() -> Iterator[tuple[tuple[str, int], str]]:
    people = dict(Profile.objects.values_list("owner__email", "pk"))
    for entry in source()["membres"]:
        if entry["courriel"] in people:
            yield ("member", people[entry["courriel"]]), entry["id"]
    organisations = dict(Organisation.objects.values_list("name", "pk"))
    for entry in source()["organisations"]:
        yield ("organisation", organisations[entry["nom"]]), entry["id"]
    documents = dict(Document.objects.values_list("title", "pk"))
    for entry in source()["documents"]:
        if entry["titre"] in documents:
            yield ("document", documents[entry["titre"]]), entry["id"]
    threads = {entry["titre"][:160]: entry["id"] for entry in source()["fils"]}
    called = {thread.pk: threads.get(thread.title, "") for thread in Thread.objects.all()}
    for pk, name in called.items():
        if name:
            yield ("thread", pk), name
    for pk, thread, position in Post.objects.values_list("pk", "thread_id", "position"):
        name = called[thread]
        if name:
            # The opening message is the thread, as its reader sees it.
            yield ("post", pk), f"{name}-r{position - 1}" if position > 1 else name
