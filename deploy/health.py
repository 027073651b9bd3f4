"""Health of a container: `python deploy/health.py web` or `worker`; exit code 0 when well.

The worker is well when it wrote its beat in the database within two minutes. Neither loads Django:
this runs every few seconds.
"""

import os
import sys
import urllib.request


def web() -> bool:
    address = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/sante/"
    with urllib.request.urlopen(address, timeout=5) as answer:
        return bool(answer.status == 200)


def worker() -> bool:
    import psycopg2

    connection = psycopg2.connect(os.environ["DATABASE_URL"], connect_timeout=5)
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT last_run_at > now() - interval '2 minutes' FROM core_schedule"
            " WHERE name = 'worker'"
        )
        row = cursor.fetchone()
    return bool(row and row[0])


if __name__ == "__main__":
    sys.exit(0 if {"web": web, "worker": worker}[sys.argv[1]]() else 1)
