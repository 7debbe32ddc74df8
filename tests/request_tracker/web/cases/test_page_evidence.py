"""The evidence sheet on the case page: what an official must have seen before signing; what is missing is said."""

import re
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from tracker_office import MBIT
from tracker_site import NOW, Site

from request_tracker.cases import Allocation
from request_tracker.evidence.prometheus import Prometheus
from request_tracker.ledger import allocations

TWENTY = Allocation(5 * MBIT, 20 * MBIT, 5 * MBIT, 20 * MBIT)


@dataclass(frozen=True)
class Measured(Prometheus):
    """A Prometheus that has measured so many days at 8 Mbit/s."""

    url: str | None = None
    days: float = 30.0

    def first_value(self, expression: str, at: float | None = None) -> float | None:
        """The number of samples, or the rate; nothing where nothing was measured."""
        if "count_over_time" in expression:
            return self.days * 288 if self.days else None
        return 8.0 * MBIT if self.days else None

    def series(self, expression: str, start: float, end: float, step: float) -> list[tuple[float, float]]:
        """No graph."""
        return []


def page(site: Site, days: float | None) -> str:
    """The head's case page over so many measured days; None for a Prometheus that is silent."""
    extensions = site.client.application.extensions
    if days is not None:
        extensions["office"] = replace(extensions["office"], prometheus=Measured(days=days))
    with site.desk.store.transaction() as db:
        change = allocations.Change("dinkes", TWENTY, "system", None, "saldo awal")
        allocations.write(site.desk.store, db, [change], NOW - timedelta(days=30))
    site.enter("head_of_office")
    return site.get(f"/kasus/{site.request().number}")


def test_PKL_B_GAP1_use_and_advice_stand_before_the_signature(site: Site) -> None:
    seen = page(site, 30)
    assert seen.index('id="bukti"') < seen.index('value="sign"')
    assert "Diminta (unduh): <strong>50 Mbit/s</strong>; sekarang: <strong>20 Mbit/s</strong>" in seen
    assert "8 Mbit/s" in seen and "40 % dari batas" in seen and 'id="terukur"' not in seen


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (12.0, "Baru terukur 12 dari 30 hari."),
        (0.0, "belum terukur sama sekali"),
        (None, "Pemakaian belum dapat dibaca"),
    ],
)
def test_BTM_06_what_was_not_measured_is_said_above_the_figures_and_never_guessed(
    site: Site, days: float | None, said: str
) -> None:
    seen = page(site, days)
    notice = re.search(r'<p class="notice warn" id="terukur">(.*?)</p>', seen, re.DOTALL)
    assert notice is not None and said in " ".join(notice[1].split())
    assert seen.index('id="terukur"') < seen.index('class="figures"')
    assert ('class="graph"' in seen) == bool(days)
    assert bool(days) or "dari batas" not in seen
