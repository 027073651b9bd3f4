"""What any content offers, whatever its kind."""

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from core import content

register = template.Library()


@register.simple_tag(takes_context=True)
def content_actions(context: template.Context, obj: Any) -> SafeString:
    """The acts registered for `obj` that the viewer may do, in their order."""
    user = context["request"].user
    # Drawn in the page's own context: a new one for each of twenty messages costs more than they.
    engine = context.template.engine  # type: ignore[union-attr]
    with context.push(obj=obj, kind=content.kind_of(obj).name):
        drawn = [
            engine.get_template(action.template).render(context)
            for action in content.actions_for(obj, user)
        ]
    return mark_safe("".join(drawn))  # noqa: S308 (each part was rendered and escaped above)


@register.simple_tag(takes_context=True)
def draw(context: template.Context, section: content.Section) -> SafeString:
    """A section given by another room, drawn by its own partial with its own inputs."""
    return render_to_string(section.template, section.context, request=context["request"])
