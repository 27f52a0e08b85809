"""Draw the validation pages: every model against published numbers, with the measures that the field uses.

    python tools/validate.py            # writes docs/science/validation/

The cases come from tests/verification/MODEL/cases.py, `groups()`; each names its source, and the tests hold the models
to them.
Pictures need matplotlib, which the test packages bring.
"""

import sys
from datetime import date
from importlib import import_module
from pathlib import Path

import matplotlib as mpl
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "science" / "validation"
sys.path[:0] = [str(ROOT), str(ROOT / "src")]
mpl.use("svg")
mpl.rcParams["svg.hashsalt"] = "anlan"  # the same figures give the same picture

import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.font_manager import fontManager  # noqa: E402

fontManager.addfont(ROOT / "src/anlan/foundation/documents/fonts/NotoSansSC_400Regular.ttf")  # units such as 人
mpl.rcParams["font.family"] = ["DejaVu Sans", "Noto Sans SC"]

from anlan.science.hazards.catalogue import hazards  # noqa: E402
from anlan.science.statistics import agreement  # noqa: E402

#: A case of a model: what it is, published, computed, unit, source.
Case = tuple[str, float, float, str, str]


def groups_of(code: str) -> dict[str, list[Case]]:
    """The cases of a model by data set and use, those that can be told as numbers."""
    found = import_module(f"tests.verification.{code}.cases").groups()
    return {name: [row for row in rows if np.isfinite(row[1]) and np.isfinite(row[2])] for name, rows in found.items()}


def draw(code: str, groups: dict[str, list[Case]], path: Path) -> None:
    """Computed against published, one panel a data set, with the lines of a factor of two."""
    across = 4
    down = -(-len(groups) // across)
    figure, panels = plt.subplots(down, across, figsize=(3.6 * across, 3.5 * down), squeeze=False)
    for panel in panels.flat[len(groups) :]:
        panel.set_visible(False)
    for panel, (name, rows) in zip(panels.flat, groups.items(), strict=False):
        seen, said = np.array([row[1] for row in rows]), np.array([row[2] for row in rows])
        both = np.concatenate((seen, said))
        low, high = both[both > 0].min() / 2, both.max() * 2
        line = np.array([low, high])
        panel.loglog(line, line, "k-", lw=1)
        panel.loglog(line, 2 * line, "k:", lw=0.8)
        panel.loglog(line, line / 2, "k:", lw=0.8)
        panel.loglog(seen, said, "o", ms=4, alpha=0.6)
        panel.set(xlim=(low, high), ylim=(low, high), xlabel="published", ylabel="computed")
        panel.set_title(f"{name}, {'/'.join(dict.fromkeys(row[3] or '1' for row in rows))}", fontsize=8)
    figure.suptitle(code)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def measures(rows: list[Case]) -> str:
    """FAC2, FB, NMSE, MG and VG as cells of a table."""
    seen, said = np.array([row[1] for row in rows]), np.array([row[2] for row in rows])
    is_positive = (seen > 0) & (said > 0)
    figures = [agreement.fac2(seen, said), agreement.fractional_bias(seen, said), agreement.nmse(seen, said)]
    logs = seen[is_positive], said[is_positive]
    figures += [agreement.geometric_mean_bias(*logs), agreement.geometric_variance(*logs)]
    return " | ".join("—" if np.isnan(figure) else f"{figure:.2f}" for figure in figures)


def page(code: str, title: str) -> str:
    """One model's page; draws its picture beside it."""
    groups = groups_of(code)
    draw(code, groups, PAGES / f"{code}.svg")
    lines = [
        f"# {title}：验证 / Validation of `{code}`", "",
        f"模型卡：[`src/anlan/science/hazards/{code}/README.md`](../../../src/anlan/science/hazards/{code}/README.md)。",
        "tuned：模型参数照它定过；seen：选模型时看过；judged：只用来判。哪里不准、为什么，见模型卡。", "",
        f"![computed against published]({code}.svg)", "",
        "| 数据 data | n | FAC2 | FB | NMSE | MG | VG |", "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    lines += [f"| {name} | {len(rows)} | {measures(rows)} |" for name, rows in groups.items()]
    lines += [
        "",
        "FAC2 = 1、FB = 0、NMSE = 0、MG = 1、VG = 1 为完全一致（Chang & Hanna 2004）；MG 大于 1 表示算得偏小。",
        "",
    ]
    for name, rows in groups.items():
        lines += [
            f"## {name}",
            "",
            "| 算例 case | 公布值 published | 计算值 computed | 单位 | 比 ratio | 来源 source |",
        ]
        lines += ["|---|---|---|---|---|---|"]
        for case, seen, said, unit, source in rows:
            ratio = f"{said / seen:.2f}" if seen else "—"
            cells = (case, f"{seen:.4g}", f"{said:.4g}", unit or "—", ratio, source)
            lines.append(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |")
        lines.append("")
    return "\n".join(lines)


def main() -> int:
    """Write a page and a picture for each model that has cases, and the list of them."""
    PAGES.mkdir(parents=True, exist_ok=True)
    listed = []
    for code, model in hazards().items():
        if (ROOT / "tests" / "verification" / code / "cases.py").exists():
            (PAGES / f"{code}.md").write_text(page(code, model.title), "utf-8")
            listed.append(f"- [{model.title} `{code}`]({code}.md)")
            print(f"{code}: written")
        else:
            listed.append(f"- {model.title} `{code}`：还没有与公布数据的对比")
    head = ["# 模型验证 / Validation", "", f"由 `make validate` 生成，{date.today():%Y-%m-%d}。", ""]  # noqa: DTZ011
    (PAGES / "README.md").write_text("\n".join([*head, *listed, ""]), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
