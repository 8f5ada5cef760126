"""Heads and feet of printed documents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import template

register = template.Library()
Dict = dict[str, Any]


@register.inclusion_tag("ui/parts/letterhead.html")
def letterhead(
    agency: str, parent: str = "", number: str = "", place: str = "", on: date | datetime | None = None, about: str = ""
) -> Dict:
    """The head of an official document (Decree 30/2020, appendix I): body and number left, state and date right.

    about: the abstract under the number (V/v …), for letters.
    """
    return {"agency": agency, "parent": parent, "number": number, "place": place, "on": on, "about": about}


@register.inclusion_tag("ui/parts/signature.html")
def signature(
    title: str = "", name: str = "", recipients: Sequence[str] = (), authority: str = "", note: str = ""
) -> Dict:
    """The foot of an official document: recipients left; authority (TM., KT., TL.), title, room, name right."""
    return {"title": title, "name": name, "recipients": recipients, "authority": authority, "note": note}
