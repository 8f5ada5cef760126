"""Places in a plan, for templates."""

from __future__ import annotations

from django import template

from langnghe.plans.places import place_words

register = template.Library()
register.filter("place", place_words)
