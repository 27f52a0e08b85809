"""Official documents (公文) in the layout of GB/T 9704-2012, as PDF and DOCX from one dataclass.

The standard's typefaces are under licence. The PDF takes 仿宋_GB2312, 楷体_GB2312, 黑体 and 方正小标宋简体 from the
folder named by the setting `fonts_dir`; without them Noto Serif SC stands in for 仿宋, 楷体 and 小标宋, and
Noto Sans SC for 黑体. The DOCX names the standard's typefaces and leaves the substitution to the reader's computer.
"""
