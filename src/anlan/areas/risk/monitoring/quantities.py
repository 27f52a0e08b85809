"""What instruments measure: names, units, plausible ranges, and by which rule a reading is judged."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """A measured quantity (监测要素)."""

    code: str
    title: str | Promise
    unit: str
    #: Figures after the point that are shown.
    decimals: int = 1
    #: Values outside cannot be true: the reading is kept, marked, and judged by nobody.
    low: float
    high: float
    #: "state" is a value at a moment, "amount" belongs to the time since the last reading, "counter" runs on.
    nature: str = "state"
    #: How readings are judged: by the windows of a rain rule, a station's stage marks, gas set points, own limits.
    judged_by: str = "limits"
    #: What the alarms are about, for those who merge them.
    hazard: str = ""
    #: How long a lower level must last before an alarm falls, minutes.
    hold_minutes: int = 30


_ALL = (
    Quantity(
        code="rain_total", title=_("累计降水量"), unit="mm", low=0, high=99999, nature="counter",
        judged_by="rainstorm", hazard="rainstorm", hold_minutes=60,
    ),
    Quantity(
        code="rain", title=_("时段降水量"), unit="mm", low=0, high=200, nature="amount",
        judged_by="rainstorm", hazard="rainstorm", hold_minutes=60,
    ),
    Quantity(
        code="stage", title=_("水位"), unit="m", decimals=2, low=-50, high=9000,
        judged_by="stage", hazard="flood", hold_minutes=60,
    ),
    Quantity(code="discharge", title=_("流量"), unit="m³/s", decimals=1, low=-5000, high=200000, hazard="flood"),
    Quantity(
        code="gas_combustible", title=_("可燃气体"), unit="%LEL", low=0, high=100,
        judged_by="gas", hazard="gas", hold_minutes=10,
    ),
    Quantity(
        code="gas_toxic", title=_("有毒气体"), unit="%OEL", low=0, high=5000,
        judged_by="gas", hazard="gas", hold_minutes=10,
    ),
    Quantity(code="concentration", title=_("浓度"), unit="mg/m³", decimals=2, low=0, high=100000, hazard="pollution"),
    Quantity(code="cod", title=_("化学需氧量"), unit="mg/L", decimals=1, low=0, high=20000, hazard="pollution"),
    Quantity(code="ph", title=_("pH值"), unit="", decimals=2, low=0, high=14, hazard="pollution"),
    Quantity(code="temperature", title=_("温度"), unit="℃", low=-80, high=2000, hazard="process"),
    Quantity(code="pressure", title=_("压力"), unit="kPa", low=-101, high=100000, hazard="process"),
    Quantity(code="level", title=_("液位"), unit="m", decimals=2, low=0, high=100, hazard="process"),
    Quantity(code="wind_speed", title=_("风速"), unit="m/s", low=0, high=100, hazard="wind"),
    Quantity(code="wind_direction", title=_("风向（来向）"), unit="°", decimals=0, low=0, high=360, hazard="wind"),
    Quantity(code="longitude", title=_("经度"), unit="°", decimals=6, low=-180, high=180, nature="position"),
    Quantity(code="latitude", title=_("纬度"), unit="°", decimals=6, low=-90, high=90, nature="position"),
    Quantity(code="speed", title=_("行驶速度"), unit="km/h", low=0, high=300, hazard="traffic"),
    Quantity(code="mileage", title=_("里程"), unit="km", low=0, high=1e8, nature="counter"),
    Quantity(code="fire_alarm", title=_("火灾报警"), unit="", decimals=0, low=0, high=1, hazard="fire"),
    Quantity(code="fault", title=_("设备故障"), unit="", decimals=0, low=0, high=1),
    Quantity(code="humidity", title=_("湿度"), unit="%", low=0, high=100),
    Quantity(code="current", title=_("电流"), unit="A", decimals=2, low=-1e5, high=1e5),
    Quantity(code="voltage", title=_("电源电压"), unit="V", decimals=2, low=0, high=1000),
)  # fmt: skip
QUANTITIES = {quantity.code: quantity for quantity in _ALL}
CHOICES = [(quantity.code, quantity.title) for quantity in _ALL]

#: What units are called, and their code in UCUM (Unified Code for Units of Measure, version 2.1); %OEL is none of its
#: own: the share of an occupational exposure limit.
UNITS = {
    "": ("1", "1"), "mm": ("毫米", "mm"), "m": ("米", "m"), "m³/s": ("立方米每秒", "m3/s"), "%LEL": ("爆炸下限百分比", "%{LEL}"),
    "%OEL": ("职业接触限值百分比", "%{OEL}"), "mg/m³": ("毫克每立方米", "mg/m3"), "mg/L": ("毫克每升", "mg/L"),
    "℃": ("摄氏度", "Cel"), "kPa": ("千帕", "kPa"), "m/s": ("米每秒", "m/s"), "°": ("度", "deg"),
    "km/h": ("千米每小时", "km/h"), "km": ("千米", "km"), "%": ("百分比", "%"), "A": ("安培", "A"), "V": ("伏特", "V"),
}  # fmt: skip
