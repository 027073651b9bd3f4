"""The room's pages for the animators: spaces, who is in them, charters, requests, grants."""

from community.admin import charters, grants, joining, spaces  # noqa: F401  (they register)
