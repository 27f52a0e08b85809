"""Read attachments: those of a record, and whether a person may open one."""

from django.contrib.contenttypes.models import ContentType
from django.db import models

from anlan.foundation.accounts.models import User
from anlan.foundation.files.models import Attachment


def attachments_of(subject: models.Model) -> models.QuerySet[Attachment]:
    """The files kept with a record, the oldest first."""
    return Attachment.objects.filter(
        subject_type=ContentType.objects.get_for_model(subject), subject_id=subject.pk
    ).select_related("uploaded_by")


def may_open(user: User, attachment: Attachment) -> bool:
    """Whether the file lies in the person's areas, is the own department's, or belongs to a record shown to it.

    A record with `is_visible_to(user)` decides for its files; own-only roles see their department's uploads else.
    """
    if attachment.uploaded_by_id == user.pk:
        return True
    shown = getattr(attachment.subject, "is_visible_to", None)
    if shown is not None:
        return shown(user)
    if user.scope.owner is not None:
        return attachment.uploaded_by.department_id == user.scope.owner
    return user.scope.contains(attachment.area_code)
