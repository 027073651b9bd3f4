"""The room's pages for the animators."""

from accounts.admin import joining, people  # noqa: F401  (they register their admins)
