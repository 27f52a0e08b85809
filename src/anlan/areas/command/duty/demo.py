"""Sample roster of thirty days, a signed handover, some lines of the log."""

from datetime import time, timedelta

from django.utils import timezone

from anlan.areas.command.duty.models import DutyLog, Handover, Shift
from anlan.areas.command.duty.queries import on_shift
from anlan.areas.command.duty.services import plan_roster
from anlan.foundation.accounts.models import Post, User
from anlan.foundation.incidents.models import author
from anlan.foundation.places.models import Area

DAYS = 15
#: Post's title, kind, people who take turns; the first is on duty on the day of the setup.
TURNS = (
    ("指挥中心值班员", Shift.Kind.OFFICER, ("zhiban", "zhiban2")),
    ("指挥长", Shift.Kind.LEADER, ("zhihui", "fuzhihui")),
)
#: Demo units whose one duty person stands every day in the samples.
UNITS = 6
#: Hours ago, kind, text.
LINES = (
    (22, DutyLog.Kind.CHECK, "视频抽查各县（市、区）值班室，12个单位在岗，情况正常。"),
    (19, DutyLog.Kind.CALL, "市气象台电话提醒：未来三天有分散性阵雨，局地短时风力较大。"),
    (15, DutyLog.Kind.DEVICE, "会商室二号屏无信号，已报修，换用一号屏。"),
    (9, DutyLog.Kind.DOCUMENT, "收到省应急厅值班工作通知一份，已呈带班领导阅示。"),
    (3, DutyLog.Kind.CALL, "高唐县报告：城区积水点已排除，道路恢复通行。"),
)


def load(city: Area) -> None:
    """Plan two weeks back and ahead for the demo people."""
    people = {user.username: user for user in User.objects.filter(is_demo=True).select_related("department")}
    planner = people.get("zhihui")
    if planner is None or Shift.objects.filter(is_demo=True).exists():
        return
    now = timezone.localtime()
    first = now.date() - timedelta(days=DAYS)
    # With the count of shifts so far odd, the second person must begin for the first to be on duty now.
    is_odd = (DAYS if now.time() >= time(8) else DAYS - 1) % 2
    for title, kind, names in TURNS:
        post = Post.objects.filter(title=title, department__area=city).first()
        if post and all(name in people for name in names):
            turn = [people[name] for name in (reversed(names) if is_odd else names)]
            _plan(planner, post, kind, turn, first)
    for user in [u for name, u in sorted(people.items()) if name.startswith(("bumen-", "xianji-"))][:UNITS]:
        post = user.appointments.first().post
        _plan(planner, post, Shift.Kind.DEPARTMENT, [user], first)
    _hand_over()
    _write(people["zhiban"])


def _plan(planner: User, post: Post, kind: str, turn: list[User], first) -> None:
    plan_roster(
        actor=planner,
        post=post,
        kind=kind,
        people=turn,
        first=first,
        days=2 * DAYS + 1,
        changes=[time(8)],
        is_demo=True,
    )


def _hand_over() -> None:
    taking = on_shift().filter(kind=Shift.Kind.OFFICER, is_demo=True).first()
    giving = Shift.objects.filter(post=taking.post, end=taking.start).first() if taking else None
    if giving is None:
        return
    titles = ("未结束的突发事件", "正在计时的时限", "未确认的通知", "待定的换班")
    Handover.objects.create(
        giving=giving,
        taking=taking,
        drafted_at=taking.start - timedelta(minutes=15),
        items=[{"title": title, "rows": []} for title in titles],
        notes="无待办事件。会商室二号屏已报修，请跟进。",
        answer="已接班，继续跟进报修。",
        given_at=taking.start - timedelta(minutes=8),
        taken_at=taking.start - timedelta(minutes=2),
        is_demo=True,
    )


def _write(officer: User) -> None:
    now = timezone.now()
    for hours, kind, text in LINES:
        at = now - timedelta(hours=hours)
        shift = on_shift(at).filter(kind=Shift.Kind.OFFICER).first()
        writer = shift.user if shift else officer
        DutyLog.objects.create(
            at=at,
            recorded_at=at,
            kind=kind,
            text=text,
            shift=shift,
            area_code=officer.department.area_id,
            is_demo=True,
            **author(writer),
        )
