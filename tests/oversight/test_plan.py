"""The plan's data says what the specification says: every word of it, every unit, every number."""

import re
import unicodedata
from collections import Counter
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from anlan.oversight import plan as plans

MISSION = Path(__file__).resolve().parents[3] / "shared" / "mission"


def folded(text: str) -> str:
    """Words only: width, spaces, and the two ways of writing punctuation do not count."""
    text = unicodedata.normalize("NFKC", text).translate(str.maketrans({"。": ".", "《": "«", "》": "»"}))
    return re.sub(r"\s", "", text)


@pytest.fixture(scope="module")
def plan() -> plans.Plan:
    return plans.load()


@pytest.fixture(scope="module")
def mission() -> str:
    if not MISSION.is_dir():
        pytest.skip("the specification (../shared/mission) is not here")
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(MISSION.glob("*.txt")))
    lines = unicodedata.normalize("NFKC", text).splitlines()
    return folded("".join(line for line in lines if not re.fullmatch(r"\s*—\d+—\s*", line)))


def unit_clause(entry: plans.Task | plans.Part) -> str:
    responsible = f";负责单位:{'、'.join(entry.responsible)}" if entry.responsible else ""
    return f"(牵头单位:{'、'.join(entry.lead)}{responsible})"


def test_plan_has_41_tasks_7_projects_and_ten_areas(plan):
    assert [task.number for task in plan.tasks] == list(range(1, 42))
    assert [project.number for project in plan.projects] == list(range(1, 8))
    assert "".join(area.number for area in plan.areas) == "一二三四五六七八九十"
    assert list(Counter(task.area for task in plan.tasks).items()) == list(
        zip((area.folder for area in plan.areas), (4, 5, 4, 3, 4, 4, 5, 4, 4, 4), strict=True)
    )


def test_area_folders_are_the_packages_of_the_ten_areas(plan):
    for area in plan.areas:
        docstring = (files("anlan.areas") / area.folder / "__init__.py").read_text(encoding="utf-8")
        assert f"（{area.number}）{area.title}" in docstring


def test_every_task_stands_word_for_word_in_the_specification(plan, mission):
    for task in plan.tasks:
        said = folded(f"{task.number}.{task.title}.{task.text}")
        paragraphs = task.parts or (task,)
        if task.parts:
            said += "".join(folded(part.text) + unit_clause(part) for part in paragraphs)
        else:
            said += unit_clause(task)
        assert said in mission, f"task {task.number}"


def test_nothing_of_the_main_part_is_left_out(plan, mission):
    said = folded("———".join(plan.general)) + "二、主要任务"
    for area in plan.areas:
        said += f"({area.number}){area.title}"
        for task in plan.tasks:
            if task.area == area.folder:
                said += folded(f"{task.number}.{task.title}.{task.text}")
                said += "".join(folded(part.text) + unit_clause(part) for part in task.parts)
                said += "" if task.parts else unit_clause(task)
    assert said + folded(plan.closing) in mission


def test_projects_stand_in_the_attachment_under_their_headings(plan, mission):
    for category, count in Counter(project.category for project in plan.projects).items():
        assert f"{category}({count}个)" in mission
    for project in plan.projects:
        assert folded(f"{project.title}({'、'.join(project.owners)})") in mission


def test_every_number_and_date_of_the_specification_is_claimed_by_a_target(plan, mission):
    start, end = mission.index("一、总体要求"), mission.index("各级各有关部门要高度重视")
    words = [clause for target in plan.targets for clause in (target.clause, target.general_clause) if clause]
    words += [f"{task.number}.{task.title}." for task in plan.tasks]
    words.append(f"到{plan.deadline.year}年,初步形成")
    claimed = {
        position
        for clause in map(folded, words)
        for found in re.finditer(re.escape(clause), mission)
        for position in range(found.start(), found.end())
    }
    unclaimed = [
        mission[max(found.start() - 15, 0) : found.end() + 15]
        for found in re.compile(r"\d+(\.\d+)?").finditer(mission, start, end)
        if not claimed.issuperset(range(found.start(), found.end()))
    ]
    assert unclaimed == []


