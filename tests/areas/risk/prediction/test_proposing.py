"""What is known fills inputs that the models really have."""

import pytest

from anlan.areas.risk.prediction.proposing import FILLS
from anlan.science.hazards.catalogue import hazards
from anlan.science.hazards.declaring import declared, kind_of


@pytest.mark.parametrize("code", FILLS)
def test_every_filled_input_exists(code):
    for path, _known in FILLS[code]:
        scenario = hazards()[code].scenario
        for name in path.split("."):
            assert name in declared(scenario), path
            scenario = kind_of(scenario, name)[0]
