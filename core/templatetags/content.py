"""What any content offers, whatever its kind."""

from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import get_template, render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from core import content

register = template.Library()


# Stands for the number of an object in what is the same for all.
ANY = 9_223_372_036_854_775_807


@lru_cache(maxsize=64)
def _same_for_all(template_name: str, kind: str, language: str | None) -> str:
    """One act as it is drawn under every object of that kind, with `ANY` for its number."""
    return get_template(template_name).render({"pk": ANY, "kind": kind})


@register.simple_tag(takes_context=True)
def content_actions(context: template.Context, obj: Any, place: str = "") -> SafeString:
    """The acts registered for `obj`, at that place of its page, that the viewer may do, in their
    order."""
    kind = content.kind_of(obj).name
    drawn = []
    for action in content.actions_for(obj, context["request"].user, place):
        if action.same_for_all:
            same = _same_for_all(action.template, kind, get_language())
            drawn.append(same.replace(str(ANY), str(obj.pk)))
        else:
            # In the page's own context: a new one under each message costs more than the act.
            with context.push(obj=obj, pk=obj.pk, kind=kind):
                engine = context.template.engine  # type: ignore[union-attr]
                drawn.append(engine.get_template(action.template).render(context))
    return mark_safe("".join(drawn))  # noqa: S308 (each part was rendered and escaped above)


@register.simple_tag(takes_context=True)
def draw(context: template.Context, section: content.Section) -> SafeString:
    """A section given by another room, drawn by its own partial with its own inputs."""
    return render_to_string(section.template, section.context, request=context["request"])
