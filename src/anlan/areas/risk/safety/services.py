"""Sign, accept, return and file sheets; the register of hazard sources follows."""

from datetime import date, datetime, time

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from anlan.areas.risk.safety import queries
from anlan.areas.risk.safety import rules as judging
from anlan.areas.risk.safety.models import HazardSheet, HazardSource, HazardUnit
from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.clocks.models import Clock
from anlan.foundation.clocks.services import cancel_clocks, meet_clocks, start_clock
from anlan.foundation.rules.queries import rule
from anlan.science.major_hazard.critical_quantities import CHECKED, TABLES_VERSION
from anlan.science.major_hazard.identification import IdentificationError

Status = HazardSheet.Status


def _demand_unit(actor: User, unit: HazardUnit, capability: str) -> None:
    demand(actor, capability)
    if not queries.units_for(actor).filter(pk=unit.pk).exists():
        raise PermissionDenied(_("“%(unit)s”不在您的管辖范围内。") % {"unit": unit})


@transaction.atomic
def sign_sheet(
    *, actor: User, unit: HazardUnit, residents: int | None = None, basis: str = "", assessed_on: date | None = None
) -> HazardSheet:
    """Judge a unit as its stock is now and put a name to it; the sheet never changes afterwards.

    `residents` None takes the number that the map proposes; any other number says in `basis` where it comes from.
    """
    _demand_unit(actor, unit, "act:hazardsheets")
    unit = HazardUnit.objects.select_for_update(of=("self",)).select_related("enterprise").get(pk=unit.pk)
    stored, exposure = queries.stored_in(unit), queries.exposure_of(unit)
    if not stored:
        raise ValidationError(_("单元还没有存量，请先登记各物质的设计最大量。"))
    if assessed_on is not None and assessed_on > timezone.localdate():
        raise ValidationError({"assessed_on": _("评估完成日期不能在今天之后。")})
    people, source = _residents(exposure, residents, basis.strip())
    try:
        found = queries.judged(stored, people)
    except IdentificationError as error:
        raise ValidationError(str(error)) from error
    before = HazardSheet.objects.filter(unit=unit).order_by("-signed_at", "-pk").first()
    count = HazardSheet.objects.filter(unit=unit).count()
    with override("zh-hans"):  # sheets are official records, whatever language their signer reads
        kind = str(unit.get_kind_display())
    sheet = HazardSheet(
        code=f"{unit.code}-J{count + 1:02d}", unit=unit, area=unit.area, based_on=before, assessed_on=assessed_on,
        inputs={
            "stored": stored, "residents": people, "residents_basis": source,
            "proposed": {
                "people": exposure.people, "radius_m": exposure.radius_m, "at": exposure.at.isoformat(),
                "villages": [[one.name, one.people, round(away)] for one, away in exposure.villages],
                "unknown": exposure.unknown, "notes": list(exposure.notes),
            },
            "unit": {
                "name": unit.name, "kind": kind, "enterprise": unit.enterprise.name,
                "lon": unit.lon, "lat": unit.lat, "fence_m": unit.fence_m,
            },
            "persons": unit.persons,
        },
        result=judging.steps_of(found) | {
            "rules": [rule(code).reference for code in (queries.LEVELS_RULE, queries.REACH_RULE)],
            "tables": TABLES_VERSION, "tables_checked": CHECKED,
        },
        s_value=round(found.s, 6), r_value=round(found.r, 6), is_major=found.is_major, level=judging.level_of(found),
        signed_by=actor, is_demo=unit.is_demo,
    )  # fmt: skip
    sheet.full_clean(exclude=["reviewed_by"])
    sheet.save()
    audit.record(
        actor=actor, action="hazardsheets.sign", subject=sheet,
        details={"s": str(sheet.s_value), "r": str(sheet.r_value), "level": sheet.level, "residents": people},
    )  # fmt: skip
    if sheet.is_major:
        _start_filing(sheet)
    _follow(actor, unit)
    return sheet


