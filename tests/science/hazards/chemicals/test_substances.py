"""The library of substances: complete where it has to be, and honest where it is not."""

import pytest

from anlan.science.hazards.chemicals import AEGL_MINUTES, substance, substances

#: Substances that a chemical park asks for first.
IMPORTANT = (
    "chlorine", "ammonia", "hydrogen_sulfide", "sulfur_dioxide", "hydrogen_fluoride", "phosgene", "hydrogen_cyanide",
    "carbon_monoxide", "methanol", "benzene", "acrylonitrile", "chloromethane", "bromine", "nitric_acid",
    "formaldehyde", "methyl_isocyanate", "ethylene_oxide", "hydrogen_chloride",
)  # fmt: skip


def test_there_are_at_least_the_64_of_the_city():
    assert len(substances()) >= 64
    assert len({one.cas for one in substances().values()}) == len(substances())


@pytest.mark.parametrize("code", IMPORTANT)
def test_what_matters_most_is_known(code):
    one = substance(code)
    assert one.is_complete
    assert one.un
    assert any(one.aegl)
    assert one.idlh is not None


@pytest.mark.parametrize("one", substances().values(), ids=lambda one: one.code)
def test_numbers_make_sense_together(one):
    sublimes = (one.melting_point_k or 0.0) > (one.boiling_point_k or 0.0)
    if one.is_complete and not sublimes:
        assert one.vapour_pressure_pa(one.boiling_point_k) == pytest.approx(101325.0, rel=0.07)
        assert one.saturation_k(101325.0) == pytest.approx(one.boiling_point_k, rel=0.02)
        assert 0 < one.latent_heat(one.boiling_point_k) < 3e6
        assert 1.0 < one.heat_ratio < 1.7
        assert 50 < one.liquid_density(one.boiling_point_k) < 3500
    for level in one.aegl:
        if level is not None:
            known = [value for value in level.values if value is not None]
            assert len(level.values) == len(AEGL_MINUTES)
            assert known == sorted(known, reverse=True), "longer exposures tolerate less"
            assert level.source
    by_time = zip(*(level.values for level in one.aegl if level is not None), strict=True)
    for values in by_time:
        known = [value for value in values if value is not None]
        assert known == sorted(known)
    if one.erpg is not None:
        known = [value for value in one.erpg.values if value is not None]
        assert known == sorted(known)


def test_recalled_numbers_say_so():
    assert not substance("sulfur_dioxide").aegl[0].is_checked
    assert substance("chlorine").aegl[2].is_checked
    assert substance("methane").aegl == (None, None, None)


def test_a_substance_is_found_by_code_number_and_name():
    assert substance("氨") is substance("7664-41-7") is substance("ammonia")
    with pytest.raises(KeyError):
        substance("kryptonite")
