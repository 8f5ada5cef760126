"""What intake keeps: counters against abuse. Submissions themselves become cases at once."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Throttle(models.Model):
    """How often something was done from one address (a keyed digest of it) in one hour."""

    key = models.CharField(max_length=64)
    hour = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["key", "hour"], name="throttle_once")]

    def __str__(self) -> str:
        return f"{self.key} {self.hour} {self.count}"
