"""The evidence sheet on the case page: what an official must have seen before signing; what is missing is said."""

import re
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from tracker_office import MBIT
from tracker_site import NOW, Site
from used_months import counter_of

from request_tracker.cases import Allocation, Note, read_case, run
from request_tracker.cases.model import SYSTEM
from request_tracker.evidence.prometheus import Prometheus, Sample
from request_tracker.ledger import allocations
from request_tracker.ledger.allocations import as_data

TWENTY = Allocation(5 * MBIT, 20 * MBIT, 5 * MBIT, 20 * MBIT)


@dataclass(frozen=True)
class Measured(Prometheus):
    """A Prometheus that has measured so many days at 8 Mbit/s."""

    url: str | None = None
    days: float = 30.0

    def first_value(self, expression: str, at: float | None = None) -> float | None:
        """One sample each five minutes, flows that agree, or the rate; nothing where nothing was measured."""
        if not self.days:
            return None
        return 1.0 if "count_over_time" in expression or "flow" in expression else 8.0 * MBIT

    def every_series(
        self, expression: str, times: tuple[float, float], step: float
    ) -> list[tuple[dict[str, str], list[tuple[float, float]]]]:
        """The counter of those days, the last of the window."""
        first = (times[1] - times[0]) // step - self.days * 288
        return [({}, counter_of(lambda number: 8.0 * MBIT if number >= first else None, times))]

    def query(self, expression: str, at: float | None = None) -> list[Sample]:
        """No five minutes had too few samples."""
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


def test_the_evidence_of_ninety_days_stands_beside_that_of_thirty_and_changes_no_act(site: Site) -> None:
    month = page(site, 90)
    number = site.desk.store.value("SELECT number FROM cases")
    assert f'href="/kasus/{number}?hari=90#bukti"' in month
    quarter = site.get(f"/kasus/{number}?hari=90")
    assert "a window of 90" in quarter or "jendela 90" in quarter
    assert "Pemakaian sembilan puluh hari" in quarter and f'src="/kasus/{number}/grafik.svg?hari=90"' in quarter
    assert f'href="/kasus/{number}#bukti"' in quarter and "Yang dibekukan saat ditandatangani adalah 30 hari" in quarter
    assert re.findall(r'name="act" value="(\w+)"', quarter) == re.findall(r'name="act" value="(\w+)"', month)
    assert site.client.get(f"/kasus/{number}/grafik.svg?hari=90").status_code == 200
    for odd in ("?hari=7", "?hari=sembilan", "?hari="):
        assert "jendela 30" in site.get(f"/kasus/{number}{odd}")


def test_of_ninety_days_too_few_are_not_judged(site: Site) -> None:
    """Thirty measured days are all of a month and a third of a quarter."""
    assert 'id="terukur"' not in page(site, 30)
    number = site.desk.store.value("SELECT number FROM cases")
    assert "30 dari 90" in site.get(f"/kasus/{number}?hari=90")


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
    # Below half of the window no figure of use is printed, of the office or of its uplink.
    figures = seen[seen.index('class="figures"') : seen.index("</section>", seen.index('class="figures"'))]
    assert "dari batas" not in seen and figures.count("belum dapat dinilai") == 4


def test_BTM_06_what_was_signed_stands_beside_todays_figures_each_under_its_own_date(site: Site) -> None:
    seen = page(site, 30)
    assert 'id="ditandatangani"' not in seen and "Angka hari ini" not in seen
    number = str(site.desk.store.value("SELECT number FROM cases ORDER BY id DESC LIMIT 1"))
    case = read_case(site.desk, number)
    figures = {"p95": 12.0 * MBIT}
    signed = {
        **{"kind": "laporan_analisa_bandwidth", "at": (NOW - timedelta(days=3)).timestamp(), "sha256": "ab" * 32},
        **{"verdict": "disarankan", "reason": "Unduh 30 Mbit/s: p95 12 Mbit/s.", "allocation": as_data(TWENTY)},
        **{"receive": figures, "transmit": figures},
    }
    act = Note("evidence_frozen", signed)
    run(site.desk, number, act, SYSTEM, NOW, version=case.version)
    seen = " ".join(site.get(f"/kasus/{number}").split())
    assert seen.index('id="ditandatangani"') < seen.index("Angka hari ini") < seen.index('class="figures"')
    assert "belum dapat dinilai" not in seen
    assert "Unduh 30 Mbit/s: p95 12 Mbit/s." in seen and "p95 unduh 12 Mbit/s dari 20 Mbit/s" in seen
    assert "40 % dari batas" in seen
