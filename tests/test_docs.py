"""What the pages of documentation say can be checked: names, links, commands, paths."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from config.environment import KNOWN
from core.schedule import duties

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "bench").glob("*.md")])
named = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))

pytestmark = pytest.mark.sqlite

# Places that exist only on a machine where Ancrage runs.
ELSEWHERE = re.compile(r"^(?:/|~|var/|\.venv/|backups/|locale/)")
FENCE = re.compile(r"^(```.*?^```|(?: {4}|\t).*?$)", re.MULTILINE | re.DOTALL)
A_PATH = re.compile(r"^[\w.@-]+(?:/[\w.@-]+)*$")
EXTENSIONS = (".py", ".md", ".html", ".in", ".yml", ".toml", ".css", ".js", ".conf", ".service",
              ".sh", ".webp")  # fmt: skip
ROOMS = ("config", "home", "search", "moderation", "forums", "library", "practices",
         "notifications", "community", "accounts", "core", "templates", "static", "deploy",
         "docs", "bench", "tests")  # fmt: skip


def prose(page: Path) -> str:
    """The page without its blocks of code."""
    return FENCE.sub("", page.read_text())


def anchors(page: Path) -> set[str]:
    """The addresses that a page's titles get, as GitHub makes them."""
    titles = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    plain = (re.sub(r"[`*]|\[(.*?)\]\(.*?\)", r"\1", title) for title in titles)
    return {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in plain}


def test_the_readme_s_table_names_every_variable_and_no_other() -> None:
    table = (ROOT / "README.md").read_text().split("## Configuration")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)

    assert sorted(rows) == sorted(KNOWN)


@named
def test_every_link_leads_somewhere(page: Path) -> None:
    text = prose(page)
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'src="([^"]+)"', text)
    for link in links:
        if re.match(r"(?:https?:|mailto:)", link):
            continue
        path, _hash, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), link


@named
def test_every_command_of_manage_py_exists(page: Path) -> None:
    said = re.findall(r"manage(?:\.py)? ([a-z_]{4,})", page.read_text())

    assert [name for name in said if name not in get_commands()] == []


def exists(path: str, page: Path) -> bool:
    """Whether the path is of the project: from its root, beside the page, or below any folder."""
    if (ROOT / path).exists() or (page.parent / path).exists():
        return True
    return any(True for room in ROOMS for _found in (ROOT / room).rglob(path))


@named
def test_every_path_in_backticks_exists(page: Path) -> None:
    for said in re.findall(r"`([^`\n]+)`", prose(page)):
        path = said.split("::")[0].rstrip("/")
        if not A_PATH.match(path) or ELSEWHERE.match(said):
            continue
        names_a_file = path.endswith(EXTENSIONS) and not path.startswith(".")
        in_the_tree = "/" in path and (ROOT / path.split("/")[0]).exists()
        if names_a_file or in_the_tree:
            assert exists(path, page), said


def test_every_page_that_the_code_refers_to_exists() -> None:
    sources = [source for room in ROOMS for source in (ROOT / room).rglob("*.py")]
    named_pages = {
        (page, source.name)
        for source in sources
        for page in re.findall(r"\b(docs/[\w/-]+\.md)\b", source.read_text())
    }

    assert [pair for pair in named_pages if not (ROOT / pair[0]).exists()] == []


def test_every_decision_is_in_their_list() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = set(re.findall(r"\]\(([\w-]+\.md)\)", (folder / "README.md").read_text()))

    assert listed == {page.name for page in folder.glob("*.md")} - {"README.md"}


def test_every_test_that_the_security_page_names_exists() -> None:
    page = (ROOT / "docs" / "security.md").read_text()
    named_tests = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", page)

    assert named_tests
    for path, name in named_tests:
        source = (ROOT / path).read_text()
        assert not name or f"def {name}(" in source, f"{path}::{name}"


def test_the_deployment_page_says_when_each_duty_runs() -> None:
    """A duty that is added or moved is told there too."""
    said = (ROOT / "docs" / "deployment.md").read_text()

    assert {duty.name for duty in duties()} == set(re.findall(r"`([a-z]+\.[a-z_]+)`", _table(said)))


def _table(text: str) -> str:
    return text.split("## The worker")[1].split("\n## ")[0]
