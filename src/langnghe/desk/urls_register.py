"""Addresses of entering and confirming plans."""

from __future__ import annotations

from django.urls import URLPattern, path

from langnghe.desk.views.plans import register, register_acts, register_bodies, register_enter, register_giving

urlpatterns: list[URLPattern] = [
    path("ke-hoach/", register_enter.plans, name="plans"),
    path("ke-hoach/nhap/", register_enter.enter, name="plan_enter"),
    path("ke-hoach/do-chinh-xac/", register_bodies.accuracy, name="plan_accuracy"),
    path("ke-hoach/co-quan/", register_bodies.bodies, name="plan_bodies"),
    path("ke-hoach/co-quan/them/", register_bodies.body, name="plan_body_new"),
    path("ke-hoach/co-quan/<int:pk>/", register_bodies.body, name="plan_body"),
    path("ke-hoach/<int:pk>/xac-nhan/", register.review, name="plan_review"),
    path("ke-hoach/<int:pk>/xac-nhan/<int:key>/", register_acts.item, name="plan_item"),
    path("ke-hoach/<int:pk>/van-ban/<slug:act>/", register_acts.act, name="plan_act"),
    path("ke-hoach/<int:pk>/dang-giao/", register_giving.page, name="plan_giving"),
    path("ke-hoach/<int:pk>/tep/", register_acts.file, name="plan_file"),
]
