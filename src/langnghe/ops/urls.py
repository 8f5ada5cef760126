"""Addresses for the operator's own programs."""

from django.urls import path

from langnghe.ops import views

app_name = "ops"
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("metrics", views.metrics, name="metrics"),
]
