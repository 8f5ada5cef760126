"""Forms in our own dress: `{{ form }}` and `{{ form.x.as_field_group }}` give the same fields as `{% field %}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

SELECT = "django/forms/widgets/select.html"


class Renderer(DjangoTemplates):
    """Django's form renderer with the templates of this room (settings: FORM_RENDERER).

    A choice list is written out in Python: Django draws each option by two templates of its own, and a list of the
    city's agencies has 150 of them.
    """

    form_template_name = "ui/form.html"
    field_template_name = "ui/field_group.html"

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """A widget or a form as HTML."""
        if template_name == SELECT:
            return select(context["widget"])
        return str(super().render(template_name, context, request))


def select(widget: Mapping[str, Any]) -> SafeString:
    """A choice list, as Django's own template writes it."""
    parts = [f'<select name="{conditional_escape(widget["name"])}"{_attributes(widget["attrs"])}>']
    for group, options, _index in widget["optgroups"]:
        if group:
            parts.append(f'<optgroup label="{conditional_escape(group)}">')
        parts += [
            f'<option value="{conditional_escape(str(option["value"]))}"{_attributes(option["attrs"])}>'
            f"{conditional_escape(option['label'])}</option>"
            for option in options
        ]
        if group:
            parts.append("</optgroup>")
    parts.append("</select>")
    return mark_safe("".join(parts))


def _attributes(attrs: Mapping[str, Any]) -> str:
    return "".join(
        f" {name}" if value is True else f' {name}="{conditional_escape(str(value))}"'
        for name, value in attrs.items()
        if value is not False
    )
