"""The design system alone: its style guide and the language switch."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("_/", include("langnghe.ui.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
