"""The floor: what the same server cannot avoid spending on a page of a thread.

Same middleware, same session and user, one indexed SELECT of 20 posts with their authors, and
the least template that shows them. The thread page is measured against it in the same run.
"""

from django.http import HttpRequest, HttpResponse
from django.template import engines

from forums.models import Post

TEMPLATE = """<!doctype html><html lang="fr-CA"><title>{{ user.first_name }}</title>
{% for post in posts %}<article><b>{{ post.author.first_name }}</b>
{{ post.html|safe }}</article>{% endfor %}
</html>"""
_template = engines["django"].from_string(TEMPLATE)


def floor(request: HttpRequest, pk: int) -> HttpResponse:
    posts = (
        Post.objects.filter(thread_id=pk, position__gte=1, position__lte=20)
        .order_by("position")
        .select_related("author")
    )
    return HttpResponse(_template.render({"posts": posts, "user": request.user}, request))
