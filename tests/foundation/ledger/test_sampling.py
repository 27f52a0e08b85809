"""Sample rows: the same each time, flagged, inside their county, and nobody's real number."""

from importlib import import_module
from importlib.util import find_spec

import pytest
import shapely
from django.apps import apps

from anlan.foundation.accounts.demo import load as load_people
from anlan.foundation.accounts.services import load_departments
from anlan.foundation.ledger import registry
from anlan.foundation.ledger.records import Record
from anlan.foundation.ledger.sampling import Sampler
from anlan.foundation.places.models import Area

SAMPLED = (
    "commandbodies", "seats", "experts", "enterprises", "hazardsources", "shelters", "floodspots", "teams", "depots",
    "norms", "hospitals", "vehicles", "serviceposts",
)  # fmt: skip


@pytest.fixture
def loaded(city, rules):
    """Load the samples of every ledger that has some."""
    load_departments(city)
    load_people(city)
    models = {registry.ledger(name).model for name in SAMPLED}
    labels = {model._meta.app_config.name for model in models}

    def load() -> dict[str, int]:
        for config in apps.get_app_configs():
            if config.name in labels and find_spec(f"{config.name}.demo"):
                import_module(f"{config.name}.demo").load(city)
        return {model.__name__: model._default_manager.count() for model in models}

    return load


def test_samples_are_flagged_and_loaded_once(loaded):
    first = loaded()
    assert all(count >= 6 for count in first.values()), first
    assert loaded() == first
    for name in SAMPLED:
        model = registry.ledger(name).model
        assert issubclass(model, Record)
        assert not model._default_manager.filter(is_demo=False).exists()
        assert model.history.count() == model._default_manager.count()
        if "phone" in {field.name for field in model._meta.get_fields()}:
            assert not model._default_manager.exclude(phone__startswith="0635-000").exists()


def test_places_lie_inside_their_county(city):
    county = Area.objects.get(pk="371526")
    county.geometry = shapely.box(116.2, 36.78, 116.32, 36.9)
    county.save()
    sampler = Sampler(city, "test")
    spots = [sampler.spot("371526") for _ in range(40)]
    assert {spot.township.parent_id for spot in spots} == {"371526"}
    assert all(116.2 <= spot.lon <= 116.32 and 36.78 <= spot.lat <= 36.9 for spot in spots)


def test_the_same_seed_draws_the_same(city):
    first, again = Sampler(city, "a"), Sampler(city, "a")
    assert [first.spot() for _ in range(5)] == [again.spot() for _ in range(5)]
    assert first.person() == again.person()
