"""What an explosion is computed from: exactly one source, who is exposed, which vessels stand near (爆炸情景)."""

from dataclasses import dataclass
from typing import ClassVar

from anlan.science.exposure.escalation import EQUIPMENT_LABELS
from anlan.science.hazards.declaring import ScenarioError, Spread, given
from anlan.science.hazards.distances import asked_distances
from anlan.science.hazards.explosion.sources import EXPLOSIVES
from anlan.science.hazards.fuels import BOILING, FUEL_LABELS
from anlan.science.hazards.sentences import tell

_MASS = Spread(kind="relative", scale=0.3, source="工程判断：存量与参与量的不确定，待核对")
STRENGTHS = {
    "1": "1（极弱，开阔地）", "2": "2", "3": "3", "4": "4（一般障碍）", "5": "5", "6": "6（较密集）",
    "7": "7（密集装置区）", "8": "8", "9": "9", "10": "10（爆轰）",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Condensed:
    """A condensed explosive or something that may act as one (凝聚相爆炸物)."""

    explosive: str = given("爆炸物", choices={code: one.label for code, one in EXPLOSIVES.items()})
    mass_kg: float = given("质量", unit="kg", low=0.1, high=1e7, spread=_MASS)
    reacted_share: float = given(
        "参与爆炸的份额", low=0.001, high=1.0, default=1.0, help="硝酸铵等只有一部分参与爆轰；不知道时取1（偏安全）"
    )
    burst: str = given("爆炸位置", choices={"ground": "地面（半球）", "air": "空中（球）"}, default="ground")


@dataclass(frozen=True, kw_only=True)
class VapourCloud:
    """A cloud of flammable gas or vapour that explodes (蒸气云爆炸)."""

    fuel: str = given("可燃物", choices=FUEL_LABELS)
    mass_kg: float = given("泄漏的质量", unit="kg", low=1, high=5e6, spread=_MASS)
    stored_c: float | None = given(
        "液化气的储存温度",
        unit="℃",
        low=-50,
        high=60,
        default=None,
        help="给出时只计闪蒸和夹带入空气的部分；已是气体的不填",
    )
    flammable_share: float = given(
        "处于可燃浓度的份额",
        low=0.001,
        high=1.0,
        default=1.0,
        help="由扩散计算得到（LFL与UFL之间）；不知道时取1（偏安全）",
    )
    method: str = given("方法", choices={"multi_energy": "TNO多能法", "tnt": "TNT当量法"}, default="multi_energy")
    congested_share: float = given(
        "处于拥塞区的份额",
        low=0.001,
        high=1.0,
        default=1.0,
        help="多能法：只有设备、管廊、树木密集处的气云产生强冲击波",
    )
    strength: str = given(
        "爆源强度", choices=STRENGTHS, default="7", spread=Spread(kind="steps", scale=1.0, source="工程判断，待核对"),
        source="GAME/Yellow Book：密集装置区一般取7（待核对）",
    )  # fmt: skip
    yield_share: float = given(
        "TNT当量系数", low=0.002, high=0.2, default=0.04, spread=Spread(kind="relative", scale=0.7, source="待核对"),
        source="国内安全评价常用0.04；Yellow Book 5.3：0.02～0.2",
    )  # fmt: skip

    def __post_init__(self) -> None:
        if self.stored_c is not None and self.fuel not in BOILING:
            raise ScenarioError(
                {
                    "stored_c": tell(
                        "（液化气的储存温度）：没有该物质的沸腾数据，请不填；有数据的是 {boiling}",
                        boiling=list(BOILING),
                    )
                }
            )


@dataclass(frozen=True, kw_only=True)
class VesselBurst:
    """A vessel of compressed gas that bursts (压力容器物理爆炸)."""

    pressure_bar: float = given("爆破时的绝对压力", unit="bar", low=1.5, high=1000)
    volume_m3: float = given("气相容积", unit="m³", low=0.01, high=50_000)
    specific_heat_ratio: float = given("绝热指数", low=1.02, high=1.67, default=1.4)
    molar_mass_g_mol: float = given("摩尔质量", unit="g/mol", low=2, high=300, default=28.97)
    temperature_c: float = given("气体温度", unit="℃", low=-200, high=1500, default=20)
    energy: str = given(
        "爆破能公式",
        choices={"brode": "Brode（偏大）", "isentropic": "等熵膨胀功"},
        default="brode",
        source="CCPS 2010 7.3",
    )


@dataclass(frozen=True, kw_only=True)
class DustExplosion:
    """A dust explosion in an enclosure, vented or not (粉尘爆炸筛查)."""

    volume_m3: float = given("容积", unit="m³", low=0.1, high=10_000)
    kst_bar_m_s: float = given("爆炸指数Kst", unit="bar·m/s", low=1, high=800)
    pmax_bar: float = given("最大爆炸压力（表压）", unit="bar", low=1, high=15, default=8.5)
    strength_bar: float = given("围护结构能承受的压力（表压）", unit="bar", low=0.02, high=20)
    vent_area_m2: float = given("泄爆面积", unit="m²", low=0, high=5000, default=0.0)
    vent_opens_bar: float = given("泄爆装置静开启压力（表压）", unit="bar", low=0.1, high=1, default=0.1)


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """A vessel nearby that the blast may break, and what it would yield (邻近设备)."""

    name: str = given("名称")
    kind: str = given("类型", choices=EQUIPMENT_LABELS, default="atmospheric")
    east_m: float = given("东向坐标", unit="m", low=-20_000, high=20_000)
    north_m: float = given("北向坐标", unit="m", low=-20_000, high=20_000)
    tnt_kg: float = given("失效后爆炸的TNT当量", unit="kg", low=0, high=1e6, default=0.0, help="不会爆炸的填0")


@dataclass(frozen=True, kw_only=True)
class Explosion:
    """An explosion at the origin with exactly one source."""

    #: The form shows them as alternatives.
    ONE_OF: ClassVar = ("condensed", "cloud", "vessel", "dust")

    condensed: Condensed | None = given("凝聚相爆炸物", default=None)
    cloud: VapourCloud | None = given("蒸气云", default=None)
    vessel: VesselBurst | None = given("压力容器", default=None)
    dust: DustExplosion | None = given("粉尘", default=None)
    is_indoors: bool = given(
        "受体在室内", default=True, help="居民多在室内，房屋损坏会伤人；开阔地上的人群选否", source="Purple Book 5.3"
    )
    at_m: tuple[float, ...] = asked_distances()
    neighbours: tuple[Neighbour, ...] = given("邻近设备", default=())

    def __post_init__(self) -> None:
        sources = {"condensed": self.condensed, "cloud": self.cloud, "vessel": self.vessel, "dust": self.dust}
        chosen = [name for name, source in sources.items() if source is not None]
        if len(chosen) != 1:
            told = tell("已填 {chosen}", chosen=chosen) if chosen else "一种也没填"
            raise ScenarioError({"condensed": tell("、cloud、vessel、dust（爆源）：应恰好填一种，{told}", told=told)})
        if len(self.neighbours) > 60:
            raise ScenarioError({"neighbours": "（邻近设备）：至多60台，请只留最近的"})