def test_goals_are_the_numbers_of_their_clauses(plan):
    counted = {
        "prediction_models",
        "professional_team_fields",
        "catastrophe_scenarios",
        "provincial_research_support",
    }
    words = {"one_risk_map": "一", "epidemics_after_disasters": "无"}
    whole = re.compile("全部|全面|完成|达标|建成|各级政府|各县|满足|确保|达到国家规定标准|基本实现|7×24小时|5分钟")
    every_period = re.compile("至少每(半年|年)组织开展一次")
    for target in plan.targets:
        if target.goal is None:
            continue
        if target.code in counted:
            assert target.clause.count("、") + 1 == target.goal
        elif target.code in words:
            assert words[target.code] in target.clause
        elif target.goal == 100 and "100%" not in target.clause:
            assert whole.search(target.clause), target.code
        elif target.unit.startswith("次/"):
            assert every_period.search(target.clause), target.code
        else:
            assert re.search(rf"(?<![\d.]){re.escape(str(target.goal))}(?!\d)", target.clause), target.code


def test_deadlines_are_those_that_the_words_name(plan):
    named = {"2021": date(2021, 12, 31), "2022": date(2022, 12, 31)}
    for task in plan.tasks:
        words = task.text + "".join(part.text for part in task.parts)
        years = set(re.findall(r"(\d{4})年年底", words))
        assert plan.deadlines_of(task) == tuple(sorted(named[year] for year in years)), f"task {task.number}"
    for target in plan.targets:
        if target.task is None:
            assert target.deadline == plan.deadline


def test_a_task_with_parts_has_the_units_of_its_parts(plan):
    assert plan.task(8).lead[:3] == ("市住房城乡建设局", "市发展改革委", "市农业农村局")
    assert [part.code for part in plan.task(9).parts] == [f"9{letter}" for letter in "abcdefg"]


def test_a_value_meets_its_target_at_the_number_itself(plan):
    assert plan.target("gdp_accident_death_rate").is_met(0.011) is True
    assert plan.target("infectious_beds").is_met(599) is False
    assert plan.target("secondary_accidents").is_met(3) is None


def source() -> str:
    return (files("anlan.oversight") / "plan.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "instead", "complaint"),
    [
        ("number = 41", "number = 40", "task 40 stands twice"),
        ('lead = ["市委编办"]', "lead = []", "task 1: lead is missing"),
        ('title = "完善领导指挥体系"', "", "task 1: title is missing"),
        ('title = "完善领导指挥体系"', 'titel = "x"', "task 1: unknown titel"),
        ('task = "general"', 'task = "all"', 'task is neither a number nor "general"'),
        ('comparison = "<="', 'comparison = "<"', "comparison '<' is none of"),
        ("goal = 0.011", "", "a goal belongs to"),
        ('per = "city"', 'per = "village"', "per 'village' is none of"),
        ('clause = "储备房间不少于400个"', 'clause = "不少于500个"', "the plan does not say '不少于500个'"),
        ('part = "9a"', 'part = "9z"', "no part '9z'"),
        ('area = "grassroots"', 'area = "space"', "no area 'space'"),
        ("[[projects]]", "[[project]]", "projects is missing"),
        ("[[areas]]", "[[areas]", "plan.toml cannot be read"),
    ],
)
def test_a_fault_is_named(words, instead, complaint):
    assert words in source()
    text = source().replace(words, instead, 1) if words != "[[projects]]" else source().replace(words, instead)
    with pytest.raises(plans.PlanError, match=re.escape(complaint)):
        plans.read(text)


def test_unknown_task_or_target_is_named(plan):
    with pytest.raises(KeyError, match="task 42"):
        plan.task(42)
    with pytest.raises(KeyError, match="'beds'"):
        plan.target("beds")
