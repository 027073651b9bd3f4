"""The child does one job, within its limits, and is gone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import replace

import pytest

from library.extraction import runner
from library.extraction.limits import DRAW, READ, Limits
from library.extraction.runner import Outcome
from tests.library.extraction import samples
from tests.library.extraction.samples import EVERY_FORMAT, PHRASE

pytestmark = pytest.mark.sqlite

# Letters one by one are what striprtf is slowest at: some seconds of work in a small file.
SLOW = b"{\\rtf1 " + b"a b c d e " * 2_000_000 + b"}"


@contextmanager
def on_disk(content):
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        yield file


def read(content, content_type, limits=READ, **job):
    with on_disk(content) as file:
        return runner.run(file, {"do": "read", "type": content_type, **job}, limits).answers()


@pytest.fixture
def started(monkeypatch):
    """What was started, as `subprocess` knew it."""
    found = []

    class Recorded(subprocess.Popen):
        def __init__(self, command, **options):
            super().__init__(command, **options)
            found.append((self, options))

    monkeypatch.setattr(runner.subprocess, "Popen", Recorded)
    return found


def is_gone(process):
    """Neither alive nor waited for."""
    try:
        os.kill(process.pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize("ending", EVERY_FORMAT)
def test_a_file_of_every_format_is_read_to_its_end(ending):
    content_type, content = EVERY_FORMAT[ending]
    answers, trouble = read(content, content_type)
    assert trouble == ""
    assert PHRASE in next(answer["text"] for answer in answers if answer.get("page") == 2)
    assert next(answer["pages"] for answer in answers if "facts" in answer) == 2


def test_a_pdf_shows_its_first_page_in_two_sizes():
    answers, _trouble = read(samples.EVERY_FORMAT["pdf"][1], samples.PDF)
    drawn = [answer for answer in answers if "thumbnail" in answer]
    assert [answer["width"] for answer in drawn] == [96, 320]
    assert [answer["height"] for answer in drawn] == [124, 415]


def test_the_first_pages_alone_may_be_asked_for():
    content = samples.drawn_pdf(*[samples.line(f"page {number}") for number in range(1, 7)])
    answers, trouble = read(content, samples.PDF, pages=3)
    assert trouble == ""
    assert [answer["page"] for answer in answers if "page" in answer] == [1, 2, 3]
    assert answers[-1]["pages"] == 6 and answers[-1]["cut"]


def test_what_takes_too_long_is_killed(started):
    _answers, trouble = read(SLOW, samples.RTF, replace(READ, wall=0.3))
    assert trouble == "TooLong"
    ((process, _options),) = started
    assert process.returncode is not None and is_gone(process)


def test_what_works_too_long_is_ended_by_the_system():
    _answers, trouble = read(SLOW, samples.RTF, replace(READ, cpu=1, wall=60))
    assert trouble == "TooLong"


def test_what_takes_too_much_memory_is_too_big():
    pixels = samples.wall_of_pixels(6_000, 6_000)
    _answers, trouble = read(pixels, "image/png", replace(READ, memory=100_000_000))
    assert trouble == "TooBig"


def test_without_even_room_to_begin_the_child_says_nothing_and_the_parent_says_why():
    answers, trouble = read(samples.photo(), "image/jpeg", replace(READ, memory=20_000_000))
    assert answers == [] and trouble in {"Broken", "TooBig"}


def test_what_answers_too_much_is_cut_and_its_first_pages_stay():
    content = samples.drawn_pdf(*[samples.line(f"page {number} " * 8) for number in range(60)])
    answers, trouble = read(content, samples.PDF, replace(READ, output=2_000))
    assert trouble
    assert [answer["page"] for answer in answers][:3] == [1, 2, 3]


def test_a_stopped_parent_leaves_no_child_behind(started):
    """Asked to end at once, the worker raises `SystemExit` wherever it stands."""

    def stopped(process, timeout=None):
        if timeout is not None:
            raise SystemExit(1)

    with on_disk(SLOW) as file, pytest.MonkeyPatch.context() as patched:
        patched.setattr(runner.subprocess.Popen, "wait", stopped)
        with pytest.raises(SystemExit):
            runner.run(file, {"do": "read", "type": samples.RTF}, READ)
    ((process, _options),) = started
    assert process.wait(20) < 0


def test_the_child_is_told_nothing_of_ours(started, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "sesame")
    read(b"Bonjour.", samples.TXT)
    ((_process, options),) = started
    assert set(options["env"]) == {"PATH", "LANG"}
    assert options["start_new_session"]


def test_the_child_gives_up_what_it_does_not_need():
    """Asked in a child, before any file."""
    program = (
        "import json, resource, signal\n"
        "from library.extraction.child.__main__ import confine\n"
        "from library.extraction.limits import Limits\n"
        "confine(Limits(memory=200_000_000, cpu=7, wall=9, output=5_000))\n"
        "names = ('AS', 'CPU', 'FSIZE', 'CORE', 'NOFILE')\n"
        "print(json.dumps([resource.getrlimit(getattr(resource, 'RLIMIT_' + n)) for n in names]\n"
        "    + [signal.getitimer(signal.ITIMER_REAL)[0] > 5]))\n"
    )
    said = subprocess.run(
        [sys.executable, "-B", "-c", program], capture_output=True, check=True, cwd=runner.ROOT
    )
    assert json.loads(said.stdout) == [
        [200_000_000, 200_000_000],
        [7, 8],
        [5_000, 5_000],
        [0, 0],
        [32, 32],
        True,
    ]


def test_the_child_knows_neither_django_nor_the_settings():
    program = (
        "import sys\n"
        "from library.extraction.child import __main__, media, office, opendocument, pdf, plain\n"
        "from library.extraction.child import pictures, recognition\n"
        "print([name for name in sys.modules if name.split('.')[0] in "
        "('django', 'config', 'core', 'psycopg2', 'socket')])\n"
    )
    said = subprocess.run(
        [sys.executable, "-B", "-c", program], capture_output=True, check=True, cwd=runner.ROOT
    )
    assert said.stdout.strip() == b"[]"


def test_no_address_space_holds_more_than_300_megabytes():
    """What is resident is part of it."""
    assert READ.memory <= 320_000_000 and DRAW.memory <= 320_000_000
    assert Limits().memory == READ.memory


# ------------------------------------------------------------------------- what it answers


@pytest.mark.parametrize(
    ("output", "said", "found"),
    [
        (b'{"page": 1}\n{"done": true}\n', "", ([{"page": 1}], "")),
        # Its own word comes before what the system says.
        (b'{"trouble": "Encrypted"}\n', "Broken", ([], "Encrypted")),
        # Killed: what was written whole is kept.
        (b'{"page": 1}\n{"pa', "TooLong", ([{"page": 1}], "TooLong")),
        (b'{"page": 1}\n', "", ([{"page": 1}], "Broken")),
        (b'{"page": 1}\nnot json\n{"done": true}\n', "", ([{"page": 1}], "Broken")),
        (b"[1, 2]\n", "", ([], "Broken")),
        (b"", "TooBig", ([], "TooBig")),
    ],
)
def test_lines_that_were_written_whole_are_final(output, said, found):
    assert Outcome(output, said).answers() == found


def test_a_child_held_to_little_leaves_nothing_that_trips_the_next(tmp_path, monkeypatch):
    """On a new installation nothing is compiled yet: the first child must not half do it."""
    ours = runner.ROOT / "library"
    uncompiled = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ours / "extraction", tmp_path / "library/extraction", ignore=uncompiled)
    (tmp_path / "library/__init__.py").touch()
    monkeypatch.setattr(runner, "ROOT", tmp_path)
    content = samples.drawn_pdf(*[samples.line(f"page {number}") for number in range(3)])
    _answers, trouble = read(content, samples.PDF, replace(READ, output=300))
    assert trouble
    assert not list(tmp_path.rglob("*.pyc"))
    answers, trouble = read(content, samples.PDF)
    assert (len([one for one in answers if "page" in one]), trouble) == (3, "")
