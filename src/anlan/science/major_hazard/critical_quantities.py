"""Critical quantities and correction factors of GB 18218-2018 (临界量与校正系数).

Table 1 and table 3 by substance, tables 2 and 4 by class of hazard. Compiled for the project from two independent
transcriptions and two public documents, with the CAS numbers' check digits verified; not compared with the printed
standard (待核对). One conflict: beta of J2 is 1 in one transcription and in memory, 2 in the other; 1 is used.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Substance:
    """A substance named in table 1."""

    number: int
    name: str
    cas: str
    #: Critical quantity Q, t.
    critical_t: float
    #: Correction factor beta of table 3 for toxic gases; others take that of their class.
    beta: float | None

    #: Other names that people search for.
    aliases: tuple[str, ...] = ()

    @property
    def has_condition(self) -> bool:
        """Whether the row is for some contents or states only, so that its CAS number alone does not decide."""
        return any(mark in self.name for mark in "(（[") and self.number not in _PLAIN


@dataclass(frozen=True, kw_only=True)
class HazardClass:
    """A class of hazard of table 2 with its factor of table 4."""

    symbol: str
    label: str
    critical_t: float
    beta: float


CHECKED = "项目汇编，两份转录与两份公开文本互校，CAS校验位全部通过；未与标准原文核对（待核对）"

#: number, name, CAS, Q, beta
_TABLE_1 = (
    (1, "氨", "7664-41-7", 10, 2),
    (2, "二氟化氧", "7783-41-7", 1, None),
    (3, "二氧化氮", "10102-44-0", 1, 10),
    (4, "二氧化硫", "7446-09-5", 20, 2),
    (5, "氟", "7782-41-4", 1, None),
    (6, "碳酰氯", "75-44-5", 0.3, 20),
    (7, "环氧乙烷", "75-21-8", 10, 2),
    (8, "甲醛(含量>90%)", "50-00-0", 5, None),
    (9, "磷化氢", "7803-51-2", 1, 20),
    (10, "硫化氢", "7783-06-4", 5, 5),
    (11, "氯化氢(无水)", "7647-01-0", 20, 3),
    (12, "氯", "7782-50-5", 5, 4),
    (13, "煤气(CO、CO和H2/CH4的混合物等)", "630-08-0", 20, 2),
    (14, "砷化氢", "7784-42-1", 1, None),
    (15, "锑化氢", "7803-52-3", 1, None),
    (16, "硒化氢", "7783-07-5", 1, None),
    (17, "溴甲烷", "74-83-9", 10, 3),
    (18, "丙酮氰醇", "75-86-5", 20, None),
    (19, "丙烯醛", "107-02-8", 20, None),
    (20, "氟化氢", "7664-39-3", 1, 5),
    (21, "1-氯-2,3-环氧丙烷", "106-89-8", 20, None),
    (22, "3-溴-1,2-环氧丙烷", "3132-64-7", 20, None),
    (23, "甲苯二异氰酸酯", "26471-62-5", 100, None),
    (24, "一氯化硫", "10025-67-9", 1, None),
    (25, "氰化氢", "74-90-8", 1, 10),
    (26, "三氧化硫", "7446-11-9", 75, None),
    (27, "3-氨基丙烯", "107-11-9", 20, None),
    (28, "溴", "7726-95-6", 20, None),
    (29, "乙撑亚胺", "151-56-4", 20, None),
    (30, "异氰酸甲酯", "624-83-9", 0.75, 20),
    (31, "叠氮化钡", "18810-58-7", 0.5, None),
    (32, "叠氮化铅", "13424-46-9", 0.5, None),
    (33, "雷汞", "628-86-4", 0.5, None),
    (34, "三硝基苯甲醚", "28653-16-9", 5, None),
    (35, "2,4,6-三硝基甲苯", "118-96-7", 5, None),
    (36, "硝化甘油", "55-63-0", 1, None),
    (37, "硝化纤维素[干的或含水(或乙醇)<25%]", "9004-70-0", 1, None),
    (38, "硝化纤维素(未改型的;或增塑的含增塑剂<18%)", "9004-70-0", 1, None),
    (39, "硝化纤维素(含乙醇≥25%)", "9004-70-0", 10, None),
    (40, "硝化纤维素(含氮≤12.6%)", "9004-70-0", 50, None),
    (41, "硝化纤维素(含水≥25%)", "9004-70-0", 50, None),
    (42, "硝化纤维素溶液(含氮量≤12.6%;含硝化纤维素≤55%)", "9004-70-0", 50, None),
    (43, "硝酸铵(含可燃物>0.2%)", "6484-52-2", 5, None),
    (44, "硝酸铵(含可燃物≤0.2%)", "6484-52-2", 50, None),
    (45, "硝酸铵肥料(含可燃物≤0.4%)", "", 200, None),
    (46, "硝酸钾", "7757-79-1", 1000, None),
    (47, "1,3-丁二烯", "106-99-0", 5, None),
    (48, "二甲醚", "115-10-6", 50, None),
    (49, "甲烷;天然气", "74-82-8", 50, None),
    (50, "氯乙烯", "75-01-4", 50, None),
    (51, "氢", "1333-74-0", 5, None),
    (52, "液化石油气(含丙烷、丁烷及其混合物)", "68476-85-7", 50, None),
    (53, "一甲胺", "74-89-5", 5, None),
    (54, "乙炔", "74-86-2", 1, None),
    (55, "乙烯", "74-85-1", 50, None),
    (56, "氧(压缩的或液化的)", "7782-44-7", 200, None),
    (57, "苯", "71-43-2", 50, None),
    (58, "苯乙烯", "100-42-5", 500, None),
    (59, "丙酮", "67-64-1", 500, None),
    (60, "2-丙烯腈", "107-13-1", 50, None),
    (61, "二硫化碳", "75-15-0", 50, None),
    (62, "环己烷", "110-82-7", 500, None),
    (63, "1,2-环氧丙烷", "75-56-9", 10, None),
    (64, "甲苯", "108-88-3", 500, None),
    (65, "甲醇", "67-56-1", 500, None),
    (66, "汽油(乙醇汽油、甲醇汽油)", "86290-81-5", 200, None),
    (67, "乙醇", "64-17-5", 500, None),
    (68, "乙醚", "60-29-7", 10, None),
    (69, "乙酸乙酯", "141-78-6", 500, None),
    (70, "正己烷", "110-54-3", 500, None),
    (71, "过乙酸", "79-21-0", 10, None),
    (72, "过氧化甲基乙基酮(10%<有效氧含量≤10.7%;含A型稀释剂≥48%)", "1338-23-4", 10, None),
    (73, "白磷", "12185-10-3", 50, None),
    (74, "烷基铝", "", 1, None),
    (75, "戊硼烷", "19624-22-7", 1, None),
    (76, "过氧化钾", "17014-71-0", 20, None),
    (77, "过氧化钠", "1313-60-6", 20, None),
    (78, "氯酸钾", "3811-04-9", 100, None),
    (79, "氯酸钠", "7775-09-9", 100, None),
    (80, "发烟硝酸", "52583-42-3", 20, None),
    (81, "硝酸(发红烟的除外;含硝酸>70%)", "7697-37-2", 100, None),
    (82, "硝酸胍", "506-93-4", 50, None),
    (83, "碳化钙", "75-20-7", 100, None),
    (84, "钾", "7440-09-7", 1, None),
    (85, "钠", "7440-23-5", 10, None),
)
#: symbol, class, Q, beta
_TABLE_2 = (
    ("J1", "急性毒性 类别1 所有暴露途径 气体", 5, 4),
    ("J2", "急性毒性 类别1 所有暴露途径 固体/液体", 50, 1),
    ("J3", "急性毒性 类别2/类别3 所有暴露途径 气体", 50, 2),
    ("J4", "急性毒性 类别2/类别3 吸入途径 液体(沸点≤35℃)", 50, 2),
    ("J5", "急性毒性 类别2 所有暴露途径 液体(除J4外)/固体", 500, 1),
    ("W1.1", "不稳定爆炸物;1.1项爆炸物", 1, 2),
    ("W1.2", "1.2/1.3/1.5/1.6项爆炸物", 10, 2),
    ("W1.3", "1.4项爆炸物", 50, 2),
    ("W2", "易燃气体 类别1和类别2", 10, 1.5),
    ("W3", "气溶胶 类别1和类别2", 150, 1),
    ("W4", "氧化性气体 类别1", 50, 1),
    ("W5.1", "易燃液体 类别1;类别2和3工作温度高于沸点", 10, 1.5),
    (
        "W5.2",
        "易燃液体 类别2和3 具有引发重大事故的特殊工艺条件(危险化工工艺/爆炸极限范围或附近操作/压力>1.6MPa)",
        50,
        1,
    ),
    ("W5.3", "易燃液体 不属W5.1/W5.2的其他类别2", 1000, 1),
    ("W5.4", "易燃液体 不属W5.1/W5.2的其他类别3", 5000, 1),
    ("W6.1", "自反应 A型和B型", 10, 1.5),
    ("W6.2", "自反应 C/D/E型", 50, 1),
    ("W7.1", "有机过氧化物 A型和B型", 10, 1.5),
    ("W7.2", "有机过氧化物 C/D/E/F型", 50, 1),
    ("W8", "自燃液体 类别1;自燃固体 类别1", 50, 1),
    ("W9.1", "氧化性固体和液体 类别1", 50, 1),
    ("W9.2", "氧化性固体和液体 类别2/类别3", 200, 1),
    ("W10", "易燃固体 类别1", 200, 1),
    ("W11", "遇水放出易燃气体 类别1和类别2", 200, 1),
)

#: Names by which the substances of table 1 also go; to find a row, never to judge by.
_ALIASES = {
    int(number): tuple(names)
    for number, *names in map(
        str.split,
        """\
