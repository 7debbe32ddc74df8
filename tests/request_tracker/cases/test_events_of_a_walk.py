"""Every event of whole walks, word for word against a golden file: who, when, on which step, with which data.

What a case says of itself is the record; a field that no single test asks for (a document's source, the moment of a
completed step, from which round a bundle was made) is held here. ``GOLDEN_EVENTS=write`` writes the files anew: read
their difference before it is committed.
"""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from case_walks import FILLED, kaltim_until_decision
from tracker_office import (
    CONTACT,
    DIVISION,
    EVIDENCE,
    HEAD,
    MONDAY,
    REQUESTER,
    SECTION,
    TECHNICIAN,
    VERIFIED,
    applied,
    request,
    to_technician,
    walk_to,
)
from tree import TESTS

from request_tracker.cases import (
    Desk,
    Event,
    Note,
    OpenCase,
    Pause,
    Resume,
    Sign,
    Supplied,
    Who,
    history,
    open_case,
    run,
)

FOLDER = TESTS / "golden" / "case_events"
ALARM = Who("api:alertmanager", frozenset({"alert"}))


def bandwidth(desk: Desk) -> str:
    """The Pekalongan flow, letter to proof."""
    number = request(desk)
    to_technician(desk, number)
    applied(desk, number, "PKL-B-04")
    walk_to(desk, number, [(TECHNICIAN, Sign("PKL-B-05")), (TECHNICIAN, Sign("PKL-B-06"))])
    return number


def waiting(desk: Desk) -> str:
    """The Batam flow up to its analysis; at BTM-05 it waits an hour for the office, so that deadlines move."""
    number = request(desk, "BTM-BW")
    section = Sign("BTM-04", assignee=TECHNICIAN)
    walk_to(desk, number, [(HEAD, Sign("BTM-02")), (DIVISION, VERIFIED), (SECTION, section)])
    run(desk, number, Sign("BTM-05"), TECHNICIAN, MONDAY + timedelta(hours=1))
    until, over = MONDAY + timedelta(hours=5), MONDAY + timedelta(hours=3)
    run(desk, number, Pause("BTM-05", "menunggu_pemohon", until=until), TECHNICIAN, MONDAY + timedelta(hours=2))
    run(desk, number, Resume(), TECHNICIAN, over)
    run(desk, number, Sign("BTM-05", form=FILLED), REQUESTER, over + timedelta(minutes=1))
    return number


def complaint(desk: Desk) -> str:
    """A complaint and its first answer."""
    command = OpenCase("PKL-PG", "Pengaduan", form={"description": "lambat"}, contact=CONTACT)
    number = open_case(desk, command, REQUESTER, MONDAY).number
    run(desk, number, Note("public_comment", {"text": "kami periksa"}), TECHNICIAN, MONDAY + timedelta(hours=1))
    return number


def outage(desk: Desk) -> str:
    """An outage that an alert opened, in two rounds to its end; each act was on paper a minute before it came in."""
    alert = {"surat": Supplied(content={"alert": "core-agg"})}
    putus = OpenCase("PKL-GG", "Putus", form={"description": "putus"}, documents=alert, contact=CONTACT, emergency=True)
    number = open_case(desk, putus, ALARM, MONDAY).number
    rounds = [act for decision in ("tidak_terhubung", "terhubung") for act in round_of_outage(decision)]
    filed = [(HEAD, Sign("PKL-G-02", note="tangani")), (DIVISION, Sign("PKL-G-03")), (SECTION, Sign("PKL-G-03"))]
    acts = [*rounds, (TECHNICIAN, Sign("PKL-G-09")), *filed, (TECHNICIAN, Sign("PKL-G-10"))]
    for minute, (who, sign) in enumerate(acts, start=1):
        then = MONDAY + timedelta(minutes=minute)
        run(desk, number, replace(sign, occurred_at=then), who, then + timedelta(minutes=1))
    return number


def round_of_outage(decision: str) -> list[tuple[Who, Sign]]:
    """Checked, monitored, read twice, and what the provider says."""
    checked = {"perangkat": "core", "daya": "baik", "lampu": "merah", "temuan": "serat putus"}
    return [
        (TECHNICIAN, Sign("PKL-G-04", form=checked)),
        (TECHNICIAN, Sign("PKL-G-05", documents={"mon": EVIDENCE})),
        (SECTION, Sign("PKL-G-06", note="sudah saya baca")),
        (DIVISION, Sign("PKL-G-07", note="sudah saya baca")),
        (TECHNICIAN, Sign("PKL-G-08", form={"isp": "ISP Contoh"}, decision=decision)),
    ]


def refusal(desk: Desk) -> str:
    """The Batam flow to its refusal, by each who signs the answer."""
    number = waiting(desk)
    now = MONDAY + timedelta(hours=4)
    run(desk, number, Sign("BTM-06", decision="tidak_tersedia", documents={"analisa": EVIDENCE}), TECHNICIAN, now)
    walk_to(desk, number, [(who, Sign("BTM-07")) for who in (TECHNICIAN, SECTION, DIVISION, HEAD)], now)
    return number


WALKS: dict[str, Callable[[Desk], str]] = {
    "pkl-bw": bandwidth,
    "btm-bw": waiting,
    "ktm-bw": kaltim_until_decision,
    "pkl-pg": complaint,
    "pkl-gg": outage,
    "btm-bw-refused": refusal,
}


def line(event: Event) -> str:
    """One event without its hashes, which follow from the rest."""
    place = f"{event.seq} {event.kind} step={event.step} lane={event.lane} round={event.round}"
    person = f"{event.actor} for={event.on_behalf_of} at={event.occurred_at:%d %H:%M:%S}"
    return f"{place} | {person} | {json.dumps(event.data, ensure_ascii=False, sort_keys=True)}"


@pytest.mark.parametrize("name", WALKS)
def test_a_walk_writes_these_events(desk: Desk, name: str) -> None:
    text = "".join(f"{line(event)}\n" for event in history(desk, WALKS[name](desk)))
    golden = FOLDER / f"{name}.txt"
    if os.environ.get("GOLDEN_EVENTS") == "write":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")
