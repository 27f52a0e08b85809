"""The API's words for what is wrong, and its schema."""

from anlan.areas.rescue.teams.models import Team


def test_problems_name_the_fields(client_of):
    answer = client_of("county").post(
        "/api/v1/teams", {"code": "A1", "people": "many"}, content_type="application/json"
    )
    assert answer.status_code == 422


def test_missing_fields_are_listed(client_of):
    answer = client_of("county").post("/api/v1/teams", {"code": "A1", "people": 3}, content_type="application/json")
    assert set(answer.json()["fields"]) >= {"name", "kind", "area"}


def test_patch_changes_one_field(client_of, people):
    team = Team.objects.create(code="A1", name="一队", kind="flood", area_id="371526001", people=5)
    answer = client_of("county").patch(f"/api/v1/teams/{team.pk}", {"people": 8}, content_type="application/json")
    assert answer.json()["people"] == 8
    assert Team.objects.get().name == "一队"


def test_the_schema_has_every_register(client_of):
    schema = client_of("analyst").get("/api/v1/openapi.json").json()
    assert "/api/v1/teams" in schema["paths"]
    assert "people" in schema["components"]["schemas"]["TeamFields"]["properties"]


def test_lists_are_paged_and_filtered(client_of, people):
    for n in range(5):
        Team.objects.create(
            code=f"A{n}", name=f"{n}队", kind="flood" if n % 2 else "fire", area_id="371526001", people=5
        )
    found = client_of("analyst").get("/api/v1/teams?limit=2&kind=fire").json()
    assert (found["count"], len(found["items"])) == (3, 2)
    assert client_of("analyst").get("/api/v1/teams?kind=nonsense").status_code == 422
    assert client_of("analyst").get("/api/v1/teams/abc").status_code == 404
