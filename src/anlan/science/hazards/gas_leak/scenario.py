"""What must be given of a gas leak (燃气泄漏情景)."""

from dataclasses import dataclass

from anlan.science.hazards.declaring import ScenarioError, Spread, given
from anlan.science.hazards.gas_leak.gases import ATMOSPHERE, COMPONENTS, FuelGas, mixture, usual
from anlan.science.hazards.gas_leak.soil import SOILS
from anlan.science.hazards.sentences import tell
from anlan.science.hazards.weather import STRONGEST_FOR_FLAMES, air_temperature, humidity, wind_direction, wind_speed

GASES = {
    "natural_gas": "天然气（典型组成）",
    "methane": "纯甲烷",
    "lpg": "液化石油气（气态，丙烷丁烷各半）",
    "coal_gas": "人工煤气（焦炉煤气典型组成）",
    "hydrogen": "氢气",
    "given": "按组成填写",
}
SITES = {"open": "明管或已开挖暴露", "buried": "埋地"}
SOIL_LABELS = {"gravel": "砾石、回填碎石", "sand": "砂土", "loam": "壤土", "clay": "黏土"}
ENCLOSURES = {"room": "房间、厨房", "manhole": "阀井、检查井", "void": "暗河、地下空腔", "tunnel": "综合管廊燃气舱"}
MIXINGS = {"layered": "分层（轻气聚顶、重气沉底）", "mixed": "全室均匀"}
KINDS = {"pipe": "管段", "valve": "阀门", "regulator": "调压器"}
USERS = {
    "source": "气源",
    "homes": "居民用户",
    "hospital": "医院",
    "school": "学校",
    "industry": "工业用户",
    "commerce": "商业用户",
    "other": "其他",
}
ASSUMED = "典型值，应按实际填写"


@dataclass(frozen=True, kw_only=True)
class Part:
    """A component of the gas."""

    component: str = given("组分", choices={code: one.label for code, one in COMPONENTS.items()})
    percent: float = given("体积分数", unit="%", low=0, high=100)