def _residents(exposure: queries.Exposure, given: int | None, basis: str) -> tuple[int, str]:
    """How many people count, and where the number comes from."""
    proposed = f"地图人口：{exposure.radius_m or 0:.0f} 米内 {len(exposure.villages)} 个村（社区）"
    if given is None:
        if not exposure.is_safe_to_take:
            told = _("地图上的人口不足以判断（没有找到居民点，或人口未知），请填写核实的常住人口和依据；确实无人填0。")
            raise ValidationError({"residents": told})
        return exposure.people, proposed
    if given < 0:
        raise ValidationError({"residents": _("人数不能为负。")})
    if not basis:
        if given == exposure.people and exposure.is_safe_to_take:
            return given, proposed
        raise ValidationError({"basis": _("人数与地图不同（或地图未知）时，请写明依据，如入户核查的日期。")})
    return given, basis


def _start_filing(sheet: HazardSheet) -> None:
    limit = rule(queries.FILING_RULE)
    start = sheet.assessed_on or timezone.localdate(sheet.signed_at)
    due = judging.due_on(start, limit.params["days"])
    start_clock(
        subject=sheet.unit, kind=Clock.Kind.LEGAL,
        title=f"重大危险源备案：{sheet.unit.enterprise.name} {sheet.unit.name}"[:200],
        started_at=timezone.make_aware(datetime.combine(start, time())),
        due_at=timezone.make_aware(datetime.combine(due, time(23, 59, 59))), area_code=sheet.area_id,
        rule=limit.reference, citation=limit.citation, department=sheet.unit.enterprise.department,
        is_exercise=sheet.is_demo,
    )  # fmt: skip


def _follow(actor: User, unit: HazardUnit) -> None:
    """Let the unit and its hazard source say what the sheet that counts says."""
    sheets = list(HazardSheet.objects.filter(unit=unit).order_by("-signed_at", "-pk"))
    chosen = judging.governing(sheets)
    current = sheets[: sheets.index(chosen) + 1] if chosen else []
    if not any(one.is_major and one.filed_on is None and one.status != Status.RETURNED for one in current):
        cancel_clocks(subject=unit)
    if unit.sheet_id != (chosen and chosen.pk):
        unit.sheet, unit._history_user = chosen, actor
        unit.save(update_fields=["sheet", "updated_at"])
    source = unit.source
    if source is None or chosen is None:
        return
    r_value = float(chosen.r_value) if chosen.is_major else None
    main = queries.main_share(chosen)
    quantity = float(main["quantity_t"]) if main["cas"] and main["cas"] == source.cas else source.quantity_t
    if (source.level, source.r_value, source.quantity_t) != (chosen.level, r_value, quantity):
        source.level, source.r_value, source.quantity_t, source._history_user = chosen.level, r_value, quantity, actor
        source.save(update_fields=["level", "r_value", "quantity_t", "updated_at"])
        audit.record(
            actor=actor, action="hazardsources.follow", subject=source,
            details={"sheet": chosen.code, "level": chosen.level, "r": str(r_value)},
        )  # fmt: skip


@transaction.atomic
def review_sheet(*, actor: User, sheet: HazardSheet, is_accepted: bool, opinion: str = "") -> HazardSheet:
    """The bureau accepts a signed sheet or returns it; nobody reviews the own one."""
    _demand_unit(actor, sheet.unit, "act:hazardsheets.review")
    sheet = HazardSheet.objects.select_for_update(of=("self",)).select_related("unit").get(pk=sheet.pk)
    if sheet.status != Status.SIGNED:
        raise ValidationError(_("这份计算书已经审核过。"))
    if sheet.signed_by_id == actor.pk:
        raise ValidationError(_("不能审核自己签署的计算书，请由另一人审核。"))
    if not is_accepted and not opinion.strip():
        raise ValidationError({"opinion": _("退回时请写明原因。")})
    if HazardSheet.objects.filter(unit=sheet.unit, status=Status.SIGNED, signed_at__gt=sheet.signed_at).exists():
        raise ValidationError(_("这个单元已有更新的计算书，请审核最新的一份。"))
    sheet.status = Status.ACCEPTED if is_accepted else Status.RETURNED
    sheet.reviewed_by, sheet.reviewed_at, sheet.opinion = actor, timezone.now(), opinion.strip()[:200]
    sheet.save(update_fields=["status", "reviewed_by", "reviewed_at", "opinion"])
    audit.record(
        actor=actor, action=f"hazardsheets.{'accept' if is_accepted else 'return'}", subject=sheet,
        details={"opinion": sheet.opinion},
    )  # fmt: skip
    _follow(actor, sheet.unit)
    return sheet


