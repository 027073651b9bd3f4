"""What every page's frame needs: the site's names, and the viewer's own navigation."""

from typing import Any

from django.http import HttpRequest

from core.site import site
from home.shell import shell_of


def shell(request: HttpRequest) -> dict[str, Any]:
    """`site` and `shell`; nothing is asked of the database until a template draws the frame."""
    return {"site": site(), "shell": shell_of(request)}
