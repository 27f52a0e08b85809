"""Open an attached file."""

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from anlan.foundation.accounts.access import requires
from anlan.foundation.files.models import Attachment
from anlan.foundation.files.queries import may_open

#: Media types that a browser may show itself; everything else is saved to disk.
SHOWN = ("image/", "audio/", "video/", "application/pdf")


@requires("view:attachments")
def download(request: HttpRequest, pk: int) -> FileResponse:
    """The file, to those who may see the record that it belongs to."""
    attachment = get_object_or_404(Attachment.objects.select_related("uploaded_by"), pk=pk)
    if not may_open(request.user, attachment):
        raise Http404(_("没有这个附件，或不在您的管辖范围内。"))
    response = FileResponse(
        attachment.file.open(),
        as_attachment=not attachment.media_type.startswith(SHOWN),
        filename=attachment.name,
        content_type=attachment.media_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'"
    response["Cache-Control"] = "private, max-age=86400"
    return response
