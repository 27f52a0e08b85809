"""The pass on paper: a sheet for the windscreen, and a sheet that works when no code can be read."""

from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.transport.passes.models import Pass
from anlan.areas.transport.passes.queries import area_names
from anlan.foundation.documents.pdf import page_as_pdf
from anlan.foundation.documents.qr import qr_svg

TEMPLATE = Path(__file__).parent / "pass.typ"


def spaced(short: str) -> str:
    """A short code as people read it out."""
    return f"{short[:4]}-{short[4:]}"


def pass_pdf(record: Pass) -> bytes:
    """Both sheets of an issued pass."""
    start, end = timezone.localtime(record.valid_from), timezone.localtime(record.valid_until)
    rights = [word for word, is_so in ((_("免费通行"), record.is_free), (_("优先通行"), record.is_priority)) if is_so]
    lines = [
        (_("编号"), record.code),
        (_("车型"), str(record.get_vehicle_kind_display())),
        (_("承运单位"), record.carrier),
        (_("驾驶员"), f"{record.driver} {record.phone}"),
        (_("运输类别"), f"{record.get_category_display()}：{record.cargo}"),
        (_("路线"), record.route),
        (_("通行区域"), "、".join(area_names(record.areas))),
        (_("突发事件"), str(record.incident or "—")),
        (_("签发"), f"{record.decided_by} {timezone.localtime(record.decided_at):%Y-%m-%d %H:%M}"),
    ]
    return page_as_pdf(
        TEMPLATE,
        {
            "title": _("应急运输通行证"), "plate": record.plate, "short": spaced(record.short), "lines": lines,
            "window": f"{start:%Y-%m-%d %H:%M} — {end:%Y-%m-%d %H:%M}", "rights": " · ".join(rights),
            "exercise": _("演练") if record.is_exercise else "", "qr": qr_svg(record.token, is_long=True),
            "how": _("扫码即可查验，不需要网络；扫不了时输入查验码。"),
            "plain_title": _("应急运输通行证（手工查验页）"),
            "plain_how": _("二维码不能用时，凭本页和查验码查验；每到一个查验点由查验人填写一行。"),
            "columns": [_("查验点"), _("日期、时间"), _("车牌相符"), _("放行"), _("查验人签字")],
        },
    )  # fmt: skip
