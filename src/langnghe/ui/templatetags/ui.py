"""Every component of the design system. Pages are built with these and the layout classes of layout.css alone.

    {% load ui %}

docs/developer/ui.md shows each with an example; `ui/styleguide*.html` show all of them in all states. Where a tag takes
"dict or item", `langnghe.ui.items` has a class of that name with the keys and their defaults.
"""

from __future__ import annotations

from django import template

from langnghe.ui.components import boxes, case, forms, frame, lists, papers, people, words

register = template.Library()
for part in (words, frame, boxes, people, lists, case, forms, papers):
    register.tags.update(part.register.tags)
    register.filters.update(part.register.filters)
