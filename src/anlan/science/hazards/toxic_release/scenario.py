"""What a toxic release is computed from: the substance, how it gets out, and the weather (情景输入).

>>> made = Scenario(substance="chlorine", source=Source(kind="rate", rate_kg_s=1.0, duration_s=600.0),
...                 weather=Weather(wind_m_s=3.0, wind_from_deg=180.0))
>>> made.weather.stability is None, made.horizon_s
(True, 3600.0)
"""

from dataclasses import dataclass

from anlan.science.hazards.chemicals import substances
from anlan.science.hazards.declaring import ScenarioError, Spread, given
from anlan.science.hazards.sentences import tell
from anlan.science.hazards.weather import air_temperature, humidity, wind_direction, wind_speed

KINDS = {
    "rate": "已知泄漏速率",
    "instant": "瞬时全部释放",
    "tank_liquid": "储罐液相小孔（常压沸点以下液体）",
    "tank_gas": "容器气相小孔",
    "tank_liquefied": "液化气体容器液相小孔",
    "pipe_gas": "气体管道全断裂",
    "pipe_liquefied": "液化气体管道断裂",
    "pool": "液池蒸发（已流出的液体）",
}
#: What each kind needs beyond its defaults.
NEEDS = {
    "rate": ("rate_kg_s", "duration_s"),
    "instant": ("mass_kg",),
    "tank_liquid": ("hole_mm", "mass_kg", "liquid_head_m"),
    "tank_gas": ("hole_mm", "gauge_kpa", "volume_m3"),
    "tank_liquefied": ("hole_mm", "mass_kg"),
    "pipe_gas": ("pipe_mm", "pipe_length_m", "gauge_kpa"),
    "pipe_liquefied": ("pipe_mm", "pipe_length_m", "mass_kg"),
    "pool": ("mass_kg",),
}
SKIES = {
    "sun_strong": "白天，强日照（太阳高度角大于 60°，少云）",
    "sun_moderate": "白天，中等日照（35°–60° 或多云）",
    "sun_slight": "白天，弱日照（15°–35°）",
    "overcast": "阴天（白天或夜间，云量 8 成以上）",
    "night_cloudy": "夜间，云量 4 成以上",
    "night_clear": "夜间，云量 3 成以下",
}
_CLASSES = {"A": "A 极不稳定", "B": "B 不稳定", "C": "C 弱不稳定", "D": "D 中性", "E": "E 弱稳定", "F": "F 稳定"}
#: What toxic levels or properties exist for; the others cannot be released in this model.
SUBSTANCES = {
    code: tell("{name} {formula}（CAS {cas}）", name=one.name, formula=one.formula, cas=one.cas)
    for code, one in substances().items()
}


@dataclass(frozen=True, kw_only=True)
class Source:
    """How the substance gets out (泄漏源); which inputs are needed depends on the kind (`NEEDS`)."""

    kind: str = given("泄漏方式", choices=KINDS)
    rate_kg_s: float | None = given("泄漏速率", unit="kg/s", low=1e-6, high=5000, default=None)
    duration_s: float | None = given(
        "泄漏持续或切断时间", unit="s", low=1, high=28_800, default=None,
        help="不填则按评估时长或流空为止", source="QRA 惯例：自动切断 60–180 s，人工切断 600–1800 s",
    )  # fmt: skip
    mass_kg: float | None = given("泄漏总量或存量", unit="kg", low=0.01, high=1e7, default=None)
    liquid_share: float = given("泄漏物中液体的质量份额", low=0, high=1, default=0.0, help="用于已知速率和瞬时释放")
    hole_mm: float | None = given("孔径", unit="mm", low=0.5, high=1000, default=None)
    discharge_coefficient: float = given(
        "流量系数", low=0.1, high=1, default=0.62, source="TNO 黄皮书第 2 章：锐边孔 0.62；气体取 0.8–1.0"
    )
    gauge_kpa: float | None = given(
        "容器压力（表压）", unit="kPa", low=0, high=40_000, default=None, help="液化气体不填则取饱和蒸气压"
    )
    temperature_c: float | None = given(
        "介质温度", unit="℃", low=-250, high=400, default=None, help="不填则取气温，低温储存请填储存温度"
    )
    volume_m3: float | None = given("容器容积", unit="m³", low=0.001, high=200_000, default=None)
    liquid_head_m: float | None = given("孔上方液位高度", unit="m", low=0, high=60, default=None)
    pipe_mm: float | None = given("管道内径", unit="mm", low=5, high=2000, default=None)
    pipe_length_m: float | None = given("管段长度", unit="m", low=0.1, high=200_000, default=None)
    bund_m2: float | None = given("围堰面积", unit="m²", low=0.5, high=100_000, default=None, help="不填则自由扩展")
    ground: str = given(
        "地面", choices={"concrete": "混凝土", "soil": "土壤", "gravel": "砾石"}, default="concrete"
    )  # fmt: skip
    height_m: float = given("释放高度", unit="m", low=0, high=200, default=0.0)
    factor: float = given(
        "源强修正系数", low=0.01, high=100, default=1.0, help="由监测反算得到，或表示源强的不确定性",
        spread=Spread(kind="relative", scale=0.4, source="源强一般认为有 2 倍左右不确定性（惯例，待核对）"),
    )  # fmt: skip

    def __post_init__(self) -> None:
        missing = [name for name in NEEDS.get(self.kind, ()) if getattr(self, name) is None]
        if missing:
            raise ScenarioError(dict.fromkeys(missing, tell("：泄漏方式为“{kind}”时必须填写", kind=KINDS[self.kind])))


