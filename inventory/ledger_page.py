"""The ledger's page at a moment: the tracker's answer in, the rates that are in force then out. Pure.

Tracker, agent and ``verify`` ask this one function, so that a rate begins and ends at its moment also while the tracker
is silent. ``allocations`` are what was in force when the page was answered, ``timed.ahead`` what was decided to come.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Page = Mapping[str, Any]


class PageError(ValueError):
    """A page that does not give its hash, or whose times cannot be read."""


@dataclass(frozen=True)
class RatesInForce:
    """What the page says of one moment; ``until`` is when it next says something else (Unix seconds)."""

    revision: int
    hash: str
    rows: tuple[Page, ...]
    until: float | None


def page_hash(content: Any) -> str:
    """The sha256 of canonical JSON: sorted keys, no spaces."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def timed_part(ahead: Sequence[Page]) -> dict[str, Any]:
    """The page's part of what is to come, with its own hash; each of ``ahead`` has at, revision and allocations."""
    return {"hash": page_hash(list(ahead)), "ahead": list(ahead)}


def in_force(page: Page, moment: float | None = None) -> RatesInForce:
    """The rates in force at that moment (Unix seconds); None is when the page was answered.

    Raises PageError where the page does not give its hashes, KeyError and TypeError where it has another shape.
    """
    rows, ahead = list(page["allocations"]), list(page.get("timed", {}).get("ahead", ()))
    _checked(page, rows, ahead)
    due = [step for step in ahead if moment is not None and step["at"] <= moment]
    until = next((float(step["at"]) for step in ahead[len(due) :]), None)
    if not due:
        return RatesInForce(int(page["revision"]), str(page["hash"]), tuple(rows), until)
    by_opd = {str(row["opd"]): row for row in rows}
    for step in due:
        by_opd |= {str(row["opd"]): row for row in step["allocations"]}
    # In the order of the tracker's own answer, because the hash is over it.
    now = [by_opd[opd] for opd in sorted(by_opd)]
    return RatesInForce(int(due[-1]["revision"]), page_hash(now), tuple(now), until)


def _checked(page: Page, rows: list[Page], ahead: list[Page]) -> None:
    if page_hash(rows) != page["hash"]:
        raise PageError(f"does not give its hash {str(page['hash'])[:12]}")
    if "timed" in page and page_hash(ahead) != page["timed"]["hash"]:
        raise PageError(f"has times that do not give their hash {str(page['timed']['hash'])[:12]}")
    moments = [float(step["at"]) for step in ahead]
    if moments != sorted(set(moments)):
        raise PageError("has times that are not in their order")
