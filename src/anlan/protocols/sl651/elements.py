"""Elements (编码要素, annex C) and station parameters (遥测站参数, annex D) of SL 651-2014, as printed tables.

A row is identifier, ASCII symbol, unit, data definition, name. ``8,2`` stands for N(8,2): eight digits, two
of them after the point. ``28+8`` stands for eight rows from 28 on, numbered where ``#`` stands; ``-`` is empty.
"""

from __future__ import annotations

from typing import NamedTuple

_ELEMENTS = """
F4   DRP   mm     rain    1小时内每5分钟时段雨量
F5+8 DRZ#  m      level   1小时内5分钟间隔相对水位#
FD   DATA  -      bytes   流速批量数据
F2   RGZS  -      text    人工置数
F3   PIC   -      picture 图片信息
01   AC    m²     8,2     断面面积
02   AI    ℃      3,1     瞬时气温
03   C     ℃      3,1     瞬时水温
04   DR    -      step    时间步长码
05   DT    h.min  4,2     时段长,降水、引排水、抽水历时
06   ED    mm     5,1     日蒸发量
07   EJ    mm     5,1     当前蒸发
08   FL    hPa    5       气压
09   GH    m      5,2     闸坝、水库闸门开启高度
0A   GN    -      3       输水设备、闸门(组)编号
0B   GS    -      1       输水设备类别
0C   GT    孔     3       水库、闸坝闸门开启孔数
0D   GTP   ℃      3,1     地温
0E   H     m      6,2     地下水瞬时埋深
0F   HW    m      5,2     波浪高度
10   M10   %      4,1     10厘米处土壤含水量
11   M20   %      4,1     20厘米处土壤含水量
12   M30   %      4,1     30厘米处土壤含水量
13   M40   %      4,1     40厘米处土壤含水量
14   M50   %      4,1     50厘米处土壤含水量
15   M60   %      4,1     60厘米处土壤含水量
16   M80   %      4,1     80厘米处土壤含水量
17   M100  %      4,1     100厘米处土壤含水量
18   MST   %      4,1     湿度
19   NS    台     2       开机台数
1A   P1    mm     5,1     1小时时段降水量
1B   P2    mm     5,1     2小时时段降水量
1C   P3    mm     5,1     3小时时段降水量
1D   P6    mm     5,1     6小时时段降水量
1E   P12   mm     5,1     12小时时段降水量
1F   PD    mm     5,1     日降水量
20   PJ    mm     5,1     当前降水量
21   PN01  mm     5,1     1分钟时段降水量
22   PN05  mm     5,1     5分钟时段降水量
23   PN10  mm     5,1     10分钟时段降水量
24   PN30  mm     5,1     30分钟时段降水量
25   PR    mm     5,1     暴雨量
26   PT    mm     6,1     降水量累计值
27   Q     m³/s   9,3     瞬时流量、抽水流量
28+8 Q#    m³/s   9,3     取(排)水口流量#
30   QA    m³/s   9,3     总出库流量、过闸总流量
31   QZ    m³/s   9,3     输水设备流量、过闸(组)流量
32   SW    万t    11,3    输沙量
33   UC    -      2       风向
34   UE    级     2       风力
35   US    m/s    4,1     风速
36   VA    m/s    5,3     断面平均流速
37   VJ    m/s    5,3     当前瞬时流速
38   VT    V      4,2     电源电压
39   Z     m      7,3     瞬时河道水位、潮位
3A   ZB    m      7,3     库(闸、站)下水位
3B   ZU    m      7,3     库(闸、站)上水位
3C+8 Z#    m      7,3     取(排)水口水位#
44   SQ    kg/m³  9,3     含沙量
45   ZT    -      bits    遥测站状态及报警信息
46   pH    -      4,2     pH值
47   DO    mg/L   4,1     溶解氧
48   COND  μS/cm  5       电导率
49   TURB  度     3       浊度
4A   CODMN mg/L   4,1     高锰酸盐指数
4B   REDOX mV     5,1     氧化还原电位
4C   NH4N  mg/L   6,2     氨氮
4D   TP    mg/L   5,3     总磷
4E   TN    mg/L   5,2     总氮
4F   TOC   mg/L   4,2     总有机碳
50   CU    mg/L   7,4     铜
51   ZN    mg/L   6,4     锌
52   SE    mg/L   7,5     硒
53   AS    mg/L   7,5     砷
54   THG   mg/L   7,5     总汞
55   CD    mg/L   7,5     镉
56   PB    mg/L   7,5     铅
57   CHLA  mg/L   4,2     叶绿素a
58+8 WP#   kPa    5,2     水压#
60+8 SYL#  m³     11,3    水表#剩余水量
68+8 SBL#  m³/h   10,2    水表#每小时水量
70   VTA   V      4,1     交流A相电压
71   VTB   V      4,1     交流B相电压
72   VTC   V      4,1     交流C相电压
73   VIA   A      4,1     交流A相电流
74   VIB   A      4,1     交流B相电流
75   VIC   A      4,1     交流C相电流
"""

