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