#: A plume has no direction in air stiller than this, m/s.
STILL = 0.5


@dataclass(frozen=True, kw_only=True)
class Weather:
    """The air near the ground (气象条件)."""

    wind_m_s: float = wind_speed(low=STILL, note="小于 0.5 m/s 的静风不适用本模型")
    wind_from_deg: float = wind_direction()
    wind_height_m: float = given("测风高度", unit="m", low=1, high=100, default=10.0)
    temperature_c: float = air_temperature()
    humidity_pct: float = humidity(low=0.0)
    pressure_kpa: float = given("气压", unit="kPa", low=50, high=110, default=101.325)
    sky: str = given("日照与云量", choices=SKIES, default="overcast", source="Turner 1970，AP-26 表 3-1")
    stability: str | None = given(
        "大气稳定度", choices=_CLASSES, default=None, help="不填则由日照、云量和风速判定",
        spread=Spread(kind="steps", scale=0.6, source="相邻一级的判定误差（惯例，待核对）"),
    )  # fmt: skip
    terrain: str = given(
        "下垫面", choices={"rural": "平坦开阔（农田、郊野）", "urban": "城区或成片厂房"}, default="rural",
        source="Briggs 1973",
    )  # fmt: skip
    curves: str = given(
        "扩散曲线", choices={"briggs": "Briggs", "pasquill_gifford": "Pasquill–Gifford（平坦开阔）"}, default="briggs",
        source="Briggs 1973；EPA-454/B-95-003b（ISC3）第 II 卷表 1-1、1-2",
    )  # fmt: skip
    roughness_m: float = given(
        "地面粗糙度", unit="m", low=0.0001, high=3, default=0.03, source="草地 0.03，郊区 0.5，城区 1"
    )
    mixing_depth_m: float | None = given("混合层高度", unit="m", low=50, high=5000, default=None)

    def __post_init__(self) -> None:
        if self.curves == "pasquill_gifford" and self.terrain == "urban":
            raise ScenarioError(
                {"curves": tell("（扩散曲线）：Pasquill–Gifford 曲线只用于平坦开阔地，城区请选 Briggs")}
            )


@dataclass(frozen=True, kw_only=True)
class WindRow:
    """The wind from a time on (风的变化)."""

    from_s: float = given("起始时间", unit="s", low=0, high=28_800)
    wind_m_s: float = wind_speed(low=STILL, spread=None)
    wind_from_deg: float = wind_direction(spread=None)


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A release of a toxic substance to the air (有毒物质泄漏扩散情景)."""

    substance: str = given("物质", choices=SUBSTANCES)
    source: Source = given("泄漏源")
    weather: Weather = given("气象")
    winds: tuple[WindRow, ...] = given("此后的风", default=(), help="逐时段的风；测风高度与上面相同")
    model: str = given(
        "扩散模型", choices={"auto": "自动判别", "passive": "中性（高斯）", "heavy": "重气"}, default="auto",
        source="Britter & McQuaid 1988 判据",
    )  # fmt: skip
    receptor_height_m: float = given("受体高度", unit="m", low=0, high=200, default=1.5)
    air_changes_h: float = given(
        "室内换气次数", unit="次/h", low=0.05, high=20, default=0.5, source="关闭门窗的普通住宅 0.3–1（惯例，待核对）"
    )
    horizon_s: float = given("评估时长", unit="s", low=60, high=28_800, default=3600.0)

    def __post_init__(self) -> None:
        times = [row.from_s for row in self.winds]
        if times != sorted(set(times)):
            raise ScenarioError({"winds": "（此后的风）：起始时间应逐行增大"})
