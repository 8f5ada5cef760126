"""Forms in our own dress: `{{ form }}` and `{{ form.x.as_field_group }}` give the same fields as `{% field %}`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

_WIDGETS = "django/forms/widgets/"
_INPUTS = ("input", "text", "number", "email", "url", "tel", "search", "hidden", "date", "datetime", "time", "password")


class Renderer(DjangoTemplates):
    """Django's form renderer with the templates of this room (settings: FORM_RENDERER).

    Plain boxes and choice lists are written out in Python: Django draws each box by three templates within each other
    and each option by two, a page has a dozen boxes, and a list of the city's agencies 150 options.
    """

    form_template_name = "ui/form.html"
    field_template_name = "ui/field_group.html"

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """A widget or a form as HTML."""
        if (draw := _DRAWN.get(template_name)) is not None:
            return draw(context["widget"])
        return str(super().render(template_name, context, request))


def box(widget: Mapping[str, Any]) -> SafeString:
    """A box for one line, as Django's own template writes it."""
    value = "" if widget["value"] is None else f' value="{conditional_escape(str(widget["value"]))}"'
    name = conditional_escape(widget["name"])
    return mark_safe(f'<input type="{widget["type"]}" name="{name}"{value}{_attributes(widget["attrs"])}>')


def textarea(widget: Mapping[str, Any]) -> SafeString:
    """A box for a longer text, as Django's own template writes it."""
    name, text = conditional_escape(widget["name"]), conditional_escape(widget["value"] or "")
    return mark_safe(f'<textarea name="{name}"{_attributes(widget["attrs"])}>\n{text}</textarea>')


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


_DRAWN: dict[str, Callable[[Mapping[str, Any]], SafeString]] = {
    **{f"{_WIDGETS}{name}.html": box for name in _INPUTS},
    f"{_WIDGETS}textarea.html": textarea,
    f"{_WIDGETS}select.html": select,
}
