"""The style guide, for those who build pages: mounted under /_/, answered in the demo and in DEBUG only."""

from __future__ import annotations

from django.urls import path

from langnghe.ui import views

app_name = "ui"
urlpatterns = [
    path("style", views.style, name="style"),
    path("style/desk", views.style_desk, name="style-desk"),
    path("style/case", views.style_case, name="style-case"),
    path("style/paper", views.style_paper, name="style-paper"),
]
