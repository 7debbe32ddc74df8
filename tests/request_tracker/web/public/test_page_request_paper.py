"""The request on paper: the form blank and filled."""

from tracker_site import Site

from request_tracker.config import Office
from request_tracker.letters.request_form.paper import LINE, request_form
from request_tracker.sop.forms import BANDWIDTH_REQUEST

SENT = {
    "opd": "Dinas Kesehatan",
    "contact_name": "Narahubung",
    "wanted_receive": 6_250_000,
    "purpose": "layanan daring",
    "starts_on": "2026-12-01",
}


def test_PKL_B_CT2_the_blank_form_has_a_line_for_every_field() -> None:
    paper = request_form(Office(), {})
    assert [name for name, _ in paper.pairs] == [field.indonesian for field in BANDWIDTH_REQUEST]
    assert {value for _, value in paper.pairs} == {LINE}


def test_PKL_B_CT2_the_filled_form_says_what_was_sent_and_nothing_else() -> None:
    said = dict(request_form(Office(), SENT, (("Nomor kasus", "PKL-BW/2026/000001"),)).pairs)
    assert (said["Nomor kasus"], said["OPD pemohon"]) == ("PKL-BW/2026/000001", "Dinas Kesehatan")
    assert (said["Kecepatan unduh yang diminta"], said["Mulai digunakan"]) == ("50 Mbit/s", "1 Desember 2026")
    assert sum(value == "–" for value in said.values()) == len(BANDWIDTH_REQUEST) - len(SENT)


def test_PKL_B_CT2_anybody_prints_the_blank_form_and_staff_the_filled_one(site: Site) -> None:
    assert "/permohonan/formulir.pdf" in site.get("/permohonan")
    assert site.client.get("/permohonan/formulir.pdf").data.startswith(b"%PDF")
    filled = f"/kasus/{site.request().number}/formulir.pdf"
    assert site.client.get(filled).status_code == 302
    site.enter("secretariat")
    assert site.client.get(filled).data.startswith(b"%PDF")