1 液氨 氨气；2 一氧化二氟；4 亚硫酸酐；6 光气；7 氧化乙烯；8 蚁醛；9 膦；12 液氯 氯气；
13 一氧化碳 焦炉煤气 高炉煤气 转炉煤气；14 胂；15 锑化三氢；17 甲基溴；18 丙酮合氰化氢；19 烯丙醛；20 无水氢氟酸；
21 环氧氯丙烷 表氯醇；22 环氧溴丙烷 表溴醇；23 TDI；24 氯化硫；25 氢氰酸；26 硫酸酐；27 烯丙胺；28 溴素；
29 吖丙啶 氮丙啶；30 甲基异氰酸酯 MIC；33 雷酸汞；34 三硝基茴香醚；35 梯恩梯 TNT；36 甘油三硝酸酯；39 硝化棉；
42 硝化棉溶液；47 丁二烯 联乙烯；48 甲醚 DME；49 LNG CNG 液化天然气 压缩天然气；50 乙烯基氯 VCM；51 氢气；
52 LPG 石油气 丙烷 丁烷；53 甲胺 氨基甲烷；54 电石气；56 液氧 氧气；57 纯苯；58 乙烯基苯；59 二甲基酮；
60 丙烯腈；62 六氢化苯；63 环氧丙烷 氧化丙烯；64 甲基苯；65 木醇 木精；67 酒精；68 二乙醚；69 醋酸乙酯；70 己烷；
71 过氧乙酸 过醋酸；73 黄磷；74 三烷基铝 三乙基铝 三甲基铝；75 五硼烷；77 过氧化二钠；83 电石；84 金属钾；
85 金属钠""".replace("\n", "").split("；"),
    )
}
#: Rows whose bracket only explains the name.
_PLAIN = frozenset((11, 13, 52, 56, 66))

SUBSTANCES: dict[int, Substance] = {
    number: Substance(
        number=number, name=name, cas=cas, critical_t=float(critical), beta=beta,
        aliases=_ALIASES.get(number, ()),
    )
    for number, name, cas, critical, beta in _TABLE_1
}  # fmt: skip
CLASSES: dict[str, HazardClass] = {
    symbol: HazardClass(symbol=symbol, label=label, critical_t=float(critical), beta=float(beta))
    for symbol, label, critical, beta in _TABLE_2
}
#: Names the compilation of the tables; changes whenever a number does.
TABLES_VERSION = "GB 18218-2018 表1～表4，项目汇编 1"


def search(text: str) -> tuple[list[Substance], list[HazardClass]]:
    """Rows of table 1 by name, other name or CAS number, and classes of table 2 by symbol or words; all for no text.

    >>> [one.number for one in search("液氯")[0]], [one.number for one in search("67-56-1")[0]]
    ([12], [65])
    >>> [one.symbol for one in search("w5.3")[1]], search("某物质")
    (['W5.3'], ([], []))
    """
    sought = text.strip().casefold()
    rows = [
        one
        for one in SUBSTANCES.values()
        if sought in one.name.casefold() or sought in one.cas or any(sought in name.casefold() for name in one.aliases)
    ]
    classes = [one for one in CLASSES.values() if sought in one.symbol.casefold() or sought in one.label.casefold()]
    return rows, classes
