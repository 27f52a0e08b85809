"""Attach pictures and documents to records: recognised by content, limited in size, kept with their digest."""

import hashlib
import secrets
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils.translation import gettext as _

from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.files.models import Attachment
from anlan.foundation.files.sniffing import media_type_of

MOST_BYTES = 20 * 1024 * 1024


@transaction.atomic
def attach_file(
    *,
    actor: User,
    subject: models.Model,
    upload: UploadedFile,
    area_code: str,
    lon: float | None = None,
    lat: float | None = None,
    taken_at: datetime | None = None,
) -> Attachment:
    """Keep an uploaded file with a record; the same content on the same record is kept once."""
    demand(actor, "add:attachments")
    if upload.size > MOST_BYTES:
        limit = MOST_BYTES // 1024 // 1024
        raise ValidationError({"file": _("文件超过 %(n)s MB，请压缩后再传。") % {"n": limit}})
    media_type, extension = media_type_of(upload.read(4096))
    if not media_type:
        raise ValidationError({"file": _("只能上传图片、PDF、Word、Excel、音频和视频文件。")})
    digest = hashlib.new("sm3")
    for piece in upload.chunks():
        digest.update(piece)
    upload.seek(0)
    attachment = Attachment(
        subject=subject,
        name=upload.name[-200:],
        media_type=media_type,
        size=upload.size,
        digest=digest.hexdigest(),
        lon=lon,
        lat=lat,
        taken_at=taken_at,
        uploaded_by=actor,
        area_code=area_code,
    )
    kept = Attachment.objects.filter(
        subject_type=attachment.subject_type, subject_id=subject.pk, digest=attachment.digest
    ).first()
    if kept:
        return kept
    attachment.file.save(f"{secrets.token_hex(16)}{extension}", upload, save=False)
    attachment.save()
    audit.record(
        actor=actor, action="file.attach", subject=subject, details={"name": attachment.name, "sm3": attachment.digest}
    )
    return attachment
