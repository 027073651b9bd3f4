"""Measures the pages that members live in, beside the floor view, in one run.

Started by bin/bench, which made the database (PostgreSQL) and filled it (bench.generate). A real
gunicorn (2 workers) is asked by wrk at 1 and at 8 connections with a member's session; the SQL
and the bytes of each page are counted apart, in this process, without a clock.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")

import django

django.setup()

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from forums.models import Post, Thread

HERE = Path(__file__).parent
RUNS = 3
#: The budgets of QUALITY.md: SQL beside the shell's five, and the floor's ratio.
FLOOR_REQUIRED, FLOOR_AIMED = 3.5, 2.5
FIRST_VISIT_KB, NEXT_PAGE_KB = 60, 15


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """gunicorn with two workers on loopback, for the time of a `with`."""

    def __init__(self) -> None:
        self.port = free_port()
        self.origin = f"http://localhost:{self.port}"

    def __enter__(self) -> Server:
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "config.wsgi",
            "--workers",
            "2",
            "--bind",
            f"127.0.0.1:{self.port}",
            "--log-level",
            "critical",
        ]
        environment = os.environ | {"PORT": str(self.port)}
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(150):
            try:
                urllib.request.urlopen(f"{self.origin}/sante/", timeout=2)  # noqa: S310
                return self
            except OSError:
                time.sleep(0.2)
        raise SystemExit("gunicorn did not start")

    def __exit__(self, *failure: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)


def wrk(url: str, cookie: str, *, connections: int, seconds: int, script: str, **env: str) -> Any:
    """One run of wrk; percentiles in microseconds."""
    answer = subprocess.run(
        [
            "wrk",
            "-t1",
            f"-c{connections}",
            f"-d{seconds}s",
            "--timeout",
            "30s",
            "-s",
            str(HERE / script),
            "-H",
            f"Cookie: {cookie}",
            "-H",
            "Accept-Encoding: gzip",
            url,
        ],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | env,
    )
    line = next(line for line in answer.stdout.splitlines() if line.startswith("JSON "))
    return json.loads(line[5:])


def measure(
    url: str, cookie: str, *, connections: int, seconds: int, script: str = "report.lua", **env: str
) -> dict[str, Any]:
    """The run whose p50 is the median of three."""
    runs = sorted(
        (
            wrk(url, cookie, connections=connections, seconds=seconds, script=script, **env)
            for _ in range(RUNS)
        ),
        key=lambda run: run["p50"],
    )
    return runs[RUNS // 2]


def first_visit_bytes(server: Server, path: str, cookie: str) -> tuple[int, int, int]:
    """Compressed bytes of the page alone, of the first visit with all that it loads, requests."""

    def fetch(address: str) -> bytes:
        request = urllib.request.Request(  # noqa: S310
            server.origin + address,
            headers={
                "Cookie": cookie,
                "Accept-Encoding": "gzip",
                "Host": f"localhost:{server.port}",
            },
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return answer.read()

    page = fetch(path)
    html = gzip.decompress(page).decode() if page[:2] == b"\x1f\x8b" else page.decode()
    loaded = set(re.findall(r'(?:src|href)="(/statique/[^"#]+\.(?:css|js|mjs))"', html))
    loaded |= {
        use.split("#")[0] for use in re.findall(r'(?:href|src)="(/statique/[^"]+\.svg[^"]*)"', html)
    }
    seen: set[str] = set()
    total = len(page)
    while loaded - seen:
        address = (loaded - seen).pop()
        seen.add(address)
        body = fetch(address)
        total += len(body)
        source = gzip.decompress(body).decode() if body[:2] == b"\x1f\x8b" else body.decode()
        if address.endswith(".css"):
            folder = address.rsplit("/", 1)[0]
            for name in re.findall(r'@import\s+(?:url\()?["\']?([^"\')]+)', source):
                loaded.add(name if name.startswith("/") else f"{folder}/{name}")
    return len(page), total, len(seen) + 1


def sql_count(client: Client, path: str) -> int:
    """Queries of a warm page, savepoints not counted."""
    client.get(path, HTTP_HOST="localhost")
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path, HTTP_HOST="localhost")
    if answer.status_code != 200:
        raise SystemExit(f"{path}: {answer.status_code}")
    return sum("SAVEPOINT" not in query["sql"] for query in captured.captured_queries)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ids", help="the identifiers that bench.generate printed, as JSON")
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--json", type=Path, help="where the figures go")
    options = parser.parse_args()
    ids = json.loads(options.ids.replace("'", '"'))
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is missing: apt-get install wrk")

    user = User.objects.get(pk=ids["user"])
    client = Client()
    client.force_login(user, backend="accounts.backends.AccountBackend")
    client.get("/", HTTP_HOST="localhost")
    long_thread = Thread.objects.get(pk=ids["long"])
    thread = Thread.objects.get(pk=ids["thread"])
    last = (long_thread.last_position - 1) // 20 + 1
    pages = {
        "floor": reverse("floor", args=(thread.pk,)),
        "thread": thread.get_absolute_url(),
        "last page of the long thread": f"{long_thread.get_absolute_url()}?page={last}",
        "list": "/discussions/",
        "unread": "/discussions/?filtre=nonlus",
        "home": "/",
    }
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    queries = {name: sql_count(client, path) for name, path in pages.items()}
    results: dict[str, dict[str, Any]] = {}
    with Server() as server:
        for name, path in pages.items():
            alone, first, requests = first_visit_bytes(server, path, cookie)
            results[name] = {
                "sql": queries[name],
                "page_bytes": alone,
                "first_visit_bytes": first,
                "requests": requests,
            }
            for connections in (1, 8):
                found = measure(
                    server.origin + path, cookie, connections=connections, seconds=options.seconds
                )
                results[name][f"c{connections}"] = found
        client.get(pages["thread"], HTTP_HOST="localhost")
        csrf = client.cookies["csrftoken"].value
        before = Post.objects.count()
        reply = reverse("forums:reply", args=(thread.pk,))
        results["reply"] = {
            f"c{connections}": measure(
                server.origin + reply,
                f"{cookie}; csrftoken={csrf}",
                connections=connections,
                seconds=options.seconds,
                script="reply.lua",
                BENCH_CSRF=csrf,
                BENCH_ORIGIN=server.origin,
                BENCH_REPORT=str(HERE / "report.lua"),
                BENCH_STATUS="302",
            )
            for connections in (1, 8)
        }
        results["reply"]["posted"] = Post.objects.count() - before
    report(results, options.json)


def report(results: dict[str, dict[str, Any]], path: Path | None) -> None:
    floor = results["floor"]["c1"]["p50"]
    versions = {
        "python": platform.python_version(),
        "django": django.get_version(),
        "postgresql": str(connection.cursor().connection.server_version),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
        "posts": Post.objects.count(),
        "threads": Thread.objects.count(),
    }
    heads = (
        "page",
        "SQL",
        "page kB",
        "first visit kB",
        "p50 ms (1)",
        "p95 ms (1)",
        "p50 ms (8)",
        "p95 ms (8)",
        "req/s (8)",
        "× floor",
        "errors",
    )
    rows = [heads]
    for name, found in results.items():
        one, eight = found["c1"], found["c8"]
        rows.append(
            (
                name,
                str(found.get("sql", "")),
                f"{found['page_bytes'] / 1000:.1f}" if "page_bytes" in found else "",
                f"{found['first_visit_bytes'] / 1000:.1f}" if "first_visit_bytes" in found else "",
                f"{one['p50'] / 1000:.1f}",
                f"{one['p95'] / 1000:.1f}",
                f"{eight['p50'] / 1000:.1f}",
                f"{eight['p95'] / 1000:.1f}",
                f"{eight['requests'] / (eight['duration'] / 1e6):.0f}",
                f"{one['p50'] / floor:.2f}",
                str(one["errors"] + eight["errors"]),
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
    for row in rows:
        print(
            "  ".join(
                cell.rjust(width) if n else cell.ljust(width)
                for n, (cell, width) in enumerate(zip(row, widths, strict=True))
            )
        )
    print(json.dumps(versions))
    ratio = results["thread"]["c1"]["p50"] / floor
    print(f"thread / floor: {ratio:.2f} (required {FLOOR_REQUIRED}, aimed at {FLOOR_AIMED})")
    if path:
        path.write_text(json.dumps({"versions": versions, "results": results}, indent=2))


if __name__ == "__main__":
    main()
