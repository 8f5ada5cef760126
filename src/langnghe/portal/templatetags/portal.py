"""Words that only the public pages need."""

from __future__ import annotations

from django import template
from django.utils.translation import get_language

from langnghe.worktime.format import term_words
from langnghe.worktime.models import DeadlineRule

register = template.Library()


@register.filter
def term(rule: DeadlineRule | None) -> str:
    """A rule's term in words: "7 ngày làm việc"; "–" where the city has no such rule."""
    return term_words(rule.amount, rule.unit, get_language() or "vi") if rule is not None else "–"
