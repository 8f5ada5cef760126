"""What the administrator's pages share: the role, the actor, and how a refused change is said at its field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from langnghe.acts.errors import ActError
from langnghe.agencies.services import AgencyError
from langnghe.cases import catalogue
from langnghe.desk.access import allow, roles_of_request
from langnghe.intake import selectors as intake
from langnghe.outbox.errors import OutboxError
from langnghe.workflow.actor import Actor
from langnghe.workflow.table import ActRefused
from langnghe.worktime.errors import WorktimeError

admin_only = allow("administrator")


def actor_of(request: HttpRequest) -> Actor:
    """The administrator who asks."""
    return roles_of_request(request).actor("administrator")


def forget_catalogues() -> None:
    """After a change of agencies or catalogues: this process reads them anew (the others within half a minute)."""
    catalogue.forget()
    intake.forget()


def attempt(form: forms.Form, run: Callable[[], Any], *, names: Mapping[str, str] | None = None) -> Any:
    """What the service gives back, or None with its refusal said in the form. `names`: the service's name of an input
    → the form's."""
    known = dict(names or {})

    def say(name: str, message: Any) -> None:
        field = known.get(name, name)
        form.add_error(field if field in form.fields else None, message)

    try:
        with transaction.atomic():
            return run()
    except (AgencyError, ActError) as error:
        say(error.field, error.message)
    except (WorktimeError, OutboxError) as error:
        say(error.code, error.message)
    except ValidationError as error:
        if hasattr(error, "error_dict"):
            for name, messages in error.message_dict.items():
                for message in messages:
                    say(name, message)
        else:
            for message in error.messages:
                say("", message)
    except ActRefused:
        say("", _("Việc này không làm được nữa: tình trạng vừa thay đổi. Hãy tải lại trang."))
    except IntegrityError:
        say("", _("Không ghi được: mã này đã có, hoặc trùng với một mục khác."))
    return None
