"""The queue behind a blocked road section, and how far upstream drivers must be warned (二次事故预防, 排队长度).

Kinematic waves (M. J. Lighthill & G. B. Whitham, Proc. R. Soc. A 229 (1955) 317-345; P. I. Richards, Operations Research
4 (1956) 42-51) with the triangular flow-density relation (G. F. Newell, Transportation Research B 27 (1993) 281-313): free
traffic moves at the free speed, a jam moves backwards at one speed. The front between free and queued traffic runs
upstream at (arriving flow - flow past the incident) / (density queued - density arriving); when the road is open again a
second front starts at the incident and catches the queue's end.

Model card. For: one carriageway without ramps between the queue's end and the incident, steady arrivals below capacity, no
diversion. Inputs from detectors or tolls; all flows in the unit of the capacity (vehicles, or passenger cars for both).
Not for: networks, traffic signals, a queue that grows past an interchange, which then needs the flow beyond it. Valid for
free speeds of 30 to 130 km/h, 1 to 8 lanes, jam densities of 80 to 200 vehicles a kilometre and lane; outside these a
`QueueError` says so. Flow that still passes is by default the share of the Highway Capacity Manual 2010 (Exhibit 10-17, as
reprinted in FHWA-HOP-13-042, Table 40), which was found on freeways in North America; measured shares scatter widely
(for one of four lanes 0.58 there, 0.70 in Maryland). Treat lengths as good to about a third, and warn earlier.
Held against: conservation of vehicles (the deterministic queue with cumulative counts gives the same time of clearing).
"""

from dataclasses import dataclass

#: Share of the whole capacity that still passes, by lanes of the carriageway, with 1, 2, 3 of them blocked by an accident.
HCM_OPEN_SHARE = {
    2: (0.35, 0.0),
    3: (0.49, 0.17, 0.0),
    4: (0.58, 0.25, 0.13),
    5: (0.65, 0.40, 0.20),
    6: (0.71, 0.50, 0.26),
    7: (0.75, 0.57, 0.36),
    8: (0.78, 0.63, 0.41),
}
#: Reaction and braking of the AASHTO stopping sight distance (A Policy on Geometric Design, 4th edition and later).
REACTION_S, BRAKING_M_S2 = 2.5, 3.4
_GRAVITY_M_S2 = 9.81
_RANGES = {
    "flow_veh_h": (0.0, 20_000.0), "capacity_veh_h_lane": (500.0, 3_000.0), "lanes": (1, 8), "blocked_lanes": (0, 8),
    "free_speed_kmh": (30.0, 130.0), "jam_density_veh_km_lane": (80.0, 200.0), "blocked_min": (0.0, 1_440.0),
    "discharge_share": (0.5, 1.0),
}  # fmt: skip


class QueueError(ValueError):
    """The question lies outside what the model holds for; the message names the field."""


@dataclass(frozen=True, kw_only=True)
class Blockage:
    """A blocked carriageway and the traffic that comes to it."""

    #: Traffic that arrives, all lanes together.
    flow_veh_h: float
    capacity_veh_h_lane: float
    lanes: int
    blocked_lanes: int
    free_speed_kmh: float
    jam_density_veh_km_lane: float
    #: From the blocking to the reopening of all lanes.
    blocked_min: float
    #: Share of the capacity that still passes; left out: the Highway Capacity Manual's.
    open_share: float | None = None
    #: Share of the capacity at which a queue dissolves; observations lie some per cent below 1.
    discharge_share: float = 1.0

    def __post_init__(self) -> None:
        for name, (least, most) in _RANGES.items():
            if not least <= getattr(self, name) <= most:
                raise QueueError(f"{name} must lie between {least:g} and {most:g}")
        if self.blocked_lanes > self.lanes:
            raise QueueError("blocked_lanes: more than there are lanes")
        if self.open_share is not None and not 0 <= self.open_share <= 1:
            raise QueueError("open_share must lie between 0 and 1")
        if self.flow_veh_h > self.capacity_veh_h_lane * self.lanes:
            raise QueueError("flow_veh_h: more than the open road could bring; the traffic queues elsewhere already")
        if self.jam_density_veh_km_lane <= self.capacity_veh_h_lane / self.free_speed_kmh:
            raise QueueError("jam_density_veh_km_lane: not above the density at capacity")
        if self.passing_veh_h > self.discharge_veh_h:
            raise QueueError("discharge_share: less passes after the reopening than before")

    @property
    def passing_veh_h(self) -> float:
        """What still passes the incident at most."""
        share = self.open_share
        if share is None:
            share = hcm_open_share(self.lanes, self.blocked_lanes)
        return share * self.capacity_veh_h_lane * self.lanes

    @property
    def discharge_veh_h(self) -> float:
        """What leaves a queue once the road is open."""
        share = self.discharge_share if self.blocked_lanes else 1.0
        return share * self.capacity_veh_h_lane * self.lanes

    @property
    def wave_kmh(self) -> float:
        """Speed at which starts and stops travel backwards through a queue (回波速度)."""
        capacity = self.capacity_veh_h_lane
        return capacity / (self.jam_density_veh_km_lane - capacity / self.free_speed_kmh)

    @property
    def queued_veh_km(self) -> float:
        """Vehicles a kilometre in the queue, all lanes."""
        return self.jam_density_veh_km_lane * self.lanes - self.passing_veh_h / self.wave_kmh


