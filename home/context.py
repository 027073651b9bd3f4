"""What every page's frame needs: the site's names, and the viewer's own navigation."""

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict:
    return {}
