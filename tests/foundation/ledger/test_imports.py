"""Tables that people really send: wrong encodings, wrong cells, other datums, other people's rows."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from anlan.areas.rescue.teams.models import Team
from anlan.foundation.jobs.models import Job

HEADER = "编号,名称,类别,区域,人数,经度,纬度,备勤状态"


@pytest.fixture
def send(client_of):
    """Upload a table as the county's officer; `save` confirms the dry run."""
    browser = client_of("county")

    def upload(content: bytes | str, name: str = "t.csv", datum: str = "wgs84", save: bool = True) -> dict:
        data = content if isinstance(content, bytes) else content.encode()
        browser.post("/registers/teams/import/", {"file": SimpleUploadedFile(name, data), "datum": datum})
        job = Job.objects.latest("pk")
        assert job.status == "done", job.error
        if save and "refused_file" not in job.result:
            browser.post("/registers/teams/import/", {"dry_run_job": job.pk})
            job = Job.objects.latest("pk")
        job.browser = browser
        return job

    return upload


def test_a_dry_run_writes_nothing(send):
    job = send(f"{HEADER}\nA1,一队,防汛抗旱,371526001,12,116.2,36.8,待命", save=False)
    assert job.result["created"] == 1
    assert Team.objects.count() == 0


def test_each_bad_cell_is_named_with_its_row_and_the_rest_is_saved(send):
    rows = [
        "A1,一队,防汛抗旱,371526001,12,116.2,36.8,待命",
        "A2,二队,不存在的类别,371526001,12,116.2,36.8,待命",
        "A3,三队,防汛抗旱,999999,12,116.2,36.8,待命",
        "A4,四队,防汛抗旱,371526001,很多,116.2,36.8,待命",
        "A5,五队,防汛抗旱,371526001,12,516.2,36.8,待命",
        "A6,六队,防汛抗旱,371526001,12,116.2,,待命",
        "A1,又一队,防汛抗旱,371526001,12,116.2,36.8,待命",
        "A8,八队,防汛抗旱,371502001,12,116.2,36.8,待命",
    ]
    job = send("\n".join([HEADER, *rows]))
    named = {p["row"]: list(p["fields"]) for p in job.result["problems"]}
    assert named == {3: ["类别"], 4: ["区域"], 5: ["人数"], 6: ["经度"], 7: ["纬度"], 8: ["编号"], 9: ["区域"]}
    assert list(Team.objects.values_list("code", flat=True)) == ["A1"]
    refused = b"".join(job.browser.get(f"/registers/jobs/{job.pk}/refused.csv").streaming_content).decode("utf-8-sig")
    assert refused.count("\n") == 8
    assert "不存在的类别" in refused


def test_importing_twice_changes_nothing(send):
    table = f"{HEADER}\nA1,一队,防汛抗旱,371526001,12,116.2,36.8,待命"
    send(table)
    job = send(table)
    assert (job.result["created"], job.result["changed"], job.result["unchanged"]) == (0, 0, 1)
    assert Team.history.count() == 1


def test_only_the_columns_sent_are_changed(send):
    send(f"{HEADER}\nA1,一队,防汛抗旱,371526001,12,116.2,36.8,待命")
    job = send("编号,人数\nA1,30")
    assert job.result["changed"] == 1
    team = Team.objects.get()
    assert (team.people, team.name, team.lon) == (30, "一队", 116.2)
    assert team.history.first().history_user.username == "county"


def test_somebody_elses_row_is_not_touched(send, people):
    Team.objects.create(code="X1", name="外县队", kind="flood", area_id="371502001", people=5)
    job = send(f"{HEADER}\nX1,抢过来,防汛抗旱,371526001,12,116.2,36.8,待命")
    assert job.result["refused"] == 1
    assert Team.objects.get(code="X1").name == "外县队"


def test_gcj02_is_converted(send):
    send(f"{HEADER}\nA1,一队,防汛抗旱,371526001,12,115.99105131,36.45679159,待命", datum="gcj02")
    team = Team.objects.get()
    assert abs(team.lon - 115.985371) < 1e-5
    assert abs(team.lat - 36.456704) < 1e-5


@pytest.mark.parametrize(
    ("name", "content"),
    [("t.csv", b""), ("t.csv", b"\xff\xfe\x00\x00"), ("t.xlsx", b"not a workbook"), ("t.csv", "名称\n一队".encode())],
)
def test_an_unreadable_file_gets_one_clear_answer(send, name, content):
    job = send(content, name)
    assert "refused_file" in job.result
    assert job.browser.get(f"/registers/jobs/{job.pk}/").status_code == 200
    assert Team.objects.count() == 0


def test_gbk_is_read(send):
    send(f"{HEADER}\nA1,一队,防汛抗旱,371526001,12,116.2,36.8,待命".encode("gb18030"))
    assert Team.objects.get().name == "一队"


def test_formulas_leave_as_text_and_come_back(send):
    send(f'{HEADER}\nA1,"=HYPERLINK(""x"")",防汛抗旱,371526001,12,116.2,36.8,待命')
    job = send(f"{HEADER}\n", save=False)
    table = b"".join(job.browser.get("/registers/teams/export.csv").streaming_content).decode("utf-8-sig")
    assert "'=HYPERLINK" in table
    assert send(table).result["unchanged"] == 1


def test_another_persons_job_is_not_shown(send, client_of):
    job = send(f"{HEADER}\nA1,一队,防汛抗旱,371526001,12,116.2,36.8,待命")
    assert client_of("department").get(f"/registers/jobs/{job.pk}/").status_code == 404
