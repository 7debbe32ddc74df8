"""The ledger's page at a moment: the tracker's answer in, the rates that are in force then out. Pure.

Tracker, agent and ``verify`` ask this one function, so that a rate begins and ends at its moment also while the tracker
is silent. ``allocations`` are what was in force when the page was answered, ``timed.profiles`` the hours of the week in
which an office has other rates, ``timed.ahead`` what was decided to come of both.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from inventory.weekly_hours import hours_of

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


def timed_part(ahead: Sequence[Page], profiles: Sequence[Page] = ()) -> dict[str, Any]:
    """The page's part of what changes by itself, with its own hash.

    Each of ``ahead`` has at, revision, allocations and profiles; a profile is a row with its ``hours``.
    """
    content = {"ahead": list(ahead), "profiles": list(profiles)}
    return {"hash": page_hash(content), **content}


def in_force(page: Page, moment: float | None = None) -> RatesInForce:
    """The rates in force at that moment (Unix seconds); None is when the page was answered.

    Raises PageError where the page does not give its hashes, KeyError and TypeError where it has another shape.
    """
    rows, timed = list(page["allocations"]), page.get("timed", {})
    ahead = list(timed.get("ahead", ()))
    _checked(page, rows, ahead)
    if moment is None:
        return RatesInForce(int(page["revision"]), str(page["hash"]), tuple(rows), None)
    due = [step for step in ahead if step["at"] <= moment]
    by_opd = {str(row["opd"]): row for row in rows}
    profiles = {str(row["opd"]): row for row in timed.get("profiles", ())}
    for step in due:
        by_opd |= {str(row["opd"]): row for row in step["allocations"]}
        profiles |= {str(row["opd"]): row for row in step["profiles"]}
    at, next_changes = datetime.fromtimestamp(moment, UTC), [float(step["at"]) for step in ahead[len(due) :]]
    # Many offices share few plans: each is asked once.
    plans = {opd: hours_of(profile["hours"]) for opd, profile in profiles.items()}
    covered = {hours: hours.covers(at) for hours in set(plans.values())}
    by_opd |= {opd: _without_hours(profiles[opd]) for opd, hours in plans.items() if covered[hours]}
    next_changes += [boundary.timestamp() for hours in covered if (boundary := hours.next_boundary(at))]
    # In the order of the tracker's own answer, because the hash is over it.
    now = tuple(by_opd[opd] for opd in sorted(by_opd))
    revision = int(due[-1]["revision"] if due else page["revision"])
    return RatesInForce(revision, page_hash(list(now)), now, min(next_changes, default=None))


def _checked(page: Page, rows: list[Page], ahead: list[Page]) -> None:
    if page_hash(rows) != page["hash"]:
        raise PageError(f"does not give its hash {str(page['hash'])[:12]}")
    if "timed" in page and timed_part(ahead, page["timed"]["profiles"])["hash"] != page["timed"]["hash"]:
        raise PageError(f"has times that do not give their hash {str(page['timed']['hash'])[:12]}")
    moments = [float(step["at"]) for step in ahead]
    if moments != sorted(set(moments)):
        raise PageError("has times that are not in their order")


def _without_hours(row: Page) -> Page:
    return {key: value for key, value in row.items() if key != "hours"}
