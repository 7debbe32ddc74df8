"""'Bagaimana bila?' on the case page: what each decision does to all others, read and never waited for."""

from datetime import timedelta

from tracker_office import CITY, MBIT
from tracker_site import NOW, Site
from used_months import full_month

from request_tracker.advice_settings import EvidencePart
from request_tracker.capacity.replayer import ReplaySource, replay_due
from request_tracker.cases import Allocation
from request_tracker.ledger import allocations


def page(site: Site, measured: bool = True, days: float = 30) -> str:
    """The head's page of a request for 50 Mbit/s; everybody used all of his 10."""
    rates = Allocation(2 * MBIT, 10 * MBIT, 2 * MBIT, 10 * MBIT)
    changes = [allocations.Change(opd.code, rates, "system", None, "saldo awal") for opd in CITY.opds]
    with site.desk.store.transaction() as db:
        allocations.write(site.desk.store, db, changes, NOW - timedelta(days=40))
    number = site.request().number
    if measured:
        replay_due(ReplaySource(site.desk, full_month((30 - days) * 288), EvidencePart()), NOW)
    site.enter("head_of_office")
    return site.get(f"/kasus/{number}")


def panel(text: str) -> str:
    begin = text.index('id="bagaimana-bila"')
    return " ".join(text[begin : text.index("</section>", begin)].split())


def test_every_decision_stands_there_before_the_signature_with_who_gains_and_who_loses(site: Site) -> None:
    text = page(site)
    assert text.index('id="bagaimana-bila"') < text.index('value="sign"')
    seen = panel(text)
    assert "Dikabulkan seluruhnya: 50 Mbit/s" in seen and "Ditolak: 10 Mbit/s" in seen
    assert "Bertambah: Dinas Kesehatan (0 sampai 720 jam). Berkurang: tidak ada." in seen
    assert "720 jam OPD ini berada pada batasnya" in seen and "100 % dari waktu OPD ini" in seen
    assert seen.count("Tidak diminta berubah") == 1
    assert "isp-utama" not in seen and "dinkes" not in seen


def test_below_half_of_the_time_it_says_so(site: Site) -> None:
    seen = panel(page(site, days=12))
    assert "Belum dapat dinilai: diperlukan paling sedikit 50 % waktu terukur." in seen and "Bertambah" not in seen


def test_without_an_answer_the_page_says_so_and_asks_nobody(site: Site) -> None:
    assert "Belum dihitung." in panel(page(site, measured=False))


def test_in_english_it_is_wholly_english(site: Site) -> None:
    page(site)
    number = site.desk.store.value("SELECT number FROM cases")
    site.client.set_cookie("bahasa", "en")
    seen = panel(site.get(f"/kasus/{number}"))
    assert "Granted in full: 50 Mbit/s" in seen and "Loses: nobody" in seen and "jam" not in seen
