"""All that is wrong with a public form is told at once, at its fields, and nothing typed or chosen is lost."""

import re
from io import BytesIO

import pytest
from tracker_papers import PDF
from tracker_site import NOW, Site

from request_tracker.inbox.open_requests import open_requests
from request_tracker.ledger.allocation import Allocation
from request_tracker.ledger.allocations import write
from request_tracker.ledger.standing import Change

WRONG = {
    **{"opd": "dinkes", "contact_name": "Nama", "contact_phone": "abc", "contact_email": "surel", "purpose": ""},
    **{"wanted_receive": "999.999.999", "starts_on": "2020-01-01", "tracking_word": "x", "urgency_reason": "segera"},
}
FAULTY = ["contact_phone", "contact_email", "wanted_receive", "purpose", "starts_on", "tracking_word"]


def test_every_fault_is_in_the_summary_and_at_its_field(site: Site) -> None:
    answer = site.post("/permohonan", **WRONG)
    assert answer.status_code == 422
    summary = answer.text[answer.text.index('id="kesalahan"') : answer.text.index("<form class")]
    assert re.findall(r'href="#(\w+)"', summary) == FAULTY
    for key in FAULTY:
        assert f'id="{key}-sebab"' in answer.text
        assert re.search(
            rf'<(input|textarea) id="{key}"[^>]*aria-invalid="true" aria-describedby="{key}-sebab', answer.text
        )
    assert answer.text.count('aria-invalid="true"') == len(FAULTY)


def test_what_was_typed_and_the_file_that_was_chosen_stand_there_again(site: Site) -> None:
    answer = site.post("/permohonan", **WRONG, letter=(BytesIO(PDF), "surat.pdf"))
    for text in ('value="abc"', 'value="surel"', 'value="999.999.999"', 'value="2020-01-01"', 'value="x"', ">segera<"):
        assert text in answer.text, text
    assert 'value="dinkes" selected' in answer.text and "surat.pdf" in answer.text and "kept_letter" in answer.text
    assert "<details open>" in answer.text


@pytest.mark.parametrize(
    ("page", "values", "field"),
    [
        (
            "/lapor",
            {"opd": "dinkes", "contact_name": "A", "contact_phone": "0285 000", "since": "2199-01-01T00:00"},
            "since",
        ),
        ("/pengaduan", {"description": "lambat", "contact_channel": "phone"}, "contact_phone"),
    ],
)
def test_the_other_public_forms_tell_it_alike(site: Site, page: str, values: dict[str, str], field: str) -> None:
    answer = site.post(page, **values)
    assert answer.status_code == 422 and f'href="#{field}"' in answer.text and f'id="{field}-sebab"' in answer.text
    assert site.desk.store.value("SELECT count(*) FROM inbox") == 0


def test_what_the_office_has_and_waits_for_is_told_in_the_form_and_less_is_refused(site: Site) -> None:
    has = Allocation(625_000, 2_500_000, 625_000, 2_500_000)
    with site.desk.store.transaction() as db:
        write(site.desk.store, db, [Change("dinkes", has, "user:1", None, "awal")], NOW)
    site.request()
    assert "masih-terbuka" not in site.get("/permohonan")
    page = site.get("/permohonan?opd=dinkes")
    known = page[page.index('id="sekarang-dimiliki"') :]
    assert "20 Mbit/s" in known and 'id="masih-terbuka"' in page and "PKL-BW/" not in known
    form = {"opd": "dinkes", "contact_name": "A", "contact_phone": "0285 000", "purpose": "uji"}
    assert "20 Mbit/s" in site.post("/permohonan", **form, wanted_receive="10").text
    receipt = site.post("/permohonan", **form, wanted_receive="50", key="k" * 16).text
    assert 'id="tanda-terima"' in receipt and 'id="masih-terbuka"' in receipt
    assert len(open_requests(site.desk, "dinkes")) == 2 and len(open_requests(site.desk, "dinkes", "TT-1")) == 1
