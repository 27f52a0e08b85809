"""What a crowd is computed from: the drawn venue, its gates, counts over time, who comes and what is planned (人群聚集情景)."""

from dataclasses import dataclass

from anlan.science.hazards.crowd.flow import WAYS
from anlan.science.hazards.declaring import ScenarioError, Spread, given
from anlan.science.hazards.sentences import tell

_FAR = 20_000.0
CORNERS = {
    "venue": "场地外缘",
    "obstacle": "障碍物（不可行走）",
    "gathering": "聚集区（观演区、看点）",
    "stairs": "楼梯段",
    "slope": "坡道段",
}
KINDS = {"standing": "静态站立（演出、集会）", "moving": "流动（游园、庙会、展会）", "seated": "坐席"}


@dataclass(frozen=True, kw_only=True)
class Corner:
    """A corner of a ring; corners of the same kind and number make one ring, in order."""

    kind: str = given("轮廓类型", choices=CORNERS, default="venue")
    number: int = given("轮廓编号", low=1, high=200, default=1, help="同类型、同编号的点按顺序连成一圈")
    east_m: float = given("东向坐标", unit="m", low=-_FAR, high=_FAR)
    north_m: float = given("北向坐标", unit="m", low=-_FAR, high=_FAR)


@dataclass(frozen=True, kw_only=True)
class Gate:
    """An entrance or exit in the edge of the venue (出入口)."""

    name: str = given("名称")
    east_m: float = given("东向坐标", unit="m", low=-_FAR, high=_FAR, help="门的中点，应在场地外缘上（1 m以内）")
    north_m: float = given("北向坐标", unit="m", low=-_FAR, high=_FAR)
    clear_m: float = given("净宽", unit="m", low=0.6, high=60)
    use: str = given(
        "用途", choices={"in": "只进", "out": "只出", "both": "双向", "emergency": "疏散时才开"}, default="both"
    )
    is_open: bool = given("是否开放", default=True, help="未开放的门会用来算“打开它有多大作用”")
    way: str = given("形式", choices={code: way.label for code, way in WAYS.items()}, default="door")
    checked_per_min: float | None = given(
        "检票安检能力", unit="人/min", low=0.1, high=10_000, default=None, help="全部通道合计；不填则只受净宽限制"
    )


@dataclass(frozen=True, kw_only=True)
class Count:
    """How many come and go in a span of time, counted or expected (客流)."""

    from_min: float = given("开始", unit="min", low=0, high=2880)
    to_min: float = given("结束", unit="min", low=0, high=2880)
    gate: str = given("出入口", default="", help="不填则按能力分给所有开放的门")
    arrivals: float = given("到达人数", unit="人", low=0, high=1e6, default=0.0)
    departures: float = given("要离开的人数", unit="人", low=0, high=1e6, default=0.0)

    def __post_init__(self) -> None:
        if self.to_min <= self.from_min:
            raise ScenarioError({"to_min": "（结束）：应晚于开始"})


@dataclass(frozen=True, kw_only=True)
class Watch:
    """What a camera or a steward counted at a place (现场观测)."""

    name: str = given("位置")
    at_min: float = given("时间", unit="min", low=0, high=2880, default=0.0)
    people: float = given("人数", unit="人", low=0, high=1e5)
    area_m2: float = given("面积", unit="m²", low=1, high=1e5)
    speed_variance_m2_s2: float | None = given(
        "速度方差", unit="m²/s²", low=0, high=4, default=None, help="由视频分析给出，用来算人群压力"
    )
    opposing_share: float = given("对向人流占比", low=0, high=0.5, default=0.0)


