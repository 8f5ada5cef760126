"""What a service refuses, said in the form at its field."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.http import HttpRequest

from langnghe.acts.errors import ActError, Missing, Unseen
from langnghe.files.errors import FileRejected
from langnghe.texts import whole_number

REFUSED = (ActError, FileRejected)
"""What acts raise when they are not done."""


def seen_version(request: HttpRequest, name: str = "version") -> int:
    """The version of the subject that the person saw, from the form. `Unseen` where it is missing or no number: no act
    goes unchecked against those of others because a form came without it."""
    known = whole_number(request.POST.get(name, ""))
    if known is None:
        raise Unseen
    return known


def say(
    form: forms.Form, refused: ActError | FileRejected, *, files: str = "files", names: Mapping[str, str] | None = None
) -> None:
    """Put the refusal into the form: at the field that is meant, else above all. `files`: the field of files; `names`:
    the service's name of an input → the form's."""
    if isinstance(refused, Missing):
        said = refused.fields
    else:
        said = {files if isinstance(refused, FileRejected) else refused.field: refused.message}
    for name, message in said.items():
        field = (names or {}).get(name, name)
        form.add_error(field if field in form.fields else None, message)
