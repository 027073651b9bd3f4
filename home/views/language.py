"""The other language, by the button of the footer."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views import i18n
from django.views.decorators.http import require_POST

from accounts.services.people import update_profile
from home.middleware import LANGUAGE


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language in a cookie and, for somebody signed in, for her mails too."""
    language = request.POST.get("language", "")
    if request.user.is_authenticated and language in dict(settings.LANGUAGES):
        update_profile(request.user, by=request.user, language=language)
        request.session[LANGUAGE] = language
    return i18n.set_language(request)
