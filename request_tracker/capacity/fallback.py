"""Plans for the loss of an uplink: compiled from the ledger, signed by two people, given to the agents.

Whoever asks has seen the numbers, and whoever signs is somebody else; both lines stand in the rights journal. What is
signed is the rule with the numbers it gives: a ledger that has moved since is told and asked for again, and until then
an outage is met by the signed rule over the ledger as it is. Other terms (lines, capacities, rule) need a new one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inventory.fallback import (
    FallbackDraft,
    fallback_basis,
    fallback_draft,
    fallback_part,
    fallback_terms,
    losses_of,
)
from inventory.ledger_page import page_hash
from inventory.model import City
from request_tracker.cases.context import Desk
from request_tracker.errors import Refused
from request_tracker.ledger.allocations import page_row, rows_in_force
from request_tracker.people.accounts import Person
from request_tracker.people.roles import may
from request_tracker.store.chain import canonical, stamp
from request_tracker.store.database import Row, Store
from request_tracker.words.bilingual import Both

CONFIRMED, REFUSED = "confirmed", "refused"
# A question that a newer one took the place of, and a plan that was signed and taken back.
REPLACED, WITHDRAWN = "replaced", "withdrawn"
NEWEST_PROOFS = "SELECT body FROM proofs WHERE id IN (SELECT max(id) FROM proofs GROUP BY agent) ORDER BY id"
_SHARE = Both("jaminan dahulu, sisanya menurut jaminan", "guarantees first, the rest by guarantee")


@dataclass(frozen=True, kw_only=True)
class FallbackStanding:
    """One loss as it stands. ``draft`` is what the rule gives now; ``signed`` and ``waiting`` are rows, or None.

    ``stale``: the ledger has moved since it was signed; ``void``: the city file has, and an outage is not met by it.
    ``present`` has the rates in force by OPD, as the ledger's page writes them.
    """

    draft: FallbackDraft
    present: Mapping[str, Mapping[str, Any]]
    signed: Row | None
    waiting: Row | None
    stale: bool
    void: bool


@dataclass(frozen=True)
class FallbackInForce:
    """A plan that an agent says is in force now: for which loss, on which line, by which rule, since when (Unix)."""

    loss: str
    uplink: str
    rule: str
    since: float
    stale: bool

    @property
    def words(self) -> Both:
        """Its rule as people say it."""
        return rule_words(self.rule)


def rule_words(rule: str) -> Both:
    """The rule as people say it."""
    return _SHARE if rule == "share" else Both(f"semua {rule}", f"everybody {rule}")


def standings(desk: Desk, at: datetime) -> list[FallbackStanding]:
    """Every uplink that names a fallback, in the order of the file."""
    store, city = desk.store, desk.city
    rows = [page_row(row) for row in rows_in_force(store, at)]
    return [_standing(store, city, uplink.name, rows) for uplink in city.uplinks if uplink.fallback is not None]


def ask_for_plan(desk: Desk, loss: str, hash: str, person: Person, now: datetime) -> None:
    """Put the plan that was shown (its hash) before those who may sign. Raises Refused where it is another by now."""
    here = {standing.draft.terms["loss"]: standing for standing in standings(desk, now)}
    if loss not in here or here[loss].draft.hash != hash or here[loss].draft.problems:
        raise Refused("fallback_moved")
    with desk.store.transaction() as db:
        # A newer question takes the place of one that nobody has answered.
        mark = [person.named(), stamp(now), REPLACED, loss]
        db.execute(
            "UPDATE fallback_plans SET decided_by = ?, decided_at = ?, outcome = ? WHERE loss = ? AND outcome IS NULL",
            mark,
        )
        db.table("fallback_plans").insert(
            {
                "loss": loss,
                "content": canonical(here[loss].draft.content),
                "hash": hash,
                "asked_by": person.named(),
                "asked_at": stamp(now),
            }
        )


def decide_on_plan(store: Store, number: int, outcome: str, person: Person, now: datetime) -> None:
    """Sign it, refuse it, or take back what was signed. Raises Refused: decided already, or the asker would sign."""
    with store.transaction() as db:
        row = store.row("SELECT * FROM fallback_plans WHERE id = ?", [number])
        if row is None or row["outcome"] != (CONFIRMED if outcome == WITHDRAWN else None):
            raise Refused("fallback_decided")
        if outcome == CONFIRMED and row["asked_by"] == person.named():
            raise Refused("fallback_own")
        if not may(person.roles, "sign_fallback"):
            raise Refused("fallback_not_signer")
        db.execute(
            "UPDATE fallback_plans SET decided_by = ?, decided_at = ?, outcome = ? WHERE id = ?",
            [person.named(), stamp(now), outcome, number],
        )


def fallback_page(store: Store) -> dict[str, Any]:
    """The part of the ledger's page that agents read: the last signed plan of each loss."""
    approvals = []
    for row in _signed_rows(store):
        content = json.loads(row["content"])
        # A row that is not what was signed is no plan: the agent would refuse the whole page for it.
        if page_hash(content) == row["hash"]:
            approved_at = datetime.fromisoformat(row["decided_at"]).timestamp()
            approvals.append({**content, "hash": row["hash"], "approved_at": approved_at})
    return fallback_part(approvals)


