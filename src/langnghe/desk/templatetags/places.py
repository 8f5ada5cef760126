"""Places in a plan and doubts about its reading, for templates."""

from __future__ import annotations

from django import template

from langnghe.plans.doubts import doubt_words
from langnghe.plans.places import place_words

register = template.Library()
register.filter("place", place_words)
register.filter("doubt", doubt_words)
