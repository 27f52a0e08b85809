"""A calculation sheet on paper."""

from django.utils import timezone
from django.utils.translation import override

from anlan.areas.risk.safety import rules as judging
from anlan.areas.risk.safety.models import HazardSheet
from anlan.foundation.documents.official import OfficialDocument, Section, Table


def as_official(sheet: HazardSheet) -> OfficialDocument:
    """The sheet with every step, as the filing needs it."""
    with override("zh-hans"):
        day = timezone.localtime(sheet.signed_at)
        enterprise = sheet.inputs["unit"]["enterprise"]
        return OfficialDocument(
            organ=enterprise, title=f"{sheet.inputs['unit']['name']}危险化学品重大危险源辨识分级计算书",
            number=sheet.code, sections=(_unit(sheet), _stock(sheet), _people(sheet), _outcome(sheet), _limits(sheet)),
            signature=enterprise, date=f"{day.year}年{day.month}月{day.day}日", is_exercise=sheet.is_demo,
            is_draft=sheet.status != HazardSheet.Status.ACCEPTED,
        )  # fmt: skip


def _unit(sheet: HazardSheet) -> Section:
    unit = sheet.inputs["unit"]
    persons = sheet.inputs["persons"]
    rows = tuple(
        (str(label), persons[role]["name"] or "未填", persons[role]["phone"] or "未填")
        for role, label in judging.PERSONS.items()
    )
    place = f"东经{unit['lon']:.5f}度、北纬{unit['lat']:.5f}度" if unit["lon"] is not None else "位置未登记"
    signed = timezone.localtime(sheet.signed_at)
    return Section(
        heading="一、单元",
        paragraphs=(
            f"{unit['enterprise']}，{unit['name']}（{unit['kind']}），{place}。"
            f"由{sheet.signed_by}于{signed:%Y年%m月%d日%H时%M分}签署。",
        ),
        table=Table(columns=("包保责任人", "姓名", "电话"), rows=rows),
    )


def _stock(sheet: HazardSheet) -> Section:
    rows = tuple(
        (one["name"], one["basis"], one["quantity_t"], one["critical_t"], one["of_s"], one["beta"], one["of_r"])
        for one in sheet.result["shares"]
    )
    return Section(
        heading="二、存量和临界量",
        table=Table(
            columns=("物质", "依据", "q（t）", "Q（t）", "q/Q", "β", "β·q/Q"), rows=rows,
            note=f"{sheet.result['tables']}：{sheet.result['tables_checked']}",
        ),
    )  # fmt: skip


def _people(sheet: HazardSheet) -> Section:
    given, proposed = sheet.inputs, sheet.inputs["proposed"]
    known = "未知" if proposed["people"] is None else f"{proposed['people']}人"
    lines = [f"厂区边界外500米范围内常住人口{given['residents']}人，依据：{given['residents_basis']}。"]
    if proposed["radius_m"] is not None:
        lines.append(
            f"地图统计半径{proposed['radius_m']:.0f}米内{known}，{len(proposed['villages'])}个村（社区），"
            f"其中人口未知{proposed['unknown']}个。{'；'.join(proposed['notes'])}"
        )
    return Section(heading="三、暴露人员", paragraphs=tuple(lines))


def _outcome(sheet: HazardSheet) -> Section:
    found = sheet.result
    lines = [
        f"S＝Σq/Q＝{found['s']}，{'不小于' if sheet.is_major else '小于'}1，"
        f"{'构成' if sheet.is_major else '不构成'}危险化学品重大危险源。"
    ]
    if sheet.is_major:
        lines.append(f"R＝α·Σ(β·q/Q)＝{found['alpha']}×{found['sum_beta']}＝{found['r']}，{sheet.grade_words}。")
    if sheet.based_on:
        changes = judging.sheet_changes(sheet.based_on, sheet)
        told = "；".join(f"{one.label}：{one.before or '无'}→{one.after or '无'}" for one in changes) or "没有变化"
        lines.append(f"与{sheet.based_on.code}相比：{told}。")
    return Section(heading="四、辨识和分级", paragraphs=tuple(lines))


def _limits(sheet: HazardSheet) -> Section:
    if sheet.reviewed_at:
        when = timezone.localtime(sheet.reviewed_at)
        review = f"{sheet.reviewed_by}于{when:%Y年%m月%d日}{sheet.get_status_display()}。{sheet.opinion}"
    else:
        review = "监管部门尚未审核。"
    filed = f"备案编号{sheet.filing_number}，{sheet.filed_on:%Y年%m月%d日}备案。" if sheet.filed_on else "尚未备案。"
    return Section(
        heading="五、审核、备案和说明",
        paragraphs=(
            review,
            *((filed,) if sheet.is_major else ()),
            f"规则：{'、'.join(sheet.result['rules'])}。混合物的类别由企业判定，本计算书不代为分类。",
        ),
    )
