"""What each office gets while an uplink is lost: the city's rule and the ledger's rates in, a plan's rates out. Pure.

Tracker and agent ask this one function, so that what is shown and signed is what is put in force. ``share`` keeps
guarantees first and divides the rest by them; ``50 %`` gives every office on the line that part of its rates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inventory.admission import DIRECTIONS, LOWEST_BYTES_PER_SECOND, Direction, RatePair, capacity_of, usable
from inventory.ledger_page import Page, PageError, page_hash
from inventory.model import City, FallbackLine
from inventory.rates import format_rate
from inventory.topology import uplink_of

OfficeRates = Mapping[tuple[str, Direction], RatePair]

# The level to which all are filled is searched as a fraction of this many parts: below a byte per second of the
# fastest line (2^36), so that no byte of it is lost to rounding but one an office.
_PARTS = 2**40


@dataclass(frozen=True)
class FallbackPlan:
    """What one line carries while ``loss`` is lost: its own offices and those that come over. Bytes per second.

    ``problems`` says why it cannot be kept; empty where it can.
    """

    loss: str
    uplink: str
    rates: OfficeRates
    problems: tuple[str, ...] = ()

    @property
    def hash(self) -> str:
        """The sha256 over the line and every rate."""
        return page_hash({"loss": self.loss, "uplink": self.uplink, "rates": self.rows})

    @property
    def rows(self) -> list[dict[str, Any]]:
        """An office a row, as the ledger's page writes it."""
        pairs = {
            opd: {way: self.rates[opd, way] for way in DIRECTIONS if (opd, way) in self.rates}
            for opd in sorted({opd for opd, _ in self.rates})
        }
        return [
            {"opd": opd} | {way: {"guaranteed": pair.guaranteed, "ceiling": pair.ceiling} for way, pair in ways.items()}
            for opd, ways in pairs.items()
        ]


def fallback_terms(city: City, loss: str) -> dict[str, Any]:
    """What is signed beside the numbers: the rule, the lines with their capacities, and how long is waited."""
    fallback = city.uplink(loss).fallback
    if fallback is None:
        raise KeyError(loss)
    lines = [
        {
            "uplink": line.uplink,
            "opds": sorted(line.opds),
            **{way: capacity_of(city.uplink(line.uplink), way) for way in DIRECTIONS},
        }
        for line in fallback.lines
    ]
    waits = {"begin_after_seconds": fallback.begin_after_seconds, "end_after_seconds": fallback.end_after_seconds}
    return {"loss": loss, "rule": fallback.rule, "lines": lines, **waits}


def losses_of(city: City, uplink: str) -> tuple[str, ...]:
    """The uplinks whose loss that line shall carry, in the order of the file."""
    return tuple(
        lost.name
        for lost in city.uplinks
        if lost.fallback is not None and any(line.uplink == uplink for line in lost.fallback.lines)
    )


def shared_lines(city: City) -> dict[str, tuple[str, ...]]:
    """The lines that carry more than one loss, with those losses. For two at once nobody has signed anything."""
    duties = {line.name: losses_of(city, line.name) for line in city.uplinks}
    return {line: losses for line, losses in duties.items() if len(losses) > 1}


def offices_on(city: City, loss: str, uplink: str) -> tuple[str, ...]:
    """The offices on that line while the other is lost: its own, and those that the city file sends there."""
    fallback = city.uplink(loss).fallback
    lines: Sequence[FallbackLine] = fallback.lines if fallback else ()
    moves = {opd: line.uplink for line in lines for opd in line.opds}
    rest = next((line.uplink for line in lines if not line.opds), "")
    homes = {opd.code: uplink_of(city, opd.code) for opd in city.opds}
    lines_of = {opd: moves.get(opd, rest) if home == loss else home for opd, home in homes.items()}
    return tuple(sorted(opd for opd, line in lines_of.items() if line == uplink))


def compile_fallback(city: City, loss: str, uplink: str, rates: OfficeRates) -> FallbackPlan:
    """The plan of one line for one loss; ``rates`` are the ledger's, offices without an allocation have none."""
    fallback = city.uplink(loss).fallback
    on_it = set(offices_on(city, loss, uplink))
    made: dict[tuple[str, Direction], RatePair] = {}
    problems: list[str] = []
    for way in DIRECTIONS:
        here = {opd: pair for (opd, direction), pair in sorted(rates.items()) if direction == way and opd in on_it}
        capacity = capacity_of(city.uplink(uplink), way)
        rule = fallback.rule if fallback else "share"
        shares = _by_share(here, capacity) if rule == "share" else _percent(here, capacity, int(rule.rstrip(" %")))
        promised = sum(pair.guaranteed for pair in shares.values())
        if promised > usable(capacity):
            problems.append(
                f"{way}: guarantees of {format_rate(promised)} for {len(here)} offices are above 95 % of {uplink}"
                f" ({format_rate(capacity)}); write a smaller percentage, the rule share, or a larger line"
            )
        made |= {(opd, way): pair for opd, pair in shares.items()}
    return FallbackPlan(loss, uplink, made, tuple(problems))


