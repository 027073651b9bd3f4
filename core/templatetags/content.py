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
    request = context["request"]
    kind = content.kind_of(obj)
    drawn = [
        render_to_string(action.template, {"obj": obj, "kind": kind.name}, request=request)
        for action in content.actions_for(obj, request.user)
    ]
    return mark_safe("".join(drawn))  # noqa: S308 (each part was rendered and escaped above)


@register.simple_tag(takes_context=True)
def draw(context: template.Context, section: content.Section) -> SafeString:
    """A section given by another room, drawn by its own partial with its own inputs."""
    return render_to_string(section.template, section.context, request=context["request"])
