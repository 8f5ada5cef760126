"""The first page: how do I say it, and what became of it?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from langnghe.portal.forms import TrackForm
from langnghe.portal.views.public import listed
from langnghe.publication import selectors as publication
from langnghe.publication.selectors import PublicFilter
from langnghe.ui.access import public
from langnghe.worktime import clock
from langnghe.worktime import selectors as worktime


@public
@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """One big way in, the code box, the search, what was answered last. One query when the city's facts are known."""
    today = clock.today()
    newest = publication.public_list(PublicFilter(), size=4)
    context = {
        "section": "home",
        "track": TrackForm(auto_id="track_%s"),
        "newest": [listed(row) for row in newest.rows],
        "intake": worktime.rule_for(step="intake", regime="field", urgency="", on=today),
        "transfer": worktime.rule_for(step="transfer", regime="admin", urgency="", on=today),
        "field": worktime.rule_for(step="answer", regime="field", urgency="", on=today),
        "urgent": worktime.rule_for(step="answer", regime="field", urgency="urgent", on=today),
        "admin": worktime.rule_for(step="answer", regime="admin", urgency="", on=today),
        "reopen": worktime.rule_for(step="reopen", regime="field", urgency="", on=today),
    }
    return render(request, "portal/home.html", context)
