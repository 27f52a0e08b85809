"""Open an entry, report to it, decide, sign, go in and out, release; all of it in the incident's timeline."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.rescue.social.models import Application, Entry, Volunteer, digest_of, new_secret
from anlan.areas.rescue.teams.models import Team
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit
from anlan.foundation.incidents.models import Incident, TimelineEntry
from anlan.foundation.incidents.services import demand_incident, record_entry
from anlan.foundation.notices.models import Notice
from anlan.foundation.notices.services import send_notice
from anlan.foundation.resources.models import Assignment
from anlan.foundation.resources.queries import BUSY
from anlan.foundation.rules.queries import rule

#: What one must be allowed to do to decide about social teams.
CAPABILITY = "act:socialapplications"
#: People that a team may name.
MOST_PEOPLE = 200
Status = Application.Status


class TooMany(ValidationError):
    """More reports from one place, or to one entry, than the rule allows in an hour."""


def _tell(actor: User | str, incident: Incident, text: str, at: datetime | None = None, **data) -> None:
    record_entry(incident=incident, kind=TimelineEntry.Kind.RESOURCE, text=text, actor=actor, happened_at=at, data=data)


@transaction.atomic
def open_entry(
    *, actor: User, incident: Incident, quota_teams: int, quota_people: int, place: str, briefing: str
) -> tuple[Entry, str]:
    """Open the entry of an incident and return its secret, which is shown once; an older one ends."""
    demand_incident(actor, incident, CAPABILITY)
    if not incident.is_open:
        raise ValidationError(_("事件已经结束，不能再开设报备入口。"))
    now, secret = timezone.now(), new_secret()
    incident.social_entries.filter(revoked_at=None).update(revoked_at=now, revoked_by=str(actor))
    entry = Entry(
        incident=incident, digest=digest_of(secret), quota_teams=quota_teams, quota_people=quota_people, place=place,
        briefing=briefing, opened_by=actor, opened_at=now,
        valid_until=now + timedelta(hours=rule("rescue.social_entry").params["valid_hours"]),
    )  # fmt: skip
    entry.full_clean()
    entry.save()
    audit.record(
        actor=actor, action="social.open", subject=entry, details={"teams": quota_teams, "people": quota_people}
    )
    _tell(actor, incident, f"开设社会救援力量报备入口：{place}，接受上限 {quota_teams} 支、{quota_people} 人", now)
    return entry, secret


@transaction.atomic
def change_quota(*, actor: User, entry: Entry, quota_teams: int, quota_people: int) -> Entry:
    """Take more teams, or fewer; those accepted before stay accepted."""
    demand_incident(actor, entry.incident, CAPABILITY)
    entry.quota_teams, entry.quota_people = quota_teams, quota_people
    entry.full_clean()
    entry.save(update_fields=["quota_teams", "quota_people"])
    audit.record(
        actor=actor, action="social.quota", subject=entry, details={"teams": quota_teams, "people": quota_people}
    )
    _tell(actor, entry.incident, f"社会救援力量接受上限改为 {quota_teams} 支、{quota_people} 人")
    return entry


@transaction.atomic
def close_entry(*, actor: User, entry: Entry) -> Entry:
    """End the entry; its QR code is dead from now on."""
    demand_incident(actor, entry.incident, CAPABILITY)
    if entry.revoked_at is None:
        entry.revoked_at, entry.revoked_by = timezone.now(), str(actor)
        entry.save(update_fields=["revoked_at", "revoked_by"])
        audit.record(actor=actor, action="social.close", subject=entry)
        _tell(actor, entry.incident, "停用社会救援力量报备入口")
    return entry


def entry_of(secret: str) -> Entry | None:
    """The entry behind a secret that still takes reports."""
    entry = Entry.objects.select_related("incident__area", "opened_by").filter(digest=digest_of(secret)).first()
    return entry if entry is not None and entry.is_valid else None


def application_of(ticket: str) -> Application | None:
    """The application behind the secret that its team got."""
    rows = Application.objects.select_related("incident__area", "entry__opened_by")
    return rows.filter(digest=digest_of(ticket)).first()


@transaction.atomic
def apply(
    *,
    entry: Entry,
    address: str,
    name: str,
    leader: str,
    phone: str,
    skills: str,
    people: Sequence[tuple[str, str, str]],
    registration: str = "",
    equipment: str = "",
    insurer: str = "",
    insured_until: date | None = None,
    expected_at: datetime | None = None,
    remark: str = "",
) -> tuple[Application, str]:
    """A team reports; without an account, so the record says what it said of itself and from which address.

    Returns the application and the secret under which the team follows it.
    """
    entry = Entry.objects.select_for_update(of=("self",)).select_related("incident", "opened_by").get(pk=entry.pk)
    if not entry.is_valid:
        raise ValidationError(_("这个报备入口已经停用。"))
    _limit(entry, address)
    if not 0 < len(people) <= MOST_PEOPLE:
        raise ValidationError({"people": _("请逐行填写 1 到 %(n)s 名队员。") % {"n": MOST_PEOPLE}})
    if entry.applications.filter(
        name=name, phone=phone, status__in=(Status.SUBMITTED, Status.HELD, Status.ACCEPTED)
    ).exists():
        raise ValidationError(_("这支队伍已经报备过，请打开当时得到的页面查看结果。"))
    ticket, incident = new_secret(), entry.incident
    number = incident.social_applications.count() + 1
    made = Application(
        entry=entry, incident=incident, code=f"SB-{incident.code}-{number:03d}"[:40], digest=digest_of(ticket),
        name=name, registration=registration, leader=leader, phone=phone, skills=skills, equipment=equipment,
        insurer=insurer, insured_until=insured_until, expected_at=expected_at, remark=remark, address=address[:45],
        team=Team.objects.filter(kind=Team.Kind.SOCIAL, name=name).first(),
    )  # fmt: skip
    made.full_clean()
    made.save()
    Volunteer.objects.bulk_create(
        Volunteer(application=made, name=who[:40], phone=number[:30], skills=can[:100]) for who, number, can in people
    )
    author = f"{name}（自行报备）"
    audit.record(actor=author, action="social.apply", subject=made, details={"people": len(people), "leader": leader})
    _tell(author, incident, f"社会救援力量报备：{name}，{len(people)} 人，带队 {leader}，{skills}", application=made.pk)
    _notify(entry, made, len(people))
    return made, ticket


def _limit(entry: Entry, address: str) -> None:
    """Raise TooMany when an address, or all together, report too often."""
    params = rule("rescue.social_entry").params
    lately = Application.objects.filter(submitted_at__gte=timezone.now() - timedelta(hours=1))
    counts = lately.aggregate(
        entry=Count("pk", filter=Q(entry=entry)), address=Count("pk", filter=Q(address=address[:45]))
    )
    if counts["entry"] >= params["most_per_link_hour"] or counts["address"] >= params["most_per_address_hour"]:
        raise TooMany(_("一小时内报备次数太多，请稍后再试，或到报到地点当面登记。"))


def _notify(entry: Entry, made: Application, people: int) -> None:
    posts = entry.opened_by.current_posts
    if posts:
        send_notice(
            actor=str(made), post=posts[0], title=f"社会救援力量报备：{made.name}，{people} 人",
            body=f"{made.skills}。{made.equipment}", urgency=Notice.Urgency.ROUTINE, subject=made,
            incident_id=made.incident_id, area_code=made.incident.area_id, link=made.get_absolute_url(),
            is_exercise=made.is_exercise,
        )  # fmt: skip


def accepted_in(entry: Entry) -> tuple[int, int]:
    """Teams and people that the incident has accepted and not released, whatever entry they came by."""
    rows = Application.objects.filter(incident=entry.incident_id, status=Status.ACCEPTED)
    found = rows.aggregate(teams=Count("pk", distinct=True), people=Count("people"))
    return found["teams"], found["people"]


@transaction.atomic
def decide(*, actor: User, application: Application, decision: str, reason: str = "") -> Application:
    """Accept within the quota, put on hold, or refuse with a reason."""
    demand_incident(actor, application.incident, CAPABILITY)
    entry = Entry.objects.select_for_update().get(pk=application.entry_id)
    application = Application.objects.select_related("incident").get(pk=application.pk)
    if not application.is_open:
        raise ValidationError(_("这项报备已经是“%(now)s”。") % {"now": application.get_status_display()})
    if decision not in (Status.ACCEPTED, Status.HELD, Status.REFUSED):
        raise ValidationError({"decision": _("请选择接受、待命或谢绝。")})
    if decision == Status.REFUSED and not reason.strip():
        raise ValidationError({"reason": _("谢绝请写明理由，申请人会看到。")})
    if decision == Status.ACCEPTED:
        if not application.is_insured and not reason.strip():
            raise ValidationError({"reason": _("没有有效保险的队伍，接受请写明理由和保障办法。")})
        # The quota in force is that of the incident's newest entry.
        entry = application.incident.social_entries.order_by("-opened_at").first() or entry
        teams, people = accepted_in(entry)
        coming = application.people.count()
        if teams + 1 > entry.quota_teams or people + coming > entry.quota_people:
            raise ValidationError(
                _(
                    "名额不够：已接受 %(teams)s/%(most)s 支、%(people)s/%(all)s 人，这支 %(n)s 人。请先增加名额，或改为待命。"
                )
                % {"teams": teams, "most": entry.quota_teams, "people": people, "all": entry.quota_people, "n": coming}
            )
    application.status, application.reason = decision, reason
    application.decided_by, application.decided_at = str(actor), timezone.now()
    application.save(update_fields=["status", "reason", "decided_by", "decided_at"])
    audit.record(actor=actor, action=f"social.{decision}", subject=application, details={"reason": reason})
    words = {Status.ACCEPTED: "接受", Status.HELD: "列为待命", Status.REFUSED: "谢绝"}[Status(decision)]
    text = f"{words}社会救援力量：{application.name}" + (f"（{reason}）" if reason else "")
    _tell(actor, application.incident, text, application=application.pk)
    return application


@transaction.atomic
def sign_briefing(*, application: Application, signed_by: str) -> Application:
    """Somebody of the team signs that all of it know the briefing."""
    application = (
        Application.objects.select_for_update(of=("self",)).select_related("entry", "incident").get(pk=application.pk)
    )
    if application.status != Status.ACCEPTED:
        raise ValidationError(_("接受以后才能签收安全须知。"))
    if application.signed_at is not None:
        raise ValidationError(_("已经签收过了。"))
    newest = application.incident.social_entries.order_by("-opened_at").first() or application.entry
    application.briefing, application.signed_by = newest.briefing, signed_by
    application.signed_at = timezone.now()
    application.full_clean()
    application.save(update_fields=["briefing", "signed_by", "signed_at"])
    author = f"{application.name} {signed_by}"
    audit.record(actor=author, action="social.sign", subject=application)
    _tell(author, application.incident, f"{application.name}签收安全须知：{signed_by}", application=application.pk)
    return application


@transaction.atomic
def withdraw(*, application: Application) -> Application:
    """The team takes its report back before it was accepted."""
    if not application.is_open:
        raise ValidationError(_("这项报备已经是“%(now)s”。") % {"now": application.get_status_display()})
    application.status = Status.WITHDRAWN
    application.save(update_fields=["status"])
    author = f"{application.name}（自行报备）"
    audit.record(actor=author, action="social.withdraw", subject=application)
    _tell(author, application.incident, f"{application.name}撤回报备", application=application.pk)
    return application


@transaction.atomic
def check_in(*, actor: User, application: Application, people: Sequence[Volunteer]) -> int:
    """Let people in; only those of an accepted and briefed team."""
    demand_incident(actor, application.incident, CAPABILITY)
    if not application.is_available:
        raise ValidationError(_("队伍被接受并签收安全须知以后，人员才能进场。"))
    now = timezone.now()
    chosen = [one for one in people if one.application_id == application.pk and one.checked_in_at is None]
    if not chosen:
        raise ValidationError(_("请勾选还没有进场的人员。"))
    Volunteer.objects.filter(pk__in=[one.pk for one in chosen]).update(checked_in_at=now, checked_in_by=str(actor))
    _record_people(actor, application, chosen, "进场", now)
    return len(chosen)


@transaction.atomic
def check_out(*, actor: User, application: Application, people: Sequence[Volunteer]) -> int:
    """Let people out."""
    demand_incident(actor, application.incident, CAPABILITY)
    now = timezone.now()
    chosen = [one for one in people if one.application_id == application.pk and one.is_inside]
    if not chosen:
        raise ValidationError(_("请勾选在场的人员。"))
    Volunteer.objects.filter(pk__in=[one.pk for one in chosen]).update(checked_out_at=now, checked_out_by=str(actor))
    _record_people(actor, application, chosen, "离场", now)
    return len(chosen)


def _record_people(actor: User, application: Application, people: Sequence[Volunteer], verb: str, at: datetime) -> None:
    names = "、".join(one.name for one in people)
    action = "social.check_in" if verb == "进场" else "social.check_out"
    audit.record(actor=actor, action=action, subject=application, details={"people": names, "at": at})
    _tell(
        actor, application.incident, f"{application.name}{verb} {len(people)} 人：{names}", at,
        application=application.pk,
    )  # fmt: skip


@transaction.atomic
def release(*, actor: User, application: Application, note: str) -> Application:
    """The team leaves for good: everybody is out, nothing is assigned to it, and what it did is written down."""
    demand_incident(actor, application.incident, CAPABILITY)
    if application.status != Status.ACCEPTED:
        raise ValidationError(_("只有已接受的队伍需要办理撤离。"))
    if application.people.filter(checked_in_at__isnull=False, checked_out_at=None).exists():
        raise ValidationError(_("还有人员在场，请先登记离场。"))
    if Assignment.objects.filter(ledger="socialapplications", object_id=application.pk, status__in=BUSY).exists():
        raise ValidationError(_("队伍还有任务，请先在资源调派中登记完成或撤出。"))
    if not note.strip():
        raise ValidationError({"note": _("请写明做了什么、有无受伤和装备损失。")})
    application.status, application.release_note = Status.RELEASED, note
    application.released_by, application.released_at = str(actor), timezone.now()
    application.save(update_fields=["status", "release_note", "released_by", "released_at"])
    audit.record(actor=actor, action="social.release", subject=application, details={"note": note})
    _tell(actor, application.incident, f"{application.name}撤离：{note}", application=application.pk)
    return application
