# The image of the web server and of the worker. docker-compose.yml says how they run together.
# The tests run on this same Python.
FROM python:3.11-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /venv
COPY requirements/grown.txt /tmp/grown.txt
RUN /venv/bin/pip install --require-hashes -r /tmp/grown.txt
COPY . /app
WORKDIR /app
RUN ANCRAGE_HOME=/tmp/build /venv/bin/python manage.py compile_catalogues \
    && /venv/bin/python -m compileall -q /app /venv

FROM python:3.11-slim-trixie
# pg_dump and pg_restore, for `manage.py backup` and `restore`: of the same release as the server
# in docker-compose.yml. Pango and a font with accents, for the PDF files.
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-client-17 \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin ancrage \
    && install -d -o ancrage -g ancrage -m 750 /data
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 ANCRAGE_HOME=/data
WORKDIR /app
USER 10001:10001
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "-c", "deploy/gunicorn.conf.py"]
