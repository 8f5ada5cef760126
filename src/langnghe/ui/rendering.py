"""Forms in our own dress: `{{ form }}` and `{{ form.x.as_field_group }}` give the same fields as `{% field %}`."""

from __future__ import annotations

from django.forms.renderers import DjangoTemplates


class Renderer(DjangoTemplates):
    """Django's form renderer with the templates of this room (settings: FORM_RENDERER)."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field_group.html"
