"""Settings as a server reads them, each in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.sqlite


def settings_with(home: Path, names: tuple[str, ...], **environment: str) -> list[object]:
    """The values of these settings under this environment and no other."""
    code = (
        "import json, sys, config.settings as s;"
        "print(json.dumps([getattr(s, name) for name in sys.argv[1:]]))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code, *names],
        env={"PATH": os.environ["PATH"], "ANCRAGE_HOME": str(home), **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[object] = json.loads(answer.stdout)
    return found


def test_a_line_left_empty_in_the_env_file_means_its_default(tmp_path: Path) -> None:
    names = ("PRIVACY_OFFICER", "PRIVACY_CONTACT", "DEFAULT_FROM_EMAIL", "BIND", "FEDERATION")
    empty = {
        "ANCRAGE_PRIVACY_OFFICER": "",
        "ANCRAGE_PRIVACY_CONTACT": "",
        "ANCRAGE_MAIL_FROM": "",
        "ANCRAGE_BIND": "",
        "ANCRAGE_FEDERATION": "",
    }

    assert settings_with(tmp_path, names, **empty) == settings_with(tmp_path, names)
    assert "" not in settings_with(tmp_path, names, **empty)


def test_over_https_cookies_belong_to_this_host_alone(tmp_path: Path) -> None:
    names = (
        "SESSION_COOKIE_NAME",
        "CSRF_COOKIE_NAME",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
    )
    served = {"ANCRAGE_URL": "https://ancrage.example", "SECRET_KEY": "k" * 64}

    assert settings_with(tmp_path, names, **served) == ["__Host-ancrage", "__Host-csrf", True, True]
    assert settings_with(tmp_path, names) == ["ancrage", "csrftoken", False, False]


@pytest.mark.parametrize(
    ("url", "sources"),
    [
        ("", ["'self'"]),
        (
            "s3://key:secret@s3.exemple.test:9000/ancrage?insecure=1",
            ["'self'", "http://s3.exemple.test:9000", "http://ancrage.s3.exemple.test:9000"],
        ),
        (
            "s3://key:secret@/ancrage",
            ["'self'", "https://s3.amazonaws.com", "https://ancrage.s3.amazonaws.com"],
        ),
    ],
)
def test_a_recording_is_played_from_where_files_are_stored(
    tmp_path: Path, url: str, sources: list[str]
) -> None:
    """A page may play what a download would lead to, and nothing from elsewhere."""
    (policy,) = settings_with(tmp_path, ("CONTENT_SECURITY_POLICY",), STORAGE_URL=url)

    assert policy["DIRECTIVES"]["media-src"] == sources  # type: ignore[index]
