"""Addresses of the counter and of the administrator."""

from __future__ import annotations

from django.urls import path

from langnghe.desk.views import counter

urlpatterns = [
    path("quay/", counter.entry, name="counter"),
    path("quay/da-co/", counter.known, name="counter_known"),
    path("quay/giay/<str:token>/", counter.receipt, name="counter_receipt"),
    path("quay/thay/", counter.for_sender, name="counter_for_sender"),
    path("quay/thay/<str:token>/", counter.acts, name="counter_acts"),
]
