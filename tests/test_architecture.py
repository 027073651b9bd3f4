"""Rules of the house that a machine can hold."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = (
    "home", "search", "moderation", "forums", "library", "practices", "notifications", "community",
    "accounts", "core",
)  # fmt: skip

# Kinds that somebody may not see, and the querysets' words that say to whom.
PRIVATE = {
    "Thread", "Post", "Draft", "Organisation", "Profile", "Skill", "SubCommunity", "Membership",
    "JoinRequest", "Charter", "BreakGlassGrant", "MembershipRequest", "Invitation", "Report",
    "StoredFile", "OutgoingMail", "SearchDocument", "Word", "Document", "Version", "Page",
    "Collection", "CollectionItem", "Poll", "Ballot", "Choice", "Bookmark",
    "Synthesis", "SynthesisVersion", "ScheduledPost", "Sheet", "WorkingSection", "Bearer", "Trial",
    "Proposal", "Step", "Passage", "Interest", "Evidence", "Booklet",
}  # fmt: skip
STARTS = {
    "readable_by", "findable_by", "moderated_by", "listed_to", "of", "seen_by", "gone_for",
    "shown_to", "borne_by", "in_sheet", "published_of",
}  # fmt: skip


def sources(*names: str) -> Iterator[Path]:
    """Python files of the rooms whose name, or whose folder's name, is one of `names`."""
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            if "migrations" in path.parts:
                continue
            parts = (*path.relative_to(ROOT / room).parts[:-1], path.stem)
            if any(part == name or part.endswith(f"_{name}") for part in parts for name in names):
                yield path


def unscoped(tree: ast.AST) -> list[tuple[int, str]]:
    """Chains `Kind.objects.a().b()` in which no word says who is looking."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    found = []
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr in ("objects", "_default_manager")
            and isinstance(node.value, ast.Name)
            and node.value.id in PRIVATE
        ):
            words, top = [], parents.get(node)
            while isinstance(top, ast.Attribute | ast.Call):
                if isinstance(top, ast.Attribute):
                    words.append(top.attr)
                top = parents.get(top)
            if not STARTS & set(words):
                found.append((node.lineno, ".".join([node.value.id, "objects", *words])))
    return found


def test_the_search_for_unscoped_managers_finds_one() -> None:
    tree = ast.parse(
        "Thread.objects.filter(pk=1).first()\nThread.objects.recent().readable_by(user).first()"
    )

    assert unscoped(tree) == [(1, "Thread.objects.filter.first")]


@pytest.mark.parametrize(
    "path",
    list(sources("views", "admin", "templatetags")),
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_pages_start_from_what_the_viewer_may_see(path: Path) -> None:
    assert unscoped(ast.parse(path.read_text())) == []


def importers(module: str) -> set[str]:
    """The rooms' files that import `module` or something of it."""
    found = set()
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                names = []
                if isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    names = [node.module, *(f"{node.module}.{a.name}" for a in node.names)]
                if any(name == module or name.startswith(f"{module}.") for name in names):
                    found.add(str(path.relative_to(ROOT)))
    return found


@pytest.mark.parametrize(
    ("module", "door"),
    [
        ("django.core.mail", ("core/mail/",)),
        ("nh3", ("core/richtext.py",)),
        # The backup takes every file, whoever may read it.
        ("django.core.files.storage.storages", ("core/", "home/archive.py")),
    ],
)
def test_each_door_has_one_key(module: str, door: tuple[str, ...]) -> None:
    users = importers(module)

    assert users, "nobody uses the door: the test is looking for the wrong thing"
    assert all(path.startswith(door) for path in users), users


def test_no_business_event_hangs_on_a_save() -> None:
    """Only two caches listen to saves, to forget what they hold."""
    assert importers("django.db.models.signals") <= {
        "core/terms.py",
        "home/conduct.py",
        "search/synonyms.py",
    }
