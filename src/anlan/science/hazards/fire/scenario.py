"""What a fire is computed from: exactly one kind of fire, the weather, who is exposed, which vessels stand near (火灾情景)."""

from dataclasses import dataclass
from typing import ClassVar

from anlan.science.exposure.escalation import EQUIPMENT_LABELS
from anlan.science.exposure.vulnerability import HEAT_PROBITS
from anlan.science.hazards.declaring import ScenarioError, Spread, given
from anlan.science.hazards.distances import asked_distances
from anlan.science.hazards.fuels import FUEL_LABELS, FUELS, POOL_FUEL_LABELS
from anlan.science.hazards.sentences import tell
from anlan.science.hazards.weather import STRONGEST_FOR_FLAMES, air_temperature, humidity, wind_direction, wind_speed

_MASS = Spread(kind="relative", scale=0.3, source="工程判断，待核对")
#: Fuels that are gases at 20 °C, for jets.
GAS_LABELS = {
    code: FUELS[code].label
    for code in ("lpg", "propane", "butane", "methane", "ethylene", "propylene", "hydrogen", "acetylene", "butadiene",
                 "vinyl_chloride", "ethylene_oxide")
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class FireballSource:
    """A vessel of liquefied gas that bursts in a fire (沸腾液体扩展蒸气爆炸)."""

    fuel: str = given("物质", choices=FUEL_LABELS, default="lpg")
    mass_kg: float = given(
        "参与火球的质量", unit="kg", low=1, high=3e6, spread=_MASS, help="一般取容器存量；多罐取90%（国内惯例，待核对）"
    )
    burst_bar: float = given(
        "爆破时的绝对压力", unit="bar", low=1.5, high=60, default=18.0, source="丙烷罐安全阀约18 bar；决定辐射份额",
        spread=Spread(kind="relative", scale=0.3, source="工程判断，待核对"),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class PoolSource:
    """A pool of burning liquid, in a bund or spilled (池火)."""

    fuel: str = given("液体", choices=POOL_FUEL_LABELS)
    area_m2: float = given("燃烧面积", unit="m²", low=0.8, high=20_000, help="围堰内为围堰净面积，罐顶火为罐截面积")
    liquid_m3: float | None = given(
        "液体体积", unit="m³", low=0.01, high=200_000, default=None, help="给出时按燃烧速率算持续时间，否则按1小时"
    )
    radiated_share: float = given(
        "辐射份额", low=0.1, high=0.4, default=0.35, source="Yellow Book 6.5.4：0.1～0.4",
        spread=Spread(kind="normal", scale=0.05, source="同左"),
    )  # fmt: skip
    burning_rate_kg_m2_s: float | None = given(
        "燃烧速率", unit="kg/(m²·s)", low=0.005, high=0.3, default=None, help="有实测时填写，如LNG在水面约0.15"
    )


@dataclass(frozen=True, kw_only=True)
class JetSource:
    """A burning jet of gas from a hole (喷射火)."""

    fuel: str = given("气体", choices=GAS_LABELS)
    pressure_bar: float = given("绝对压力", unit="bar", low=2, high=400)
    temperature_c: float = given("气体温度", unit="℃", low=-100, high=500, default=20)
    hole_mm: float = given("孔径", unit="mm", low=1, high=1000)
    discharge_coefficient: float = given(
        "流量系数", low=0.5, high=1.0, default=0.9, help="锐边小孔的亚音速流取0.62",
        source="圆形1.0、三角形0.95、长方形0.9：HJ 169-2018 附录F（待核对）",
        spread=Spread(kind="relative", scale=0.1, source="工程判断，待核对"),
    )  # fmt: skip
    elevation_deg: float = given("喷射仰角", unit="°", low=0, high=90, default=0, help="0为水平，90为竖直向上")
    towards_deg: float = given("喷射方位角（朝向，北为0）", unit="°", low=0, high=360, default=90)
    height_m: float = given("孔离地高度", unit="m", low=0, high=200, default=1.0)
    lasts_min: float = given("持续时间", unit="min", low=0.1, high=1440, default=30)


@dataclass(frozen=True, kw_only=True)
class FlashSource:
    """A cloud that burns without blast; its extent comes from a dispersion calculation (闪火)."""

    lower_limit_m: float = given("下风向到爆炸下限（LFL）的距离", unit="m", low=1, high=10_000)
    lower_limit_width_m: float = given("LFL范围的最大宽度", unit="m", low=0.5, high=10_000)
    half_limit_m: float | None = given("下风向到1/2 LFL的距离", unit="m", low=1, high=20_000, default=None)

    def __post_init__(self) -> None:
        if self.half_limit_m is not None and self.half_limit_m < self.lower_limit_m:
            raise ScenarioError({"half_limit_m": "（到1/2 LFL的距离）：不能比到LFL的距离近"})


@dataclass(frozen=True, kw_only=True)
class HeatedNeighbour:
    """A vessel nearby that the fire may heat to failure, and what then burns there (邻近设备)."""

    name: str = given("名称")
    kind: str = given("类型", choices=EQUIPMENT_LABELS, default="atmospheric")
    east_m: float = given("东向坐标", unit="m", low=-20_000, high=20_000)
    north_m: float = given("北向坐标", unit="m", low=-20_000, high=20_000)
    volume_m3: float = given(
        "容积", unit="m³", low=1, high=200_000, source="Landucci 2009 关系用于 25～17 500 m³（待核对）"
    )
    pool_area_m2: float = given(
        "失效后的池火面积", unit="m²", low=0, high=20_000, default=0.0, help="不会形成池火的填0"
    )
    fuel: str = given("池火液体", choices=POOL_FUEL_LABELS, default="gasoline")


@dataclass(frozen=True, kw_only=True)
class Fire:
    """A fire at the origin of exactly one kind."""

    #: The form shows them as alternatives.
    ONE_OF: ClassVar = ("fireball", "pool", "jet", "flash")

    fireball: FireballSource | None = given("火球（BLEVE）", default=None)
    pool: PoolSource | None = given("池火", default=None)
    jet: JetSource | None = given("喷射火", default=None)
    flash: FlashSource | None = given("闪火", default=None)
    wind_m_s: float = wind_speed(high=STRONGEST_FOR_FLAMES, default=3.0, note="10 m 高处")
    wind_from_deg: float = wind_direction(default=0.0)
    temperature_c: float = air_temperature()
    humidity_percent: float = humidity()
    exposure_s: float = given(
        "最长受热时间",
        unit="s",
        low=1,
        high=600,
        default=20.0,
        source="Purple Book 5.3：20 s 后到达遮蔽处（回忆，待核对）",
    )
    reaction_s: float = given("反应时间", unit="s", low=0, high=60, default=5.0, source="Green Book 1.4：5 s（待核对）")
    escape_m_s: float = given(
        "逃离速度", unit="m/s", low=0, high=6, default=0.0, help="0为不逃离（偏安全）；Green Book取4 m/s"
    )
    is_clothed: bool = given("有衣物防护", default=False, help="个人风险按无防护；社会风险可按有衣物（死亡率×0.14）")
    probit: str = given("热辐射概率关系", choices={code: one[0] for code, one in HEAT_PROBITS.items()}, default="tno")
    at_m: tuple[float, ...] = asked_distances()
    neighbours: tuple[HeatedNeighbour, ...] = given("邻近设备", default=())

    def __post_init__(self) -> None:
        sources = {"fireball": self.fireball, "pool": self.pool, "jet": self.jet, "flash": self.flash}
        chosen = [name for name, source in sources.items() if source is not None]
        if len(chosen) != 1:
            told = tell("已填 {chosen}", chosen=chosen) if chosen else "一种也没填"
            raise ScenarioError({"fireball": tell("、pool、jet、flash（火灾类型）：应恰好填一种，{told}", told=told)})
        if len(self.neighbours) > 60:
            raise ScenarioError({"neighbours": "（邻近设备）：至多60台，请只留最近的"})
