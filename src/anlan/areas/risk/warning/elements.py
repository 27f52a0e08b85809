"""What a CAP message says, part by part, in words for the page."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from anlan.areas.risk.warning.hazards import COLOUR_OF_NAME
from anlan.protocols import cap

WORDS = {
    "Immediate": _("立即"),
    "Expected": _("即将（1小时内）"),
    "Future": _("稍后"),
    "Past": _("已过去"),
    "Extreme": _("特别严重"),
    "Severe": _("严重"),
    "Moderate": _("中等"),
    "Minor": _("轻微"),
    "Observed": _("已经发生"),
    "Likely": _("很可能"),
    "Possible": _("有可能"),
    "Unlikely": _("不太可能"),
    "Unknown": _("未知"),
    "Shelter": _("就地避险"),
    "Evacuate": _("撤离"),
    "Prepare": _("做好准备"),
    "Execute": _("按预案行动"),
    "Avoid": _("避开"),
    "Monitor": _("密切关注"),
    "Assess": _("自行研判"),
    "AllClear": _("危险解除"),
    "None": _("不需行动"),
}


def parts(document: bytes) -> list[dict[str, Any]]:
    """The parts of a kept message; none where it has none or cannot be read any more."""
    try:
        alert = cap.parse(document)
    except cap.CAPError:
        return []
    languages = {info.language.lower() for info in alert.infos}
    return [
        {
            "language": info.language if len(languages) > 1 else "",
            "colour": COLOUR_OF_NAME.get(info.colour or "", ""),
            "headline": info.headline or info.event,
            "areas": "、".join(dict.fromkeys(area.area_desc for area in info.areas)),
            "description": info.description,
            "instruction": info.instruction,
            "onset": info.onset or info.effective,
            "expires": info.expires,
            "facts": list(_facts(info)),
            "files": [
                {"title": one.resource_desc, "kind": one.mime_type, "address": _address(one.uri)}
                for one in info.resources
            ],
            "web": _address(info.web),
        }
        for info in alert.infos
    ]


def _facts(info: cap.Info) -> Iterator[tuple[Any, str]]:
    yield _("紧迫程度"), str(WORDS.get(info.urgency, info.urgency))
    yield _("严重程度"), str(WORDS.get(info.severity, info.severity))
    yield _("确定程度"), str(WORDS.get(info.certainty, info.certainty))
    if info.response_types:
        yield _("建议行动"), "、".join(str(WORDS.get(one, one)) for one in info.response_types)
    yield _("事件"), " ".join((info.event, *(value for _name, value in info.event_codes)))
    if info.audience:
        yield _("对象"), info.audience
    if info.contact:
        yield _("联系方式"), info.contact
    for area in info.areas:
        if area.altitude is not None:
            top = "" if area.ceiling is None else f"–{area.ceiling:g}"
            yield _("高度（英尺）"), f"{area.area_desc} {area.altitude:g}{top}"
    yield from info.parameters


def _address(text: str) -> str:
    """An address that may be a link; of others nothing, for they are somebody else's words."""
    return text if text.startswith(("https://", "http://")) else ""
