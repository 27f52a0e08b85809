"""The outbox: events as rows, written in the transaction that caused them."""

from django.db import models
from django.utils import timezone


class OutboxRow(models.Model):
    """A published event; its number is the `Last-Event-ID` that a browser resumes from."""

    at = models.DateTimeField(default=timezone.now)
    topic = models.CharField(max_length=40)
    area_code = models.CharField(max_length=12, blank=True)
    #: People to whom alone the event goes; empty means everybody whose scope holds the area.
    recipients = models.JSONField(default=list)
    payload = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