@dataclass(frozen=True, kw_only=True)
class Pipe:
    """The leaking pipe, its gas and its valves."""

    gas: str = given("燃气种类", choices=GASES, default="natural_gas")
    composition: tuple[Part, ...] = given("气体组成", default=(), help="仅在燃气种类为“按组成填写”时使用，合计为100%")
    hydrogen_percent: float = given("掺氢比例", unit="%", low=0, high=30, default=0.0, help="掺入上述燃气后的体积分数")
    pressure_mpa: float = given(
        "运行压力（表压）",
        unit="MPa",
        low=0.001,
        high=9.9,
        source="城镇燃气压力分级 GB 50028-2006 表6.1.6；状态方程核对到10 MPa",
        spread=Spread(kind="relative", scale=0.05, source="压力表与调压波动，估计"),
    )
    temperature_c: float = given("燃气温度", unit="℃", low=-10, high=50, default=15.0)
    diameter_mm: float = given("管道内径", unit="mm", low=10, high=1400)
    hole_mm: float = given(
        "泄漏孔等效直径",
        unit="mm",
        low=0.1,
        high=1400,
        help="不小于管径时按全孔径开口计算",
        spread=Spread(kind="relative", scale=0.3, source="现场目估误差，估计"),
    )
    is_rupture: bool = given("是否整管断开", default=False, help="断开时两端各按全截面泄放，孔径不起作用")
    discharge_coefficient: float = given(
        "流量系数", low=0.5, high=1.0, default=0.9, source="圆形1.0、三角形0.95、长方形0.9：HJ 169-2018 附录F（待核对）"
    )
    roughness_mm: float = given(
        "管壁粗糙度", unit="mm", low=0.001, high=1.0, default=0.1, source="钢管0.1～0.2，PE 0.01；待核对"
    )
    upstream_m: float = given("泄漏点到上游阀门或调压器的管长", unit="m", low=5, high=50_000, default=500.0)
    downstream_m: float = given("泄漏点到下游阀门的管长", unit="m", low=5, high=50_000, default=500.0)
    is_fed_downstream: bool = given("下游是否也供气（环网）", default=False)
    supply_limit_m3_h: float | None = given(
        "每侧最大供气能力（标准状态）",
        unit="m³/h",
        low=1,
        high=1e7,
        default=None,
        help="调压器或压缩机的能力；不填则阀门处压力不降",
    )
    upstream_close_min: float = given(
        "上游阀门开始关闭的时间", unit="min", low=0, high=600, default=30.0, source=ASSUMED
    )
    downstream_close_min: float = given(
        "下游阀门开始关闭的时间", unit="min", low=0, high=600, default=30.0, source=ASSUMED
    )
    closing_min: float = given("关阀历时", unit="min", low=0.05, high=60, default=2.0, source=ASSUMED)

    def __post_init__(self) -> None:
        problems = {}
        total = sum(one.percent for one in self.composition)
        if self.gas == "given" and abs(total - 100.0) > 1.0:
            problems["composition"] = tell("（气体组成）：各组分体积分数合计应为 100%，现在是 {total:g}%", total=total)
        if self.gas == "given" and not any(
            one.percent > 0 and COMPONENTS[one.component].combustion_heat for one in self.composition
        ):
            problems["composition"] = "（气体组成）：没有可燃组分"
        if self.gas in GASES and not problems:
            dew = self.fuel().dew_pressure(self.temperature_c + 273.15)
            if self.pressure_mpa * 1e6 + ATMOSPHERE > 0.9 * dew:
                problems["pressure_mpa"] = tell(
                    "（运行压力）：此组成在 {temperature_c:g} ℃ 下约 {dew:.2f} MPa 即可能液化，模型只适用于气态，请降低压力或改用两相泄漏模型",
                    temperature_c=self.temperature_c,
                    dew=dew / 1e6 - 0.1,
                )
        if problems:
            raise ScenarioError(problems)

    def fuel(self) -> FuelGas:
        """The gas with its hydrogen."""
        if self.gas != "given":
            return usual(self.gas, self.hydrogen_percent)
        amounts: dict[str, float] = {}
        for one in self.composition:
            share = one.percent * (100.0 - self.hydrogen_percent) / 100.0
            amounts[one.component] = amounts.get(one.component, 0.0) + share
        amounts["hydrogen"] = amounts.get("hydrogen", 0.0) + self.hydrogen_percent
        return mixture(amounts)


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where the pipe lies, the weather and the jet."""

    kind: str = given("敷设方式", choices=SITES, default="open")
    depth_m: float = given("管中心埋深", unit="m", low=0.3, high=5, default=1.0)
    soil: str = given("土质", choices={code: SOIL_LABELS[code] for code in SOILS}, default="sand")
    is_sealed: bool = given("地面是否封闭", default=False, help="沥青、混凝土、冻土或积水路面")
    neighbour_m: float = given("最近的建筑或井室距离", unit="m", low=0.5, high=200, default=10.0)
    # A leak in a street: the wind between houses changes more than at the station that reports it.
    wind_m_s: float = wind_speed(
        high=STRONGEST_FOR_FLAMES, default=2.0,
        spread=Spread(kind="relative", scale=0.4, source="街道内近地风，10 分钟平均的变率（估计）"),
    )  # fmt: skip
    wind_from_deg: float = wind_direction(
        default=315.0, spread=Spread(kind="normal", scale=20.0, source="街道内近地风（估计）")
    )
    # The state that the examples of the model card are computed at.
    air_temperature_c: float = air_temperature(default=15.0)
    humidity_percent: float = humidity(default=60.0)
    is_upwards: bool = given("射流是否向上", default=True, help="否则为水平射流")
    bearing_deg: float | None = given(
        "水平射流朝向", unit="°", low=0, high=360, default=None, help="不填则按各方向都可能处理"
    )
    ignition_s: float = given("点燃时间", unit="s", low=0, high=86_400, default=0.0, help="自泄漏开始，0为立即点燃")
    exposure_s: float = given(
        "人员受热时间", unit="s", low=5, high=300, default=30.0, source="GRI-00/0189：30 s 内可就近躲避"
    )
    radiant_share: float | None = given(
        "热辐射系数",
        low=0.05,
        high=0.5,
        default=None,
        help="不填则按燃气取：天然气0.20、液化石油气0.30、煤气和氢0.15",
        source="天然气0.2：GRI-00/0189；其余待核对",
        spread=Spread(kind="relative", scale=0.25, source="实测0.137～0.202（Loughborough 天然气射流火）"),
    )
    blast_share: float = given(
        "爆炸能量转换系数",
        low=0.01,
        high=0.3,
        default=0.04,
        source="TNT当量系数 0.04，AQ/T 3046-2013（待核对）",
        spread=Spread(kind="relative", scale=0.5, source="文献值0.02～0.1"),
    )


@dataclass(frozen=True, kw_only=True)
class Enclosure:
    """A closed space that the gas gets into."""

    kind: str = given("空间类型", choices=ENCLOSURES, default="room")
    length_m: float = given("长", unit="m", low=0.5, high=1000, default=4.0)
    width_m: float = given("宽", unit="m", low=0.5, high=200, default=3.0)
    height_m: float = given("高", unit="m", low=0.5, high=30, default=2.6)
    leak_height_m: float = given("漏入点高度", unit="m", low=0, high=30, default=0.8)
    leak_at_m: float = given("漏入点到管廊进风端的距离", unit="m", low=0, high=1000, default=50.0)
    entering_share: float = given(
        "进入该空间的泄漏份额", low=0.001, high=1, default=1.0, help="室内管道泄漏为1；经土壤渗入时远小于1"
    )
    air_changes_h: float = given(
        "通风换气次数",
        unit="次/h",
        low=0,
        high=100,
        default=0.5,
        source="门窗关闭的住宅0.3～1；管廊燃气舱平时6（GB 50838-2015，待核对）",
        spread=Spread(kind="relative", scale=0.5, source="住宅渗透风的变率，估计"),
    )
    emergency_air_changes_h: float = given(
        "报警后的事故通风换气次数",
        unit="次/h",
        low=0,
        high=100,
        default=12.0,
        source="管廊燃气舱 GB 50838-2015（待核对）",
    )
    alarm_percent: float = given(
        "报警设定值",
        unit="%LEL",
        low=1,
        high=60,
        default=20.0,
        source="GB/T 50493-2019：一级不高于25，二级50；CJJ/T 146-2011：20（待核对）",
    )
    detector_spacing_m: float = given("管廊探测器间距", unit="m", low=1, high=100, default=15.0, source="待核对")
    still_dispersion_m2_s: float = given(
        "管廊静风扩散系数",
        unit="m²/s",
        low=1e-4,
        high=5,
        default=0.05,
        source="假设值",
        spread=Spread(kind="relative", scale=0.7, source="假设值，量级不确定"),
    )
    mixing: str = given("混合方式", choices=MIXINGS, default="layered")
    vent_m2: float = given("泄压面积（门窗）", unit="m²", low=0, high=2000, default=3.0)

    def __post_init__(self) -> None:
        problems = {}
        if self.leak_height_m > self.height_m:
            problems["leak_height_m"] = tell(
                "（漏入点高度）：{leak_height_m:g} 高于空间高度 {height_m:g} m",
                leak_height_m=self.leak_height_m,
                height_m=self.height_m,
            )
        if self.kind == "tunnel" and self.leak_at_m > self.length_m:
            problems["leak_at_m"] = tell(
                "（漏入点位置）：{leak_at_m:g} 超出舱室长度 {length_m:g} m",
                leak_at_m=self.leak_at_m,
                length_m=self.length_m,
            )
        if problems:
            raise ScenarioError(problems)


@dataclass(frozen=True, kw_only=True)
class LinkRow:
    """A link of the network."""

    name: str = given("编号")
    start: str = given("起点节点", help="调压器为高压侧")
    end: str = given("终点节点", help="调压器为低压侧")
    kind: str = given("类型", choices=KINDS)
    length_m: float = given("长度", unit="m", low=0, high=100_000, default=0.0)
    diameter_mm: float = given("内径", unit="mm", low=0, high=1400, default=0.0)
    pressure_mpa: float = given("运行压力（表压）", unit="MPa", low=0, high=9.9, default=0.0)
    is_open: bool = given("阀门是否开启", default=True)
    is_closable: bool = given("阀门能否关闭", default=True, help="失灵、被埋、够不着的填否")
    minutes: float = given("到场并关闭所需时间", unit="min", low=0, high=600, default=15.0)


@dataclass(frozen=True, kw_only=True)
class UserRow:
    """Who is supplied at a node, or a source."""

    node: str = given("节点")
    kind: str = given("类别", choices=USERS)
    name: str = given("名称", default="")
    count: int = given("户数", low=0, high=1_000_000, default=1)


@dataclass(frozen=True, kw_only=True)
class Net:
    """The network round the leak."""

    leaking: str = given("泄漏管段编号")
    links: tuple[LinkRow, ...] = given("管段、阀门、调压器")
    users: tuple[UserRow, ...] = given("气源和用户")

    def __post_init__(self) -> None:
        problems = {}
        names = [row.name for row in self.links if row]
        twice = sorted({name for name in names if names.count(name) > 1}) if len(names) < 2000 else []
        if twice:
            problems["links"] = tell("（管段、阀门、调压器）：编号重复 {twice}", twice=twice[:5])
        if not any(row and row.name == self.leaking and row.kind == "pipe" for row in self.links):
            problems["leaking"] = tell("（泄漏管段编号）：{leaking} 不是表中的管段", leaking=self.leaking)
        if not any(row and row.kind == "source" for row in self.users):
            problems["users"] = "（气源和用户）：没有气源，至少填一行类别为气源的节点"
        if problems:
            raise ScenarioError(problems)


@dataclass(frozen=True, kw_only=True)
class GasLeak:
    """A leak from a gas pipe; the origin is the leak."""

    pipe: Pipe = given("管道与燃气")
    site: Site = given("环境与射流", default=Site())
    enclosure: Enclosure | None = given("燃气进入的密闭空间", default=None)
    net: Net | None = given("管网与阀门", default=None)
    duration_min: float = given("推算时长", unit="min", low=5, high=2880, default=240.0)

    def __post_init__(self) -> None:
        if self.site and self.site.ignition_s > self.duration_min * 60.0:
            raise ScenarioError({"site.ignition_s": "（点燃时间）：晚于推算时长，请加长推算时长"})
