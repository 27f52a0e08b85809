"""Attachments of any record."""

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import User


class Attachment(models.Model):
    """A picture or document (附件), with place and time where the phone gave them."""

    subject_type = models.ForeignKey(ContentType, models.CASCADE)
    subject_id = models.PositiveBigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    file = models.FileField(_("文件"), upload_to="%Y/%m/%d/")
    name = models.CharField(_("文件名"), max_length=200)
    media_type = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField(_("大小"))
    digest = models.CharField(_("SM3 摘要"), max_length=64)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    taken_at = models.DateTimeField(_("拍摄时间"), null=True)
    uploaded_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("上传人"))
    uploaded_at = models.DateTimeField(_("上传时间"), auto_now_add=True)
    area_code = models.CharField(max_length=12)

    class Meta:
        verbose_name = _("附件")
        verbose_name_plural = _("附件")
        ordering = ["uploaded_at"]
        indexes = [models.Index(fields=["subject_type", "subject_id"])]

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")
