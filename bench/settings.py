"""The product's own settings, plus the address of the floor view."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