def fallbacks_in_force(store: Store, city: City) -> list[FallbackInForce]:
    """What the newest proof of each line says, of lines that the city file still gives this duty.

    An agent that was renamed (its device got a second uplink) or removed proves nothing any more under its old name:
    its last proof would stay in force for ever. A silent agent of a line that is there ends nothing.
    """
    rows = store.rows(NEWEST_PROOFS)
    # In the order in which they came, so the newest proof of a line stays, whatever its agent is called.
    newest = {body.get("uplink"): body for body in (json.loads(row["body"]) for row in rows)}
    running = [_in_force(body) for body in newest.values() if isinstance(body.get("fallback"), dict)]
    duties = {(uplink.name, loss) for uplink in city.uplinks if uplink.shaping for loss in losses_of(city, uplink.name)}
    return [plan for plan in running if (plan.uplink, plan.loss) in duties]


def signers_of(store: Store, loss: str) -> tuple[str, ...]:
    """Who put forward and who signed the plan that is signed for this loss, each once (``user:N``); none: no plan."""
    rows = [row for row in _signed_rows(store) if row["loss"] == loss]
    return tuple(dict.fromkeys(who for row in rows for who in (row["asked_by"], row["decided_by"])))


def _in_force(body: Mapping[str, Any]) -> FallbackInForce:
    plan = body["fallback"]
    return FallbackInForce(
        loss=plan["loss"],
        uplink=str(body.get("uplink") or ""),
        rule=plan["rule"],
        since=plan["since"],
        stale=plan["stale"],
    )


def _standing(store: Store, city: City, loss: str, rows: list[dict[str, Any]]) -> FallbackStanding:
    newest = "SELECT * FROM fallback_plans WHERE loss = ? AND outcome IS ? ORDER BY id DESC LIMIT 1"
    waiting = store.row(newest, [loss, None])
    signed = next((row for row in _signed_rows(store) if row["loss"] == loss), None)
    content = json.loads(signed["content"]) if signed else {}
    return FallbackStanding(
        draft=fallback_draft(city, loss, rows),
        present={row["opd"]: row for row in rows},
        signed=signed,
        waiting=waiting,
        stale=bool(signed) and content["basis"] != fallback_basis(city, loss, rows),
        void=bool(signed) and content["terms"] != fallback_terms(city, loss),
    )


def _signed_rows(store: Store) -> list[Row]:
    """The last signed plan of each loss, those that were taken back left out."""
    return store.rows(
        "SELECT * FROM fallback_plans WHERE id IN"
        " (SELECT max(id) FROM fallback_plans WHERE outcome IN (?, ?) GROUP BY loss) AND outcome = ? ORDER BY loss",
        [CONFIRMED, WITHDRAWN, CONFIRMED],
    )
