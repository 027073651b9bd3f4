"""The server of the federation: what docker-compose.yml starts does start, and works together.

No Docker engine is at hand where the tests run. Each service of ours is started as a process, with
the `command:` and the `environment:` of the file, beside a real PostgreSQL and a real Redis; only
host names, ports and the data volume's path are those of this machine.
"""

from __future__ import annotations

import configparser
import contextlib
import http.server
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
import redis
import yaml
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = ("prepare", "web", "worker")
GIVEN = {
    "SECRET_KEY": "k" * 64,
    "ANCRAGE_URL": "https://ancrage.exemple.test",
    "POSTGRES_PASSWORD": "p" * 48,
    "MAIL_URL": "smtp://mail:1025",
}


class MissingVariable(Exception):
    """A `${NAME:?sentence}` whose variable was not given."""


def resolve(value: Any, given: dict[str, str]) -> Any:
    """The value with its `${NAME}`, `${NAME:-default}` and `${NAME:?sentence}` replaced."""
    if isinstance(value, dict):
        return {key: resolve(inner, given) for key, inner in value.items()}
    if isinstance(value, list):
        return [resolve(inner, given) for inner in value]
    if not isinstance(value, str):
        return value

    def one(found: re.Match[str]) -> str:
        name, sign, rest = found.group(1), found.group(2), found.group(3)
        if given.get(name):
            return given[name]
        if sign == ":?":
            raise MissingVariable(f"{name}: {rest}")
        return rest or ""

    return re.sub(r"\$\{(\w+)(?:(:\?|:-)([^}]*))?\}", one, value)


def raw() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return content


def services(given: dict[str, str] = GIVEN) -> dict[str, Any]:
    resolved: dict[str, Any] = resolve(raw()["services"], given)
    return resolved


# ------------------------------------------------------------------------- what the file says


@pytest.mark.parametrize("missing", sorted(GIVEN))
def test_a_forgotten_secret_stops_the_start_with_its_name(missing: str) -> None:
    with pytest.raises(MissingVariable, match=missing):
        services({name: value for name, value in GIVEN.items() if name != missing})


def test_no_service_runs_as_root_or_with_more_rights_than_it_needs() -> None:
    for name, service in services().items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        if name not in OURS:
            assert service["user"].split(":")[0] not in ("", "0", "root"), name
    dockerfile = (ROOT / "Dockerfile").read_text()
    users = re.findall(r"^USER (\S+)", dockerfile, re.MULTILINE)
    assert users == [services()["proxy"]["user"]], "the proxy reads the files of the web server"


def test_every_service_tells_its_health_and_comes_back_by_itself() -> None:
    for name, service in services().items():
        if name == "prepare":
            assert service["restart"] == "no"
            continue
        assert service["healthcheck"]["test"][0] == "CMD", name
        assert service["restart"] == "unless-stopped", name


def test_only_the_proxy_and_the_mail_catcher_are_reachable_and_from_this_server_only() -> None:
    published = {n: s["ports"] for n, s in services().items() if "ports" in s}
    assert set(published) == {"proxy", "mail"}
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)


def test_images_are_named_with_their_release_and_what_is_kept_is_in_volumes() -> None:
    content = raw()
    for name, service in services().items():
        if name not in OURS:
            assert re.search(r":v?\d", service["image"]), name
    mounted = {
        volume.split(":")[0]
        for service in services().values()
        for volume in service.get("volumes", [])
    }
    assert mounted - {"./deploy/nginx.conf"} == set(content["volumes"])


def test_the_image_and_the_units_run_the_commands_of_the_compose_file() -> None:
    web, worker = (services()[name]["command"] for name in ("web", "worker"))
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert re.search(r"^CMD (.*)$", dockerfile, re.MULTILINE)[1] == str(web).replace("'", '"')
    for name, command in (("web", web), ("worker", worker)):
        unit = configparser.RawConfigParser(strict=False)
        unit.optionxform = str  # type: ignore[assignment, method-assign]
        unit.read(ROOT / "deploy" / f"ancrage-{name}.service")
        program, *arguments = unit["Service"]["ExecStart"].split()
        assert [Path(program).name, *arguments] == command
        assert unit["Service"]["User"] == "ancrage"


