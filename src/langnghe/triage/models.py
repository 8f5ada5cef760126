"""Suggestions of the model, beside what people chose, so that accuracy can be known."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class ModelVersion(models.Model):
    """One trained model: what it learned from and how good it is on cases it has not seen."""

    version = models.CharField(max_length=64, unique=True)
    trained_at = models.DateTimeField()
    examples = models.PositiveIntegerField()
    metrics = models.JSONField()
    bundle = models.BinaryField()
    active = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="one_active_model", fields=["active"], condition=Q(active=True))
        ]

    def __str__(self) -> str:
        return self.version


class Suggestion(models.Model):
    """What one model version proposed for one case; empty fields mean that it abstained."""

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="suggestions")
    model = models.ForeignKey(ModelVersion, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    regime = models.CharField(max_length=8, blank=True)
    regime_confidence = models.FloatField(default=0)
    field = models.ForeignKey("cases.Field", on_delete=models.SET_NULL, null=True, related_name="+")
    field_confidence = models.FloatField(default=0)
    agency = models.ForeignKey("agencies.Agency", on_delete=models.SET_NULL, null=True, related_name="+")
    agency_confidence = models.FloatField(default=0)
    urgency = models.CharField(max_length=8, blank=True)
    urgency_confidence = models.FloatField(default=0)
    urgency_words = models.JSONField(default=list, help_text="the city's signs of danger that stand in the text")
    denunciation_confidence = models.FloatField(default=0)
    denunciation_suspected = models.BooleanField(default=False)
    denunciation_words = models.JSONField(default=list)
    duplicates = ArrayField(models.BigIntegerField(), default=list)
    best_guess = models.JSONField(default=dict, help_text="what it would have said had it not abstained")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "model"], name="suggest_once")]

    def __str__(self) -> str:
        return f"suggestion for {self.case_id}"


class Choice(models.Model):
    """What a person chose where a suggestion stood: one row a case and question."""

    class Question(models.TextChoices):
        """What was asked."""

        REGIME = "regime"
        FIELD = "field"
        AGENCY = "agency"
        URGENCY = "urgency"
        DENUNCIATION = "denunciation"
        DUPLICATE = "duplicate"

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="choices")
    suggestion = models.ForeignKey(Suggestion, on_delete=models.SET_NULL, null=True, related_name="choices")
    question = models.CharField(max_length=14, choices=Question.choices)
    suggested = models.CharField(max_length=60, blank=True)
    confidence = models.FloatField(default=0)
    chosen = models.CharField(max_length=60)
    chosen_at = models.DateTimeField()
    chosen_by = models.ForeignKey("agencies.Person", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "question"], name="choice_once")]
        indexes: ClassVar = [models.Index(fields=["question", "chosen_at"], name="choice_time")]

    def __str__(self) -> str:
        return f"{self.question} of {self.case_id}: {self.chosen}"


class TrainingText(models.Model):
    """A labelled text from before the system: the confirmed history from which the model starts."""

    title = models.CharField(max_length=200)
    text = models.TextField()
    regime = models.CharField(max_length=8)
    field = models.ForeignKey("cases.Field", on_delete=models.CASCADE, related_name="+")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.CASCADE, null=True, related_name="+")
    urgency = models.CharField(max_length=8)
    denunciation = models.BooleanField(default=False)
    source = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "title", "text"], name="training_once")]

    def __str__(self) -> str:
        return self.title
