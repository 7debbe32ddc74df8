"""What if: the ledger and a made month in, each decision's effect out."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from tracker_office import CITY, MBIT, MONDAY
from used_months import Use, UsedMonth

from inventory.generate import generate_city
from inventory.reading import parse_city
from request_tracker.advice_settings import EvidencePart
from request_tracker.capacity.demands import Demands
from request_tracker.capacity.known_ceilings import ceiling_notes
from request_tracker.capacity.replay import HourRange
from request_tracker.capacity.whatif import AllocationWish, WhatIf, what_if
from request_tracker.cases import Allocation, Desk
from request_tracker.evidence.prometheus import NoData, Prometheus
from request_tracker.ledger import allocations

# Every OPD has 2 .. 10 Mbit/s of a line of 200; here the line is small.
RULE = EvidencePart()
# To tell a guarantee of 2 Mbit/s from what is needed of it.
FINE = RULE.model_copy(update={"round_to": MBIT})
SMALL = CITY.model_copy(
    update={
        "uplinks": (CITY.uplinks[0].model_copy(update={"receive_capacity": 40 * MBIT, "transmit_capacity": 40 * MBIT}),)
    }
)
OTHERS = [opd.code for opd in CITY.opds if opd.code != "dinkes"]
DAY_STEPS, MONTH_HOURS = 288, 720.0


def at_work(busy: float, quiet: float = 0.1) -> Use:
    """So many Mbit/s in the first eight hours of each day, little else."""
    return lambda number: MBIT * (busy if number % DAY_STEPS < 96 else quiet)


def month(**other: Use) -> dict[tuple[str, str], Use]:
    """The asking office at its ceiling of 10 Mbit/s at work, the eleven others at 2 Mbit/s; uploads are small."""
    down = {"dinkes": at_work(10), **{opd: at_work(2) for opd in OTHERS}, **other}
    return {("dinkes", "transmit"): at_work(1)} | {
        (opd, way): use
        for opd, use in down.items()
        for way in ("receive", "transmit")
        if way == "receive" or opd in OTHERS
    }


def asked(desk: Desk, uses: Mapping[tuple[str, str], Use], ceiling: int = 20, guaranteed: int = 4) -> WhatIf:
    wanted = Allocation(guaranteed * MBIT, ceiling * MBIT, 2 * MBIT, 10 * MBIT)
    return what_if(UsedMonth(uses=uses), replace(desk, city=SMALL), AllocationWish("dinkes", wanted, MONDAY, RULE))


def test_granted_the_asking_office_gains_at_its_ceiling_and_nobody_loses_what_was_guaranteed(desk: Desk) -> None:
    down, up = asked(desk, month()).ways
    granted, part, refused = down.effects
    # Eight hours of thirty days; 2 Mbit/s each are what the eleven others are guaranteed.
    assert down.held_hours == 240 and down.measured == down.measured_all == 1
    assert [(one.opd, one.gains) for one in granted.replay.changes] == [("dinkes", HourRange(0, 240))]
    assert granted.decision == "dikabulkan" and granted.rates.ceiling == 20 * MBIT
    assert part.rates.ceiling == 15 * MBIT and part.rates.guaranteed == 3 * MBIT
    assert refused.replay.changes == () and refused.rates.ceiling == 10 * MBIT
    assert up.held_hours == 0 and not up.effects[0].replay.changes


def test_who_used_more_than_its_guarantee_loses_in_the_full_hours_and_it_is_said_how_much(desk: Desk) -> None:
    granted = asked(desk, month(rsud=at_work(9))).ways[0].effects[0]
    loser = next(one for one in granted.replay.changes if one.opd == "rsud")
    # 14 Mbit/s are left above the guarantees and go 4 to 2: it gets 4.67 of them. The line was full, so it may have
    # wanted all of its 10, which are 8 above its guarantee.
    assert loser.loses == HourRange(0, 240) and loser.most_lost == pytest.approx((8 - 14 / 3) * MBIT)


def test_a_guarantee_that_the_line_has_not_is_taken_from_who_does_not_use_his(desk: Desk) -> None:
    # Of 40 Mbit/s 38 may be guaranteed, and 11 times 2 are: 17 lack one.
    uses = month(rsud=at_work(0.2), dishub=at_work(0.2))
    wish = AllocationWish("dinkes", Allocation(17 * MBIT, 20 * MBIT, 2 * MBIT, 10 * MBIT), MONDAY, FINE)
    found = what_if(UsedMonth(uses=uses), replace(desk, city=SMALL), wish).ways[0]
    granted, _, refused = found.effects
    assert [(one.opd, one.unused) for one in found.unused] == [("dishub", MBIT), ("rsud", MBIT)]
    assert granted.lacking == MBIT and [one.opd for one in granted.reclaim] == ["dishub"]
    assert refused.lacking == 0 and refused.reclaim == ()


def test_where_nobody_has_enough_to_give_all_that_there_is_is_named(desk: Desk) -> None:
    wish = AllocationWish("dinkes", Allocation(20 * MBIT, 20 * MBIT, 2 * MBIT, 10 * MBIT), MONDAY, FINE)
    uses = month(rsud=at_work(0.2))
    granted = what_if(UsedMonth(uses=uses), replace(desk, city=SMALL), wish).ways[0].effects[0]
    assert granted.lacking == 4 * MBIT and [one.unused for one in granted.reclaim] == [MBIT]


@pytest.mark.parametrize("opd", ["dinkes", "rsud"])
def test_below_half_of_the_time_nothing_is_said_of_that_direction(desk: Desk, opd: str) -> None:
    short: Use = lambda number: MBIT if number % 3 == 0 else None  # noqa: E731
    down = asked(desk, month(**{opd: short})).ways[0]
    if opd == "dinkes":
        assert down.effects == () and down.measured == pytest.approx(1 / 3)
    else:
        assert down.effects and down.measured_all == pytest.approx(1 - 2 / 3 / 12)


def test_an_office_that_nothing_measured_is_in_the_share_and_breaks_nothing(desk: Desk) -> None:
    uses = {key: use for key, use in month().items() if key[0] != "rsud"}
    down = asked(desk, uses).ways[0]
    assert down.measured_all == pytest.approx(11 / 12) and down.effects


def test_a_silent_prometheus_is_said_by_name(desk: Desk) -> None:
    wish = AllocationWish("dinkes", Allocation(MBIT, MBIT, MBIT, MBIT), MONDAY, RULE)
    with pytest.raises(NoData, match="Prometheus"):
        what_if(Prometheus(None), desk, wish)


def test_the_answer_is_plain_data(desk: Desk) -> None:
    data = json.loads(json.dumps(asked(desk, month()).data()))
    assert data["ways"][0]["effects"][0]["replay"]["changes"][0]["opd"] == "dinkes"
    assert datetime.fromtimestamp(data["at"], UTC) == MONDAY


def test_five_hundred_offices_are_few_questions(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    city = parse_city(generate_city(500))
    rates = Allocation(2 * MBIT, 10 * MBIT, 2 * MBIT, 10 * MBIT)
    rows = [{"opd": opd.code, **vars(rates)} for opd in city.opds]
    monkeypatch.setattr(allocations, "rows_in_force", lambda *_: rows)
    first = city.opds[0].code
    # A point in four hours: what is held here is how often it asks, not how fast this double answers.
    seldom: Use = lambda number: 3 * MBIT if number % 48 == 0 else None  # noqa: E731
    past = UsedMonth(uses={(opd.code, way): seldom for opd in city.opds for way in ("receive", "transmit")})
    found = what_if(past, replace(desk, city=city), AllocationWish(first, rates, MONDAY, RULE))
    assert found.ways[0].measured_all == pytest.approx(1 / 48)
    # Five at a time: how many samples are usual, and their means, each way.
    assert len(past.questions) == 500 / 5 * 2 * 2


def test_the_ledger_is_left_as_it_is(desk: Desk) -> None:
    before = allocations.head(desk.store)
    asked(desk, month())
    assert allocations.head(desk.store) == before


def test_hours_at_a_ceiling_say_over_how_many_days_it_is_known_and_whose_is_not(desk: Desk) -> None:
    down = asked(desk, month()).ways[0]
    assert (down.ceiling_days, down.measured_days, down.ceiling_share_all) == (30, 30, 1)
    assert ceiling_notes(asdict(down)) == ()
    known = replace(down, ceiling_days=12.0, measured_days=28.5, ceiling_share_all=0.4)
    assert [note.english for note in ceiling_notes(asdict(known))] == [
        "This office's ceiling is known for 12 of 28.5 days that were measured. Hours near it are counted over those"
        " only.",
        "The ceilings of all offices are known for 40 % of the measured time; elsewhere use counts as all that was"
        " wanted.",
    ]
    never = ceiling_notes(asdict(replace(down, ceiling_days=0.0)))
    assert never[0].indonesian.startswith("Plafon OPD ini tidak diketahui")
    assert ceiling_notes({"way": "receive", "held_hours": 41.0}) == (), "an answer of before it was kept"


def test_a_ledger_that_begins_in_the_month_counts_its_days_and_where_there_is_none_no_hours(desk: Desk) -> None:
    early = MONDAY - timedelta(days=20)  # The ledger begins thirty days before Monday.
    wish = AllocationWish("dinkes", Allocation(4 * MBIT, 20 * MBIT, 2 * MBIT, 10 * MBIT), early, RULE)
    down = what_if(UsedMonth(uses=month()), replace(desk, city=SMALL), wish).ways[0]
    assert down.ceiling_days == pytest.approx(10, abs=0.01) and down.measured_days == 30
    assert down.ceiling_share_all == pytest.approx(1 / 3, abs=0.001) and down.held_hours == 80
    unknown = Demands(("a",), np.zeros((288, 1)), np.zeros((288, 1), bool), np.zeros((288, 1), bool))
    assert unknown.held_hours("a") is None and (unknown.ceiling_days("a"), unknown.measured_days("a")) == (0, 1)
