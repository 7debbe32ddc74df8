"""The ledger as of a moment: what is admitted to the byte, and which batches a change makes. Pure: no store."""

from datetime import timedelta

import pytest
from tracker_office import CITY, MBIT, MONDAY

from request_tracker.errors import Refused
from request_tracker.ledger.allocation import Allocation
from request_tracker.ledger.standing import (
    Books,
    Change,
    LedgerBatch,
    LedgerLine,
    PlannedLine,
    Standing,
    Validity,
    Wish,
    admit,
    batches_of,
)

CAPACITY = 200 * MBIT
DAY = timedelta(days=1)
TEN, FIFTY = (Allocation(rate * MBIT, rate * MBIT, rate * MBIT, rate * MBIT) for rate in (10, 50))

TEN_LINE = LedgerLine(TEN, None)


def standing(returns: dict[str, tuple[int, ...]] | None = None, **lines: Allocation) -> Standing:
    """``returns``: after how many days an office's line is stated anew, with the rates it has."""
    by_opd = {opd: LedgerLine(rates, f"CASE-{opd}") for opd, rates in lines.items()}
    wanted = (returns or {}).items()
    back = {opd: tuple(PlannedLine(MONDAY + n * DAY, by_opd.get(opd, TEN_LINE)) for n in days) for opd, days in wanted}
    return Standing(MONDAY, 7, by_opd, back)


def refusal(wanted: Allocation, reason: str = "", **lines: Allocation) -> Refused | None:
    """What is said of these rates for ``dinkes`` beside the lines."""
    try:
        admit(Books(standing(None, **lines), CITY), Wish("dinkes", wanted, reason))
    except Refused as error:
        return error
    return None


def change(allocation: Allocation, opd: str = "dinkes") -> Change:
    return Change(opd, allocation, "user:4", "PKL-BW/2026/000009", "uji")


@pytest.mark.parametrize("way", ["receive", "transmit"])
def test_KTM_05_each_direction_may_promise_95_percent_to_the_byte(way: str) -> None:
    low, high = (MBIT, MBIT), (140 * MBIT, 150 * MBIT)
    fits = Allocation(*(*high, *low) if way == "receive" else (*low, *high))
    assert refusal(fits, "alasan", rsud=FIFTY) is None
    one_more = Allocation(**{**vars(fits), f"{way}_guaranteed": 140 * MBIT + 1})
    error = refusal(one_more, "alasan", rsud=FIFTY)
    assert error is not None and error.code == "admission"
    indonesian, english = {"receive": ("unduh", "download"), "transmit": ("unggah", "upload")}[way]
    assert f" {indonesian}: jumlah jaminan 190 Mbit/s melebihi 95 % kapasitas 200 Mbit/s isp-utama." in error.text("id")
    said = f" {english}: guarantees of 190 Mbit/s in sum are above 95 % of the capacity 200 Mbit/s of isp-utama."
    assert said in error.text("en")


def test_KTM_05_a_refusal_names_the_direction_the_rates_and_their_bounds() -> None:
    error = refusal(Allocation(MBIT, MBIT, 2 * MBIT, MBIT))
    assert error is not None and error.code == "admission"
    said = " unggah: jaminan 2 Mbit/s dan batas 1 Mbit/s harus antara 256 kbit/s dan kapasitas 200 Mbit/s."
    assert said in error.text("id")
    said = " upload: guarantee 2 Mbit/s and ceiling 1 Mbit/s must lie between 256 kbit/s and the capacity 200 Mbit/s."
    assert said in error.text("en")


def test_KTM_05_what_the_office_has_now_does_not_count_against_what_it_asks_for() -> None:
    assert refusal(Allocation(150 * MBIT, CAPACITY, MBIT, MBIT), dinkes=FIFTY) is None


def test_KTM_05_offices_of_another_uplink_do_not_count() -> None:
    second = CITY.uplinks[0].model_copy(update={"name": "isp-kedua"})
    opds = tuple(opd.model_copy(update={"uplink": "isp-kedua" if opd.code == "rsud" else None}) for opd in CITY.opds)
    city = CITY.model_copy(update={"uplinks": (*CITY.uplinks, second), "opds": opds})
    wanted = Allocation(150 * MBIT, 150 * MBIT, MBIT, MBIT)
    books = Books(standing(rsud=FIFTY, disdik=FIFTY), city)
    with pytest.raises(Refused, match="isp-utama"):
        admit(books, Wish("dinkes", wanted, "alasan"))
    admit(Books(standing(rsud=FIFTY), city), Wish("dinkes", wanted, ""))


def test_PKL_B_GAP1_ceilings_fill_the_line_to_the_byte_before_a_reason_is_asked_for() -> None:
    fits = Allocation(MBIT, 150 * MBIT, MBIT, MBIT)
    assert refusal(fits, rsud=FIFTY) is None
    above = Allocation(MBIT, 150 * MBIT + 1, MBIT, MBIT)
    error = refusal(above, "  ", rsud=FIFTY)
    assert error is not None and error.code == "reason_needed"
    assert error.text("id").startswith("Jumlah batas 200 Mbit/s melebihi kapasitas isp-utama 200 Mbit/s. ")
    assert error.text("en").startswith("Ceilings of 200 Mbit/s in sum are above isp-utama's capacity 200 Mbit/s. ")
    assert refusal(above, "jam sibuk berbeda", rsud=FIFTY) is None


def test_a_permanent_change_is_one_batch_now_of_all_its_changes() -> None:
    both = [change(FIFTY), change(TEN, "rsud")]
    assert batches_of(standing(dinkes=TEN), both) == (LedgerBatch(MONDAY, tuple(both)),)


def test_a_temporary_change_gives_back_what_was_in_force_and_by_which_case() -> None:
    wanted, until = change(FIFTY), MONDAY + DAY
    now, back = batches_of(standing(dinkes=TEN), [wanted], Validity(end=until))
    assert now == LedgerBatch(MONDAY, (wanted,))
    why = "akhir masa sementara PKL-BW/2026/000009"
    assert back == LedgerBatch(until, (Change("dinkes", TEN, "user:4", "CASE-dinkes", why),))


def test_where_nothing_was_in_force_nothing_is_given_back() -> None:
    wanted = change(FIFTY)
    assert batches_of(standing(rsud=TEN), [wanted], Validity(end=MONDAY + DAY)) == (LedgerBatch(MONDAY, (wanted,)),)


def test_a_planned_return_is_restated_with_the_newer_permanent_allocation() -> None:
    wanted = change(FIFTY)
    batches = batches_of(standing({"dinkes": (1, 2), "rsud": (1,)}, dinkes=TEN), [wanted])
    assert batches == tuple(LedgerBatch(MONDAY + days * DAY, (wanted,)) for days in (0, 1, 2))


@pytest.mark.parametrize(("ends", "restated"), [(1, []), (2, [1]), (3, [1, 2])])
def test_only_returns_before_the_end_of_a_temporary_allocation_are_restated(ends: int, restated: list[int]) -> None:
    """From its own end on the older plan holds again: the return of that moment is not overwritten."""
    batches = batches_of(standing({"dinkes": (1, 2)}, dinkes=TEN), [change(FIFTY)], Validity(end=MONDAY + ends * DAY))
    moments = [(batch.effective_at - MONDAY).days for batch in batches]
    assert moments == [0, *restated, ends]


def test_the_standing_says_what_an_office_has_and_that_another_has_nothing() -> None:
    assert standing(dinkes=TEN).allocation_of("dinkes") == TEN
    assert standing(dinkes=TEN).allocation_of("rsud") is None