@dataclass(frozen=True, kw_only=True)
class Scenic:
    """What LB/T 034-2014 asks for of a scenic area: C1 = X / Y, C2 = C1 T / t."""

    area_m2: float = given("有效可游览面积 X", unit="m²", low=1, high=1e8)
    area_per_person_m2: float = given("基本空间承载标准 Y", unit="m²/人", low=0.2, high=2000)
    open_h: float = given("每日开放时间 T", unit="h", low=0.5, high=24)
    stay_h: float = given("人均游览时间 t", unit="h", low=0.1, high=24)


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """A crowd in a venue, its coming and going, and its evacuation at a time."""

    corners: tuple[Corner, ...] = given("场地轮廓", help="一圈外缘（至少3点）、障碍物、聚集区、楼梯和坡道段")
    gates: tuple[Gate, ...] = given("出入口")
    counts: tuple[Count, ...] = given("客流", default=())
    watches: tuple[Watch, ...] = given("现场观测", default=())
    scenic: Scenic | None = given("景区承载量", default=None)
    kind: str = given("活动形式", choices=KINDS, default="standing")
    people_now: float = given("当前场内人数", unit="人", low=0, high=500_000, default=0.0)
    capacity: float | None = given(
        "核定容量", unit="人", low=1, high=500_000, default=None, help="不填则按面积和活动形式的设计密度估算"
    )
    people_factor: float = given(
        "人数修正系数", low=0.2, high=5, default=1.0, help="乘在当前人数和客流上",
        spread=Spread(kind="relative", scale=0.1, source="人工和视频计数误差，工程判断，待核对"),
    )  # fmt: skip
    flow_factor: float = given(
        "通行能力修正系数", low=0.3, high=2, default=1.0, help="1为SFPE有效宽度法",
        spread=Spread(kind="relative", scale=0.15, source="各手册1.2～1.9人/(m·s)的差异，待核对"),
    )  # fmt: skip
    focus_east_m: float | None = given("舞台或看点东向坐标", unit="m", low=-_FAR, high=_FAR, default=None)
    focus_north_m: float | None = given("舞台或看点北向坐标", unit="m", low=-_FAR, high=_FAR, default=None)
    pull_m: float = given(
        "聚拢距离", unit="m", low=2, high=500, default=30.0, source="工程判断，待核对",
        help="离看点每远这么多，密度降到约三分之一", spread=Spread(kind="relative", scale=0.4, source="工程判断，待核对"),
    )  # fmt: skip
    gathering_share: float = given(
        "在聚集区内的比例",
        low=0,
        high=1,
        default=0.8,
        spread=Spread(kind="normal", scale=0.08, source="工程判断，待核对"),
    )
    front_per_m2: float = given(
        "自然聚集的最大密度", unit="人/m²", low=0.5, high=8, default=5.0, source="Still：站立观众约5人/m²（待核对）",
        help="达到后人群向外扩散", spread=Spread(kind="relative", scale=0.1, source="工程判断，待核对"),
    )  # fmt: skip
    closes_at_share: float | None = given(
        "达到容量的多少时关闭入口", low=0.1, high=1.5, default=None, help="不填表示一直放行，用来看何时到容量"
    )
    closing_min: float = given(
        "从下令到入口关闭", unit="min", low=0, high=120, default=5.0,
        spread=Spread(kind="normal", scale=2, source="工程判断，待核对"),
    )  # fmt: skip
    evacuate_at_min: float | None = given(
        "疏散开始时间", unit="min", low=0, high=2880, default=None, help="不填则取场内人数最多时"
    )
    reaction_s: float = given(
        "疏散反应时间（平均）", unit="s", low=0, high=1800, default=60.0, help="从通知到起步，各人在0.5～1.5倍之间",
        spread=Spread(kind="relative", scale=0.4, source="工程判断，待核对"),
    )  # fmt: skip
    choice: str = given("出口选择", choices={"nearest": "各走最近出口", "balanced": "引导均衡"}, default="nearest")
    clear_within_min: float = given(
        "要求清场时间", unit="min", low=0.5, high=120, default=8.0, source="Green Guide：室外看台8 min（回忆，待核对）"
    )
    method: str = given("疏散算法", choices={"auto": "自动", "agents": "逐人", "cells": "网格人流"}, default="auto")
    free_m_s: float = given(
        "平地自由步速", unit="m/s", low=0.5, high=2, default=1.34, source="Weidmann 1993",
        spread=Spread(kind="normal", scale=0.08, source="工程判断，待核对"),
    )  # fmt: skip
    children_share: float = given("儿童比例", low=0, high=1, default=0.0)
    elderly_share: float = given("老年人比例", low=0, high=1, default=0.0)
    impaired_share: float = given("行动不便者比例", low=0, high=1, default=0.0)

    def __post_init__(self) -> None:
        problems = {}
        if (self.focus_east_m is None) != (self.focus_north_m is None):
            problems["focus_east_m"] = "、focus_north_m（看点坐标）：应同时填写或同时不填"
        if self.children_share + self.elderly_share + self.impaired_share > 1.0:
            problems["children_share"] = "、elderly_share、impaired_share（人员构成）：合计不能超过1"
        if len(self.corners) < 3:
            problems["corners"] = tell(
                "（场地轮廓）：只有 {count} 个点，至少要画出场地外缘的3个点", count=len(self.corners)
            )
        if not 1 <= len(self.gates) <= 60:
            problems["gates"] = tell("（出入口）：应有1～60个，现在是 {count} 个", count=len(self.gates))
        names = [gate.name for gate in self.gates]
        for at, count in enumerate(self.counts):
            if count.gate and count.gate not in names:
                problems[f"counts[{at}].gate"] = tell(
                    "（出入口）：没有名为“{gate}”的出入口，可用 {names}", gate=count.gate, names=names
                )
        if len(set(names)) < len(names):
            problems["gates"] = "（出入口）：名称有重复"
        if problems:
            raise ScenarioError(problems)


#: Walking speed of groups as a share of a healthy adult's. RiMEA table after Weidmann (Siemens, SIMULTECH 2015): over 50
#: 0.68-1.41 m/s (mean 1.05 of 1.34), limited mobility 0.46-0.76 (mean 0.61); children are taken as the elderly (待核对).
GROUP_SPEEDS = {"children_share": 0.78, "elderly_share": 0.78, "impaired_share": 0.455}


def mean_speed_m_s(scenario: Crowd) -> float:
    """The free speed of the mixture of people, m/s.

    >>> square = tuple(Corner(east_m=x, north_m=y) for x, y in ((0, 0), (9, 0), (9, 9)))
    >>> gate = Gate(name="南", east_m=4, north_m=0, clear_m=2)
    >>> round(mean_speed_m_s(Crowd(corners=square, gates=(gate,), elderly_share=0.5)), 3)
    1.193
    """
    lost = sum(getattr(scenario, share) * (1.0 - factor) for share, factor in GROUP_SPEEDS.items())
    return scenario.free_m_s * (1.0 - lost)