@dataclass(frozen=True)
class FallbackDraft:
    """What those who may sign are shown for one loss: terms, the ledger it was made of, and a plan for each line."""

    terms: Mapping[str, Any]
    basis: str
    plans: tuple[FallbackPlan, ...]

    @property
    def content(self) -> dict[str, Any]:
        """What is signed, as plain data."""
        plans = [{"uplink": plan.uplink, "rows": plan.rows} for plan in self.plans]
        return {"terms": dict(self.terms), "basis": self.basis, "plans": plans}

    @property
    def hash(self) -> str:
        """The sha256 of what is signed."""
        return page_hash(self.content)

    @property
    def problems(self) -> tuple[str, ...]:
        """Why nobody can sign it."""
        return tuple(problem for plan in self.plans for problem in plan.problems)


def fallback_draft(city: City, loss: str, rows: Sequence[Page]) -> FallbackDraft:
    """The plans for one loss by the ledger's rows (those in force for all hours). KeyError: no fallback is named."""
    terms, rates = fallback_terms(city, loss), rates_in(rows)
    plans = tuple(compile_fallback(city, loss, line["uplink"], rates) for line in terms["lines"])
    return FallbackDraft(terms, fallback_basis(city, loss, rows), plans)


def fallback_basis(city: City, loss: str, rows: Sequence[Page]) -> str:
    """The hash of the allocations that a plan is made of: of the offices on its lines, rates only."""
    lines = fallback_terms(city, loss)["lines"]
    on_them = {opd for line in lines for opd in offices_on(city, loss, line["uplink"])}
    return page_hash([[row["opd"], row["receive"], row["transmit"]] for row in rows if row["opd"] in on_them])


def rates_in(rows: Sequence[Page]) -> dict[tuple[str, Direction], RatePair]:
    """Rows of the ledger's page as rates."""
    return {
        (str(row["opd"]), way): RatePair(row[way]["guaranteed"], row[way]["ceiling"])
        for row in rows
        for way in DIRECTIONS
        if way in row
    }


def fallback_part(approvals: Sequence[Page]) -> dict[str, Any]:
    """The page's part of plans that were signed, with its own hash; each is a draft's content, hash and moment."""
    return {"hash": page_hash(list(approvals)), "approved": list(approvals)}


def approvals_in(page: Page) -> dict[str, Page]:
    """The signed plans of a page by the uplink whose loss they are for. Raises PageError where a hash is another."""
    part = page.get("fallbacks")
    if part is None:
        return {}
    approvals = list(part["approved"])
    if page_hash(approvals) != part["hash"]:
        raise PageError(f"has fallback plans that do not give their hash {str(part['hash'])[:12]}")
    for approval in approvals:
        content = {key: approval[key] for key in ("terms", "basis", "plans")}
        if page_hash(content) != approval["hash"]:
            raise PageError(f"has a fallback plan that does not give its hash {str(approval['hash'])[:12]}")
    return {str(approval["terms"]["loss"]): approval for approval in approvals}


def _percent(rates: Mapping[str, RatePair], capacity: int, percent: int) -> dict[str, RatePair]:
    """That part of both rates, never below the lowest rate and never above the line."""
    made = {}
    for opd, pair in rates.items():
        guaranteed = max(LOWEST_BYTES_PER_SECOND, pair.guaranteed * percent // 100)
        made[opd] = RatePair(guaranteed, max(guaranteed, min(pair.ceiling * percent // 100, capacity)))
    return made


def _by_share(rates: Mapping[str, RatePair], capacity: int) -> dict[str, RatePair]:
    """Guarantees first, all in the same proportion where they do not fit; then ceilings, which fit the line as well."""
    guarantees = {opd: pair.guaranteed for opd, pair in rates.items()}
    lowest = dict.fromkeys(rates, LOWEST_BYTES_PER_SECOND)
    weights = {opd: max(1, guarantee) for opd, guarantee in guarantees.items()}
    guaranteed = _fill(usable(capacity), weights, lowest, guarantees)
    ceilings = _fill(capacity, weights, guaranteed, {opd: pair.ceiling for opd, pair in rates.items()})
    return {opd: RatePair(guaranteed[opd], ceilings[opd]) for opd in rates}


def _fill(amount: int, weights: Mapping[str, int], low: Mapping[str, int], high: Mapping[str, int]) -> dict[str, int]:
    """Each at the same level times its weight, but within its bounds; together as much of the amount as they can use.

    Where the lower bounds alone are above the amount, each has its lower bound: the sum says that it does not fit.
    """

    def at(level: int) -> dict[str, int]:
        return {opd: min(high[opd], max(low[opd], weights[opd] * level // _PARTS)) for opd in weights}

    least, most = 0, _PARTS * max((high[opd] // weights[opd] + 1 for opd in weights), default=1)
    while least < most:
        middle = (least + most + 1) // 2
        least, most = (middle, most) if sum(at(middle).values()) <= amount else (least, middle - 1)
    return at(least)