@transaction.atomic
def file_sheet(*, actor: User, sheet: HazardSheet, number: str, filed_on: date) -> HazardSource:
    """Enter the filing of an accepted sheet: the register gets the hazard source, the limit is met."""
    _demand_unit(actor, sheet.unit, "act:hazardsheets.review")
    sheet = HazardSheet.objects.select_for_update(of=("self",)).select_related("unit__enterprise").get(pk=sheet.pk)
    unit, number = sheet.unit, number.strip()
    if sheet.status != Status.ACCEPTED or not sheet.is_major or unit.sheet_id != sheet.pk:
        raise ValidationError(_("只有现行的、审核通过并构成重大危险源的计算书可以备案。"))
    if sheet.filed_on is not None:
        raise ValidationError(_("这份计算书已经备案。"))
    if missing := judging.missing_persons(unit.persons, rule(queries.PERSONS_RULE).params["persons"]):
        raise ValidationError(_("包保责任人不全：缺%(who)s。请先在单元中填写。") % {"who": "、".join(missing)})
    if not timezone.localdate(sheet.signed_at) <= filed_on <= timezone.localdate():
        raise ValidationError({"filed_on": _("备案日期应在签署日和今天之间。")})
    source = _filed_source(actor, sheet, number, filed_on)
    sheet.filing_number, sheet.filed_on, sheet.filed_by = source.code, filed_on, actor
    sheet.save(update_fields=["filing_number", "filed_on", "filed_by"])
    meet_clocks(subject=unit, at=timezone.make_aware(datetime.combine(filed_on, time(12))))
    audit.record(
        actor=actor, action="hazardsheets.file", subject=sheet, details={"number": source.code, "on": str(filed_on)}
    )
    _follow(actor, unit)
    return source


def _filed_source(actor: User, sheet: HazardSheet, number: str, filed_on: date) -> HazardSource:
    """The hazard source of the unit: the one that it has, else a new one under the number."""
    unit = sheet.unit
    if unit.source is not None:
        if number and number != unit.source.code:
            raise ValidationError({"number": _("这个单元的备案编号是 %(code)s。") % {"code": unit.source.code}})
        unit.source.filed_on, unit.source._history_user = filed_on, actor
        unit.source.save(update_fields=["filed_on", "updated_at"])
        return unit.source
    if not number:
        raise ValidationError({"number": _("请填写备案编号。")})
    if HazardSource.objects.filter(code=number).exists():
        raise ValidationError({"number": _("备案编号 %(code)s 已被使用。") % {"code": number}})
    main = queries.main_share(sheet)
    source = HazardSource(
        code=number, name=unit.name, enterprise=unit.enterprise, department=unit.enterprise.department,
        area=unit.area, substance=main["name"][:60], cas=main["cas"], quantity_t=float(main["quantity_t"]),
        level=sheet.level, r_value=float(sheet.r_value), lon=unit.lon, lat=unit.lat, filed_on=filed_on,
        is_demo=unit.is_demo,
    )  # fmt: skip
    source.full_clean()
    source._history_user = actor
    source.save()
    unit.source, unit._history_user = source, actor
    unit.save(update_fields=["source", "updated_at"])
    return source