def test_the_image_has_the_database_s_own_release_of_pg_dump() -> None:
    release = re.search(r"postgres:(\d+)", services()["database"]["image"])[1]
    assert f"postgresql-client-{release} " in (ROOT / "Dockerfile").read_text()


# --------------------------------------------------------------------------- what it does


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fetch(url: str) -> tuple[int, Any, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 (loopback)
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def wait_for(condition: Callable[[], bool], what: str, seconds: float = 40) -> None:
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        with contextlib.suppress(OSError):
            if condition():
                return
        time.sleep(0.2)
    pytest.fail(f"{what}: still not after {seconds} s")


class Server:
    """One server's worth of services, as processes of this machine."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.web_port, self.cache_port = free_port(), free_port()
        self.services = services()
        self.running: list[subprocess.Popen[bytes]] = []
        self.places = {
            f"postgres://ancrage:{GIVEN['POSTGRES_PASSWORD']}@database:5432/ancrage": database_url,
            "cache:6379": f"127.0.0.1:{self.cache_port}",
            "/data": str(folder / "data"),
            "smtp://mail:1025": "smtp://127.0.0.1:9",
        }

    def placed(self, value: str) -> str:
        for theirs, here in self.places.items():
            value = value.replace(theirs, here)
        return value

    def environment(self, name: str) -> dict[str, str]:
        """The service's own environment: nothing of ours passes but the path."""
        declared = self.services[name]["environment"]
        found = {k: self.placed(v) for k, v in declared.items() if v is not None}
        found["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        if name == "web":
            found |= {"PORT": str(self.web_port), "ANCRAGE_BIND": "127.0.0.1"}
        return found

    def run(self, name: str, command: list[str]) -> subprocess.CompletedProcess[str]:
        """Run a command to its end inside the service."""
        return subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment(name),
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    def start(self, name: str) -> subprocess.Popen[bytes]:
        """Start the service for good; what it says goes to a file named after it."""
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                self.services[name]["command"],
                cwd=ROOT,
                env=self.environment(name),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.running.append(process)
        return process

    def start_cache(self) -> None:
        """The cache's own command, by whichever of Valkey and Redis is installed."""
        program = shutil.which("valkey-server") or shutil.which("redis-server")
        assert program, "install redis-server (bin/test does)"
        # fmt: off
        self.running.append(subprocess.Popen(
            [program, *self.services["cache"]["command"][1:], "--port", str(self.cache_port),
             "--bind", "127.0.0.1", "--dir", str(self.folder)],
            stdout=subprocess.DEVNULL,
        ))
        # fmt: on

    def is_healthy(self, name: str) -> bool:
        word, *command = self.services[name]["healthcheck"]["test"]
        assert word == "CMD"
        return self.run(name, command).returncode == 0

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def stop(self) -> None:
        for process in reversed(self.running):
            process.terminate()
        for process in self.running:
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture
def server(tmp_path: Path, transactional_db: None) -> Iterator[Server]:
    name = f"compose_{uuid4().hex[:12]}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    config = connection.get_connection_params()
    started = Server(
        tmp_path, f"postgres://{config['user']}@/{name}?host={quote(config['host'], safe='')}"
    )
    try:
        yield started
    finally:
        started.stop()
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


ENQUEUE = """
import time
from django.core.cache import cache
from core.tasks import drain_outbox
cache.set("compose", "seen", 60)
result = drain_outbox.enqueue()
for _ in range(100):
    result.refresh()
    if result.is_finished:
        break
    time.sleep(0.2)
print(result.status, result.backend)
"""


@pytest.mark.postgres
@pytest.mark.server
def test_the_services_start_in_their_order_and_work_together(server: Server) -> None:
    server.start_cache()
    prepared = server.run("prepare", server.services["prepare"]["command"])
    assert prepared.returncode == 0, prepared.stderr
    assert (server.folder / "data" / "static" / "staticfiles.json").exists()

    assert not server.is_healthy("web"), "a health check that is always well tells nothing"
    assert not server.is_healthy("worker")
    web = server.start("web")
    worker = server.start("worker")
    wait_for(lambda: server.is_healthy("web"), "the web server is well")
    wait_for(lambda: server.is_healthy("worker"), "the worker is well")
    status, _headers, body = fetch(f"http://127.0.0.1:{server.web_port}/sante/")
    assert status == 200
    assert b"secret" not in body.lower()

    enqueued = server.run("web", ["python", "manage.py", "shell", "-v", "0", "-c", ENQUEUE])
    assert enqueued.returncode == 0, enqueued.stderr + server.said("worker")
    assert enqueued.stdout.split()[0].lower().endswith(("successful", "succeeded")), (
        enqueued.stdout + server.said("worker")
    )

    # It went through Redis, the cache and the tasks each in their own half of it.
    kept, tasks = (redis.Redis(port=server.cache_port, db=number) for number in (0, 1))
    assert any(b"compose" in key for key in kept.scan_iter())
    assert any(key.startswith(b"rq:") for key in tasks.scan_iter())
    assert not any(key.startswith(b"rq:") for key in kept.scan_iter())

    # Both end by themselves when asked, as `docker compose stop` asks.
    for process in (web, worker):
        process.terminate()
        assert process.wait(timeout=20) == 0, server.said("web") + server.said("worker")
    assert not server.is_healthy("web")


class StandIn(http.server.BaseHTTPRequestHandler):
    """A web server that allows one file and says what the proxy told it."""

    def do_GET(self) -> None:
        self.send_response(200)
        if self.path == "/fichiers/allowed/":
            self.send_header("X-Accel-Redirect", "/_fichiers/ab/letter")
            self.send_header("Content-Type", "image/png")
            self.send_header("Content-Disposition", "attachment; filename=letter")
            self.send_header("Content-Security-Policy", "sandbox")
        self.end_headers()
        self.wfile.write(f"{self.headers['Host']} {self.headers['X-Forwarded-Proto']}".encode())

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def behind_proxy(tmp_path: Path) -> Iterator[str]:
    """The address of a real nginx with deploy/nginx.conf, in front of the stand-in."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    assert Path(program).exists(), "install nginx (bin/test does)"
    upstream = http.server.ThreadingHTTPServer(("127.0.0.1", 0), StandIn)
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    port = free_port()
    (tmp_path / "files" / "ab").mkdir(parents=True)
    (tmp_path / "files" / "ab" / "letter").write_bytes(b"the letter")
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    changes = {
        "/data/": f"{tmp_path}/",
        "/tmp/": f"{tmp_path}/",  # noqa: S108 (nginx's own, in its container)
        "server web:8000;": f"server 127.0.0.1:{upstream.server_port};",
        "listen 8080;": f"listen 127.0.0.1:{port};",
    }
    # One pass: what replaces must not be replaced again.
    pattern = "|".join(map(re.escape, changes))
    config = tmp_path / "nginx.conf"
    config.write_text(re.sub(pattern, lambda found: changes[found.group()], text))
    # Started by root, nginx would give its worker to an account that may not read tmp_path.
    extra = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")
    process = subprocess.Popen([program, "-c", str(config), "-g", extra], stderr=subprocess.PIPE)
    try:
        wait_for(lambda: fetch(f"http://127.0.0.1:{port}/")[0] == 200, "nginx answers", 10)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=10)
        upstream.shutdown()


@pytest.mark.server
@pytest.mark.postgres
def test_the_proxy_passes_on_and_sends_only_the_files_that_were_allowed(behind_proxy: str) -> None:
    _status, _headers, body = fetch(f"{behind_proxy}/quelque-part/")
    assert body.decode() == f"{behind_proxy.removeprefix('http://')} http"

    status, headers, body = fetch(f"{behind_proxy}/fichiers/allowed/")
    assert (status, body) == (200, b"the letter")
    assert headers["Content-Disposition"] == "attachment; filename=letter"
    assert headers["Content-Type"] == "image/png"
    assert headers["Content-Security-Policy"] == "sandbox"
    assert headers["X-Content-Type-Options"] == "nosniff"

    status, _headers, body = fetch(f"{behind_proxy}/_fichiers/ab/letter")
    assert status == 404
    assert b"the letter" not in body
