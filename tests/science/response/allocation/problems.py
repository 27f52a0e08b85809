"""Random questions of relief supplies, small ones for properties and large ones for times."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anlan.science.response.allocation import Problem


@st.composite
def problems(draw):
    """A few stores, places, items and kinds of trucks; some roads are closed or too long, some links forbidden."""
    stores, places, items, kinds = (draw(st.integers(1, most)) for most in (4, 5, 3, 2))
    units = st.integers(0, 60)
    travel = draw(
        arrays(float, (stores, places), elements=st.sampled_from([600.0, 3600.0, 9000.0, 20000.0, 50000.0, np.inf]))
    )
    travel[0, 0] = 3600.0
    trucks = draw(arrays(np.int64, (stores, kinds), elements=st.integers(0, 2)))
    trucks[0, 0] += 1
    return Problem(
        supply=draw(arrays(np.int64, (stores, items), elements=units)),
        demand=draw(arrays(np.int64, (places, items), elements=units)),
        unit_load=np.column_stack([draw(arrays(float, items, elements=st.sampled_from([0.01, 0.1, 0.5]))), draw(arrays(float, items, elements=st.sampled_from([0.0, 0.3, 1.0])))]),
        travel_s=travel, trucks=trucks, truck_load=np.array([[2.0, 10.0], [8.0, 12.0]])[:kinds],
        ready_s=np.array([0.0, 5000.0])[:kinds], distance_km=np.where(np.isfinite(travel), travel / 60, 0.0),
        priority=draw(arrays(float, places, elements=st.sampled_from([1.0, 2.0, 5.0]))),
        fairness=draw(st.sampled_from([0.0, 0.5, 1.0])),
        is_forbidden=draw(arrays(bool, (stores, places), elements=st.sampled_from([False, False, False, True]))),
    )  # fmt: skip
