"""Facts of cases to make papers from: a granted request, an outage that hit offices, events one by one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tracker_office import WIB

from request_tracker.cases.model import Case, Event
from request_tracker.config import Office
from request_tracker.ledger.allocation import Allocation
from request_tracker.letters.press.facts import Facts
from request_tracker.letters.registry import CASE_PAPERS
from request_tracker.letters.sop_files import shipped_sops

SOPS = {sop.code: sop for sop in shipped_sops()}
NOW = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)
OFFICE = Office(name="Dinas Contoh", city="Kota Contoh", government="Pemerintah Kota Contoh", address="Jalan Uji 1")
GRANTED = Allocation(1_250_000, 6_250_000, 1_250_000, 6_250_000)
# Every paper of a case, once for each word that an SOP may call it.
WORDS = [pytest.param(kind, id=f"{word}-{min(kind.sop_kinds)}") for kind in CASE_PAPERS for word in kind.words]
PEOPLE = {"user:1": "Kadis Uji", "user:2": "Kabid Uji", "user:3": "Teknisi Uji", "user:9": "Pejabat Lama"}


def event(seq: int, kind: str, lane: str = "", step: str = "", who: str = "user:1", **more: Any) -> Event:
    behalf = more.pop("behalf", None)
    if kind == "signed" and who in PEOPLE and "from_paper" not in more:
        more.setdefault("signed_by", {"name": PEOPLE[who], "position": "", "role": ""})
    moment = NOW - timedelta(hours=10 - seq)
    return Event(seq, kind, who, behalf, lane or None, step or None, 1, moment, moment, more, "0" * 64, "1" * 64)


def facts(code: str = "PKL-BW", allocation: Allocation | None = GRANTED, **more: Any) -> Facts:
    sop = SOPS[code]
    form = {"wanted_receive": 6_250_000, "letter_number": "800/12/2026"}
    given: dict[str, Any] = {"verified": 3, **more}
    history = given.pop("history", None) or (
        event(1, "opened"),
        event(2, "signed", "kadis", "PKL-B-02", note="Tindak lanjuti segera", behalf="user:9"),
        event(3, "signed", "kabid", "PKL-B-03", "user:2"),
        event(4, "signed", "tim", "PKL-B-04", "user:3"),
    )
    case = Case(
        *("PKL-BW/2026/0001", code, sop.revision, sop.hash, sop.kind, "dinkes", "Penambahan bandwidth <b>&"),
        *(NOW - timedelta(days=1), 4, "a" * 64, form),
        **given,
    )
    said = {"name_of": lambda who: PEOPLE.get(who or "", who or ""), "local": lambda at: at.astimezone(WIB)}
    told: dict[str, Any] = {"office": OFFICE, "opd": "Dinas Kesehatan", "now": NOW, **said}
    return Facts(case=case, sop=sop, history=history, **told, allocation=allocation, ledger_number="revisi 7")


def hit(offices: tuple[str, ...], opd: str | None = None) -> Facts:
    """An hour's outage whose end the tracker heard of only later, with the report that was frozen."""
    heard = event(9, "connected", ended_at=(NOW - timedelta(hours=8)).timestamp(), minutes=60.0)
    told = {
        "root": "agg-timur",
        "cause": "link_down",
        "offices": offices,
        "started_at": (NOW - timedelta(hours=9)).timestamp(),
        "ended_at": (NOW - timedelta(hours=8)).timestamp(),
        "minutes": 60.0,
    }
    made = facts("PKL-GG", history=(event(1, "opened"), heard))
    names = {"rsud": "Rumah Sakit", "dishub": "Dinas Perhubungan"}
    return replace(made, monitored=told, names=names, case=replace(made.case, opd=opd))