@dataclass(frozen=True, kw_only=True)
class Queue:
    """How the queue grows and goes; distances upstream of the incident, times from the blocking."""

    #: Speed of the queue's end upstream (激波速度); 0 where no queue forms.
    growth_kmh: float
    #: Speed of the front at which the queue dissolves after the reopening.
    recovery_kmh: float
    #: Speed of traffic in the queue.
    queued_kmh: float
    blocked_min: float
    #: How long the queue gets, and when its end is reached by the recovery; infinite if it never is.
    longest_m: float
    gone_min: float
    #: When traffic at the incident is as before; infinite if never.
    clear_min: float
    #: Lost by all vehicles together; infinite if the queue never clears.
    delay_veh_h: float

    def end_m(self, minutes: float) -> float:
        """Where the queue ends upstream; 0 where there is none any more."""
        return self.growth_kmh * 1000 / 60 * minutes if 0 <= minutes < self.gone_min else 0.0

    def front_m(self, minutes: float) -> float:
        """Where the queue begins; it moves upstream after the reopening."""
        if not self.growth_kmh or minutes >= self.gone_min:
            return 0.0
        return self.recovery_kmh * 1000 / 60 * max(minutes - self.blocked_min, 0.0)

    def warning_m(self, minutes: float, *, stopping_m: float, lead_min: float = 0.0) -> float:
        """How far upstream of the incident a warning must stand: the queue's end when it stands, and the way to stop.

        `lead_min` is what passes until the warning stands, or until it is moved again; the farthest end meanwhile counts.
        """
        if not (lead_min >= 0 and stopping_m >= 0):
            raise QueueError("lead_min and stopping_m must be numbers from 0")
        until = minutes + lead_min
        farthest = self.end_m(until) if until < self.gone_min else (self.longest_m if minutes < self.gone_min else 0.0)
        return farthest + stopping_m


def queue(blockage: Blockage) -> Queue:
    """The queue that a blockage leaves behind it.

    >>> one_of_two = Blockage(flow_veh_h=2000, capacity_veh_h_lane=2000, lanes=2, blocked_lanes=1, free_speed_kmh=100,
    ...                       jam_density_veh_km_lane=140, blocked_min=30)
    >>> found = queue(one_of_two)
    >>> round(found.growth_kmh, 2), round(found.longest_m), round(found.clear_min)
    (3.41, 2143, 39)
    """
    arriving, passing, leaving = blockage.flow_veh_h, blockage.passing_veh_h, blockage.discharge_veh_h
    queued, free = blockage.queued_veh_km, blockage.free_speed_kmh
    recovery = (leaving - passing) / (queued - leaving / free) if leaving > passing else blockage.wave_kmh
    blocked = blockage.blocked_min
    if arriving <= passing or not blocked:
        return Queue(
            growth_kmh=0.0, recovery_kmh=recovery, queued_kmh=free, blocked_min=blocked, longest_m=0.0, gone_min=0.0,
            clear_min=0.0, delay_veh_h=0.0,
        )  # fmt: skip
    growth = (arriving - passing) / (queued - arriving / free)
    gone = blocked * recovery / (recovery - growth) if leaving > arriving else float("inf")
    longest = growth * gone / 60 * 1000
    clear = gone + longest / 1000 / free * 60
    return Queue(
        growth_kmh=growth, recovery_kmh=recovery, queued_kmh=passing / queued, blocked_min=blocked, longest_m=longest,
        gone_min=gone, clear_min=clear, delay_veh_h=(arriving - passing) * blocked / 60 * clear / 60 / 2,
    )  # fmt: skip


def hcm_open_share(lanes: int, blocked_lanes: int) -> float:
    """Share of the capacity that passes an accident, by the Highway Capacity Manual 2010, Exhibit 10-17.

    >>> hcm_open_share(3, 1), hcm_open_share(1, 1), hcm_open_share(4, 0)
    (0.49, 0.0, 1.0)
    """
    if blocked_lanes == 0:
        return 1.0
    if blocked_lanes == lanes:
        return 0.0
    shares = HCM_OPEN_SHARE.get(lanes, ())
    if blocked_lanes > len(shares):
        raise QueueError(f"open_share: none is published for {blocked_lanes} of {lanes} lanes; give one")
    return shares[blocked_lanes - 1]


def hcm_lane_capacity(free_speed_kmh: float) -> float:
    """Passenger cars an hour and lane of a freeway, by the Highway Capacity Manual (recalled: 2,200 + 10 (mph - 50), 2,400 at most).

    Valid for 88 to 121 km/h (55 to 75 mph). No figure of a Chinese norm.

    >>> round(hcm_lane_capacity(100))
    2321
    """
    if not 88 <= free_speed_kmh <= 121:
        raise QueueError("free_speed_kmh must lie between 88 and 121 for the manual's capacity")
    return min(2_200 + 10 * (free_speed_kmh / 1.609344 - 50), 2_400.0)


def stopping_distance_m(
    speed_kmh: float, *, reaction_s: float = REACTION_S, braking_m_s2: float = BRAKING_M_S2, grade: float = 0.0
) -> float:
    """Stopping sight distance (停车视距): reaction and braking; `grade` is the slope, negative downhill.

    On ice or with heavy lorries give a lower `braking_m_s2`.

    >>> round(stopping_distance_m(100)), round(stopping_distance_m(100, grade=-0.05))
    (183, 202)
    """
    braking = braking_m_s2 + _GRAVITY_M_S2 * grade
    if not (0 <= speed_kmh <= 200 and reaction_s >= 0 and braking > 0.1):
        raise QueueError("speed_kmh, reaction_s and braking_m_s2 must describe a vehicle that can stop on this grade")
    speed = speed_kmh / 3.6
    return speed * reaction_s + speed**2 / (2 * braking)