_PARAMETERS = """
01   -  -     centres   中心站地址
02   -  -     station   遥测站地址
03   -  -     password  密码
04   -  -     channel   中心站1主信道类型及地址
05   -  -     channel   中心站1备用信道类型及地址
06   -  -     channel   中心站2主信道类型及地址
07   -  -     channel   中心站2备用信道类型及地址
08   -  -     channel   中心站3主信道类型及地址
09   -  -     channel   中心站3备用信道类型及地址
0A   -  -     channel   中心站4主信道类型及地址
0B   -  -     channel   中心站4备用信道类型及地址
0C   -  -     2         工作方式
0D   -  -     collected 遥测站采集要素设置
0E   -  -     relayed   中继站(集合转发站)服务地址范围
0F   -  -     card      遥测站通信设备识别号
20   -  h     2         定时报时间间隔
21   -  min   2         加报时间间隔
22   -  h     2         降水量日起始时间
23   -  s     4         采样间隔
24   -  min   2         水位数据存储间隔
25   -  mm    2,1       雨量计分辨力
26   -  cm    2,1       水位计分辨力
27   -  mm    2         雨量加报阈值
28+8 -  m     7,3       水位基值#
30+8 -  m     5,3       水位修正基值#
38+8 -  m     4,2       加报水位#
40   -  m     3,2       加报水位以上加报阈值
41   -  m     3,2       加报水位以下加报阈值
42   -  m³/s  6,3       流量加报阈值
43   -  m/s   5,3       流速加报阈值
44   -  m     3,2       闸位加报阈值
45   -  kW    6         功率加报阈值
46   -  hPa   4         气压加报阈值
47   -  m/s   4,2       风速加报阈值
48   -  ℃     2,1       水温加报阈值
49/8 -  m     4,2       取(排)水口#上限水位|取(排)水口#下限水位
59/8 -  kPa   8,2       取(排)水口#上限水压|取(排)水口#下限水压
69/1 -  ℃     3,1       水温上限|水温下限
6B/1 -  -     2,1       pH值上限|pH值下限
6D/1 -  mg/L  4,1       溶解氧上限|溶解氧下限
6F/1 -  mg/L  4,1       高锰酸盐指数上限|高锰酸盐指数下限
71/1 -  μS/cm 5         电导率上限|电导率下限
73/1 -  mV    5,1       氧化还原电位上限|氧化还原电位下限
75/1 -  度    3         浊度上限|浊度下限
77/1 -  mg/L  6,2       氨氮上限|氨氮下限
79/1 -  mg/L  5,2       总氮上限|总氮下限
7B/1 -  mg/L  7,4       铜上限|铜下限
7D/1 -  mg/L  6,4       锌上限|锌下限
7F/1 -  mg/L  5,2       氟化物上限|氟化物下限
81/1 -  mg/L  7,5       硒上限|硒下限
83/1 -  mg/L  7,5       砷上限|砷下限
85/1 -  mg/L  7,5       汞上限|汞下限
87/1 -  mg/L  7,5       镉上限|镉下限
89/1 -  mg/L  4,2       总有机碳上限|总有机碳下限
8B/1 -  mg/L  4,2       叶绿素上限|叶绿素下限
8D   -  m³/s  11,3      流量上限
8E+8 -  m³    11,3      水表#充值水量
96   -  m³    11,3      水量定值量
97   -  -     order     固态存储数据初始化
98   -  -     order     遥测终端参数恢复出厂设置
99+8 -  m³    11,3      水表#水量表底(初始)值
A1+8 -  m³    11,3      水表#剩余水量报警值
"""

_SIZES = {"rain": 12, "level": 24, "step": 3, "bits": 4, "centres": 4, "station": 5, "password": 2, "collected": 8}
_MARKED = {"text", "picture"}  # the definition byte repeats the identifier
_TO_THE_END = _MARKED | {"bytes"}


class Element(NamedTuple):
    """One row of table C.1, D.1 or D.4."""

    identifier: str
    """Identifier lead (标识符引导符), two hexadecimal digits."""
    symbol: str
    """ASCII identifier (标识符ASCII码); empty for parameters."""
    name: str
    unit: str
    kind: str
    """``number`` for BCD digits, else how its bytes are to be read."""
    size: int
    """Usual number of bytes."""
    decimals: int

    @property
    def definition(self) -> int:
        """Usual second byte: size in the high five bits, decimals in the low three (table 26).

        >>> f"{ELEMENTS['39'].definition:02X}", f"{ELEMENTS['F4'].definition:02X}"
        ('23', '60')
        """
        if self.kind in _MARKED:
            return int(self.identifier, 16)
        if self.kind == "bytes":
            return 0xF6
        return (self.size << 3 | self.decimals) & 0xFF


def _row(identifier: int, symbol: str, name: str, unit: str, definition: str) -> Element:
    kind, size, decimals = definition, _SIZES.get(definition, 0), 0
    if definition[0].isdigit():
        digits, _, places = definition.partition(",")
        kind, size, decimals = "number", (int(digits) + 1) // 2, int(places or 0)
    return Element(f"{identifier:02X}", symbol.strip("-"), name, unit.strip("-"), kind, size, decimals)


def _table(text: str) -> dict[str, Element]:
    rows = []
    for line in text.strip().splitlines():
        lead, symbol, unit, definition, names = line.split(maxsplit=4)
        first = int(lead[:2], 16)
        alternatives = names.split("|")
        count = int(lead[3:] or 1) * len(alternatives)
        for place in range(count):
            number = str(place // len(alternatives) + 1)
            name = alternatives[place % len(alternatives)].replace("#", number)
            rows.append(_row(first + place, symbol.replace("#", number), name, unit, definition))
    return {row.identifier: row for row in rows}


ELEMENTS = _table(_ELEMENTS)
"""Elements by identifier lead."""
PARAMETERS = _table(_PARAMETERS)
"""Parameters by identifier lead: 01-0F of the basic (D.1), 20-A8 of the running configuration (D.4)."""
SYMBOLS = {row.symbol: row for row in ELEMENTS.values()}
"""Elements by ASCII symbol."""


def element(identifier: str) -> Element | None:
    """The element of an identifier, or None when it is reserved or the user's own.

    >>> element("39").name, element("39").unit, element("FF09")
    ('瞬时河道水位、潮位', 'm', None)
    """
    return ELEMENTS.get(identifier)
