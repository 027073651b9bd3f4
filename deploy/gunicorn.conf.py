"""How gunicorn serves Ancrage: read by bin/run, the Docker image and the systemd unit alike.

ANCRAGE_BIND and PORT say where to listen, WEB_CONCURRENCY how many processes (two by default).
"""

import gc
import os
import threading
from pathlib import Path

bind = f"{os.environ.get('ANCRAGE_BIND') or '127.0.0.1'}:{os.environ.get('PORT') or '8000'}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4
timeout = 60
graceful_timeout = 10
# A process that has served long is replaced, each at its own moment, so that a leak stays small.
max_requests = 5000
max_requests_jitter = 500
# Addresses hold tokens and names: requests are not logged here.
accesslog = None
loglevel = "warning"
control_socket_disable = True
# A client's SCRIPT_NAME header would change what our own paths are called (the second factor's
# gate goes by them); the site is always at the root.
forwarder_headers = ""
# The heartbeat file on a disk that stalls would pass for a dead process.
if Path("/dev/shm").is_dir():  # noqa: S108
    worker_tmp_dir = "/dev/shm"  # noqa: S108


def post_worker_init(worker):
    """Begin to serve, and load beside what only some pages need."""
    keep_loaded()
    threading.Thread(target=load_printer, name="printer", daemon=True).start()


def keep_loaded():
    """What the process has loaded stays: the collector need not go through it again and again,
    which holds a request for up to a tenth of a second."""
    gc.collect()
    gc.freeze()


def load_printer():
    """What makes PDF files: whoever asks for the first one does not wait for it."""
    from practices.exchange import printing

    printing.get_ready()
    keep_loaded()
