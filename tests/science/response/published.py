"""Published instances of vehicle routing with their published optimum: coordinates, demands and time windows are facts.

Capacitated ones from CVRPLIB (sets of Christofides & Eilon 1969, and of Augerat et al. 1995), distances rounded to whole
numbers; with time windows the first 25 customers of R101 (M. M. Solomon, Operations Research 35 (1987) 254-265), distances
cut after one decimal as in N. Kohl et al., Transportation Science 33 (1999) 101-116, who prove 617.1.
"""

import numpy as np

from anlan.science.response.rounds import Deliveries

# x, y and demand; the store first.
E_N22_K4 = [
    (145, 215, 0), (151, 264, 1100), (159, 261, 700), (130, 254, 800), (128, 252, 1400), (163, 247, 2100),
    (146, 246, 400), (161, 242, 800), (142, 239, 100), (163, 236, 500), (148, 232, 600), (128, 231, 1200),
    (156, 217, 1300), (129, 214, 1300), (146, 208, 300), (164, 208, 900), (141, 206, 2100), (147, 193, 1000),
    (164, 193, 900), (129, 189, 2500), (155, 185, 1800), (139, 182, 700),
]  # fmt: skip
P_N16_K8 = [
    (30, 40, 0), (37, 52, 19), (49, 49, 30), (52, 64, 16), (31, 62, 23), (52, 33, 11), (42, 41, 31), (52, 41, 15),
    (57, 58, 28), (62, 42, 8), (42, 57, 8), (27, 68, 7), (43, 67, 14), (58, 48, 6), (58, 27, 19), (37, 69, 11),
]  # fmt: skip
A_N32_K5 = [
    (82, 76, 0), (96, 44, 19), (50, 5, 21), (49, 8, 6), (13, 7, 19), (29, 89, 7), (58, 30, 12), (84, 39, 16),
    (14, 24, 6), (2, 39, 16), (3, 82, 8), (5, 10, 14), (98, 52, 21), (84, 25, 16), (61, 59, 3), (1, 65, 22),
    (88, 51, 18), (91, 2, 19), (19, 32, 1), (93, 3, 24), (50, 93, 8), (98, 14, 12), (5, 42, 4), (42, 9, 8),
    (61, 62, 24), (9, 97, 24), (80, 55, 2), (57, 69, 20), (23, 15, 15), (20, 70, 2), (85, 60, 14), (98, 5, 9),
]  # fmt: skip
# And when service may begin, from and until.
R101_25 = [
    (35, 35, 0, 0, 230), (41, 49, 10, 161, 171), (35, 17, 7, 50, 60), (55, 45, 13, 116, 126), (55, 20, 19, 149, 159),
    (15, 30, 26, 34, 44), (25, 30, 3, 99, 109), (20, 50, 5, 81, 91), (10, 43, 9, 95, 105), (55, 60, 16, 97, 107),
    (30, 60, 16, 124, 134), (20, 65, 12, 67, 77), (50, 35, 19, 63, 73), (30, 25, 23, 159, 169), (15, 10, 20, 32, 42),
    (30, 5, 8, 61, 71), (10, 20, 19, 75, 85), (5, 30, 2, 157, 167), (20, 40, 12, 87, 97), (15, 60, 17, 76, 86),
    (45, 65, 9, 126, 136), (45, 20, 11, 62, 72), (45, 10, 18, 97, 107), (55, 5, 29, 68, 78), (65, 35, 3, 153, 163),
    (65, 20, 6, 172, 182),
]  # fmt: skip
#: Instance, capacity, trucks, optimum.
CAPACITATED = [(E_N22_K4, 6000, 4, 375), (P_N16_K8, 35, 8, 450), (A_N32_K5, 100, 5, 784)]


def _far(rows: np.ndarray) -> np.ndarray:
    return np.hypot(*(rows[:, None, :2] - rows[None, :, :2]).transpose(2, 0, 1))


def capacitated(instance: list[tuple[int, ...]], capacity: int, trucks: int) -> Deliveries:
    """Distances stand for seconds, units for tonnes."""
    rows = np.array(instance, dtype=float)
    return Deliveries(
        travel_s=np.rint(_far(rows)), load=rows[1:, 2:3], truck_load=np.full((trucks, 1), float(capacity))
    )


def with_windows(instance: list[tuple[int, ...]], capacity: int, service: int) -> Deliveries:
    """A truck for each customer, so that their number is free."""
    rows = np.array(instance, dtype=float)
    return Deliveries(
        travel_s=np.floor(10 * _far(rows)) / 10, load=rows[1:, 2:3], truck_load=np.full((len(rows) - 1, 1), float(capacity)),
        open_s=rows[1:, 3], due_s=rows[1:, 4] + service, unloading_s=float(service),
    )  # fmt: skip
