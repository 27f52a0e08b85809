"""The measures of GB/T 9704-2012: paper, type area, sizes of type, and the typefaces with their substitutes."""

#: Millimetres: paper, 天头, 地脚 (what the 225 mm type area leaves), 订口, 切口.
PAPER_MM = (210, 297)
TOP_MM, BOTTOM_MM, LEFT_MM, RIGHT_MM = 37, 35, 28, 26
LINES, CHARACTERS = 22, 28

#: Points by the Chinese names of type sizes: 2号, 3号, 4号.
SIZE_2, SIZE_3, SIZE_4 = 22.0, 16.0, 14.0
MM = 72 / 25.4
#: Points from line to line, and from character to character, so that the type area takes 22 lines of 28.
LINE_PITCH = 225 * MM / LINES
CHARACTER_PITCH = 156 * MM / CHARACTERS

RED = "C00000"

FANGSONG = ("FangSong_GB2312", "FangSong", "仿宋_GB2312", "仿宋")
KAITI = ("KaiTi_GB2312", "KaiTi", "楷体_GB2312", "楷体")
HEITI = ("SimHei", "黑体")
XIAOBIAOSONG = ("FZXiaoBiaoSong-B05S", "方正小标宋简体")
SERIF, SANS = "Noto Serif SC", "Noto Sans SC"
