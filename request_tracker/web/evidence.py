"""Evidence of a case: gathered from the monitoring at this moment, or as it was frozen; read and said to be read."""

import json
from typing import Any

from inventory.topology import path_to
from request_tracker.cases import Allocation, Case, Supplied
from request_tracker.cases.advice import wanted_rates
from request_tracker.errors import Refused
from request_tracker.evidence.connected import Verdict, connected
from request_tracker.evidence.outage import report
from request_tracker.evidence.usage import Evidence, gather
from request_tracker.ledger import allocation_of
from request_tracker.outages.tickets import ticket
from request_tracker.store import Row
from request_tracker.web.office import now, office

GUARANTEE_SHARE = 4


def frozen(case: Case) -> Supplied:
    """The evidence as it is this moment, with its queries, to be kept in the case."""
    if case.kind == "outage":
        return Supplied(content=outage_now(case))
    evidence = usage(case, wanted(case)) if case.opd else None
    return Supplied(content=evidence.data() if evidence else {"at": now().timestamp(), "subject": case.subject})


def outage_now(case: Case) -> dict[str, Any]:
    """What the monitoring says of an outage now."""
    here = office()
    return report(here.prometheus, here.desk.store, here.desk.city, _ticket(case), now().timestamp()).data()


def verdict_now(case: Case) -> Verdict:
    """What the monitoring proposes for the decision whether the line is back (PKL-G-08b)."""
    here = office()
    return connected(here.prometheus, here.desk.city, _ticket(case)["root"], now().timestamp())


def decided(case: Case, decision: str | None, note: str) -> Supplied:
    """The proposal beside the person's decision, to be kept; a decision against it needs its reason."""
    verdict = verdict_now(case)
    overruled = decision != verdict.proposal
    if overruled and not note.strip():
        raise Refused("reason_needed", warning=f"{verdict.reason} Putusan Anda berbeda dari usulan pemantauan.")
    return Supplied(content={"verdict": verdict.data(), "decision": decision, "overruled": overruled})


def _ticket(case: Case) -> Row:
    """The ticket of an outage; one that an office reported has its own line as its root."""
    row, city = ticket(office().desk, case.number), office().desk.city
    if row is not None:
        return row
    path = path_to(city, case.opd) if case.opd else ()
    return {
        "number": case.number,
        "root": path[-1] if path else "",
        "cause": "dilaporkan OPD",
        "offices": json.dumps([case.opd] if case.opd else []),
        "started_at": case.opened_at.timestamp(),
        "ended_at": None,
    }


def wanted(case: Case) -> Allocation | None:
    """The allocation a request asks for; the guarantee keeps its present share, a quarter where there is none."""
    rates = wanted_rates(case.form)
    if case.opd is None or not rates["receive"]:
        return None
    present = allocation_of(office().desk.store, case.opd, now())

    def guarantee(way: str) -> int:
        ceiling = int(rates[way])
        if present is None:
            return ceiling // GUARANTEE_SHARE
        return ceiling * int(getattr(present, f"{way}_guaranteed")) // int(getattr(present, f"{way}_ceiling"))

    return Allocation(guarantee("receive"), int(rates["receive"]), guarantee("transmit"), int(rates["transmit"]))


def usage(case: Case, asked: Allocation | None) -> Evidence:
    """An OPD's use and its uplink's room, as they are now."""
    here = office()
    return gather(here.prometheus, here.desk.store, here.desk.city, str(case.opd), asked, now())
