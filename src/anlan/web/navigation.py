"""The menu as data: groups of pages, each shown to those who may open it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import User
from anlan.foundation.ledger.registry import ledgers


@dataclass(frozen=True)
class Page:
    """One entry of the menu and of the command bar."""

    title: str | Promise
    icon: str
    #: Name of the address, or an address that begins with a slash.
    target: str
    #: What one must be allowed to do to see it; empty is for everybody.
    capability: str = ""
    #: Further words under which the command bar finds it.
    words: str = ""
    #: Keys of its shortcut, pressed one after the other.
    keys: str = ""
    #: Used on the way: the phone page of orders links to it.
    is_on_the_way: bool = False

    @property
    def url(self) -> str:
        """The page's address; empty when the part that has it is not installed."""
        if self.target.startswith("/"):
            return self.target
        try:
            return reverse(self.target)
        except NoReverseMatch:
            return ""

    def is_open_to(self, user: User) -> bool:
        return bool(self.url) and (not self.capability or user.may(self.capability))


@dataclass(frozen=True)
class Group:
    """A heading of the menu with its pages; areas fold away."""

    code: str
    title: str | Promise
    icon: str
    pages: tuple[Page, ...] = field(default=())
    is_area: bool = False


GROUPS = (
    Group(
        "command_centre",
        _("指挥"),
        "broadcast",
        (
            Page(_("工作台"), "home", "web:home", "view:home", "home 首页", "g h"),
            Page(_("值班台"), "armchair", "web:desk", "view:duty", "duty desk", "g d"),
            Page(_("指挥大屏"), "screen-share", "web:screen", "view:screen", "command screen", "g s"),
            Page(_("一张图"), "map-2", "web:map", "view:map", "one map", "g m"),
            Page(_("突发事件"), "alert-triangle", "web:incidents", "view:incidents", "incidents", "g i"),
            Page(_("接报登记"), "headset", "web:incident_raise", "add:incidents", "raise incident call intake", "n"),
            Page(_("指令"), "checklist", "response:orders", "view:orders", "orders", "g o"),
            Page(_("资源需求"), "truck", "resources:requests", "view:resourcerequests", "resources requests"),
            Page(_("叫应台账"), "phone", "web:notice_register", "view:notices", "notices calls register"),
            Page(_("时限"), "clock", "clocks:list", "view:duty", "clocks limits deadlines"),
            Page(_("预案"), "book-2", "response:plans", "view:plans", "plans", "g p"),
            Page(_("值班表"), "calendar-time", "duty:roster", "view:duty", "roster"),
            Page(_("交接班"), "replace", "duty:handovers", "view:duty", "handover"),
            Page(_("值班日志"), "note", "duty:log", "view:duty", "duty log"),
            Page(_("信息报告"), "file-text", "reports:list", "view:reports", "reports", "g r"),
            Page(_("数据交换"), "refresh", "web:exchange", "view:exchange", "exchange edxl bureaus"),
            Page(_("复盘评估"), "history", "review:list", "view:reviews", "reviews after-action"),
        ),
    ),
    Group(
        "monitoring",
        _("监测预警"),
        "activity-heartbeat",
        (
            Page(_("监测总览"), "chart-line", "monitoring:overview", "view:stations", "monitoring"),
            Page(_("告警"), "bell-ringing", "monitoring:alarms", "view:alarms", "alarms", "g a"),
            Page(_("视频报警"), "video", "cameras:alarms", "view:cameras", "camera video alarms"),
            Page(_("预警与研判"), "cloud-storm", "warning:list", "view:warnings", "warnings assessments", "g w"),
            Page(_("预测推演"), "radar", "prediction:list", "view:predictions", "predictions models runs", "g x"),
        ),
    ),
    Group("command", _("领导指挥"), "sitemap", is_area=True),
    Group(
        "risk",
        _("风险治理"),
        "shield-check",
        (
            Page(
                _("重大危险源辨识"),
                "scale",
                "safety:overview",
                "view:hazardunits",
                "major hazard sheets GB 18218 重大危险源",
            ),
            Page(
                _("燃气管网"),
                "pipeline",
                "gas:network",
                "view:gaspipes",
                "gas network pipes valves leak 燃气 管段 阀门 关阀",
            ),
            Page(
                _("定量风险评价"),
                "target",
                "qra:list",
                "view:riskstudies",
                "quantitative risk individual societal F-N 个人风险 社会风险",
            ),
        ),
        is_area=True,
    ),
    Group(
        "rescue",
        _("救援力量"),
        "lifebuoy",
        (
            Page(
                _("救援力量"), "users-group", "teams:overview", "view:teams", "rescue forces teams readiness 队伍 战备"
            ),
            Page(
                _("出动记录"),
                "firetruck",
                "turnouts:list",
                "view:turnouts",
                "turnouts dispatch roll call 出动 清点",
                is_on_the_way=True,
            ),
            Page(_("企业队伍"), "building-factory-2", "teams:duties", "view:enterprises", "enterprise brigades duty"),
            Page(
                _("5分钟救援圈"), "firetruck", "stations:coverage", "view:firestations", "fire coverage stations circle"
            ),
            Page(_("森林消防到达"), "trees", "forest:reach", "view:forestcells", "forest fire reach water 林场 水源地"),
        ),
        is_area=True,
    ),
    Group(
        "drills",
        _("预案演练"),
        "target-arrow",
        (Page(_("演练到期"), "calendar-due", "exercises:due", "view:exerciseunits", "drills exercises overdue"),),
        is_area=True,
    ),
    Group(
        "supplies",
        _("物资保障"),
        "packages",
        (
            Page(_("物资概况"), "packages", "movements:overview", "view:stock", "supplies stock overview 库存"),
            Page(_("扫码出入库"), "scan", "movements:keep", "act:stock", "scan receive issue count 扫码", "g k"),
            Page(
                _("救灾物资调拨"), "route", "allocation:board", "view:reliefrequests", "relief allocation dispatch 调拨"
            ),
            Page(
                _("装车和签收"),
                "truck-delivery",
                "allocation:mine",
                "view:waybills",
                "waybill load sign 运单",
                is_on_the_way=True,
            ),
            Page(_("临期物资"), "calendar-due", "movements:expiring", "view:stock", "expiry shelf life 过期"),
            Page(_("储备缺口"), "scale", "movements:gaps", "view:norms", "gap norm purchase plan 采购"),
            Page(_("价格监测"), "tag", "prices:watch", "view:prices", "prices market 价格"),
            Page(_("捐赠账"), "heart-handshake", "donations:board", "view:donations", "donations giving 捐款 公示"),
        ),
        is_area=True,
    ),
    Group("medical", _("医疗卫生"), "ambulance", is_area=True),
    Group(
        "transport",
        _("交通运输"),
        "truck",
        (
            Page(_("运输调度"), "truck-delivery", "convoys:board", "view:convoyorders", "transport board convoys 车队"),
            Page(
                _("我的调令"),
                "steering-wheel",
                "convoys:mine",
                "act:orders",
                "my convoy orders 驾驶员",
                is_on_the_way=True,
            ),
            Page(_("运输联络图"), "map-pins", "nodes:contacts", "view:transportnodes", "transport contacts nodes 节点"),
            Page(_("路况墙"), "road", "closures:wall", "view:closures", "roads wall closures 阻断 抢通"),
            Page(
                _("报道路阻断"),
                "message-report",
                "closures:field",
                "act:closures.report",
                "report block road",
                is_on_the_way=True,
            ),
            Page(_("拟征用通知书"), "gavel", "agreements:new", "act:requisitions", "requisition notice 征用"),
            Page(_("绕行路线"), "route", "closures:routes", "view:closures", "routes detour way"),
            Page(_("绿色通道"), "id-badge-2", "passes:overview", "view:passes", "green channel passes 通行证"),
            Page(
                _("通行证查验"),
                "scan",
                "passes:check",
                "act:passes.check",
                "check pass checkpoint 查验",
                is_on_the_way=True,
            ),
        ),
        is_area=True,
    ),
    Group("communications", _("通信保障"), "antenna-bars-5", is_area=True),
    Group("technology", _("科技装备"), "cpu", is_area=True),
    Group("grassroots", _("基层基础"), "home-heart", is_area=True),
    Group(
        "oversight",
        _("督导"),
        "clipboard-check",
        (
            Page(
                _("任务与指标"),
                "clipboard-check",
                "oversight:overview",
                "view:oversight",
                "oversight plan targets",
                "g t",
            ),
        ),
    ),
    Group(
        "system",
        _("系统"),
        "settings",
        (
            Page(_("规则库"), "scale", "rules:catalogue", "view:rules", "rules"),
            Page(_("后台任务"), "progress", "jobs:overview", "view:jobs", "jobs"),
            Page(_("接入网关"), "plug-connected", "monitoring:gateways", "view:gateways", "gateways"),
            Page(_("审计日志"), "lock-check", "audit:log", "view:audit", "audit"),
            Page(_("通行证签发密钥"), "key", "passes:keys", "view:passkeys", "pass signing keys 密钥"),
        ),
    ),
)


def menu(user: User) -> Iterator[tuple[Group, list[Page]]]:
    """The groups that a user has pages in, ledgers under their area."""
    for group in GROUPS:
        pages = [page for page in group.pages if page.is_open_to(user)] + list(_ledger_pages(group.code, user))
        if pages:
            yield group, pages


def _ledger_pages(code: str, user: User) -> Iterator[Page]:
    for ledger in ledgers():
        if ledger.group == code and ledger.may(user, "view"):
            yield Page(ledger.title, ledger.icon, ledger.list_url(), words=ledger.name)
