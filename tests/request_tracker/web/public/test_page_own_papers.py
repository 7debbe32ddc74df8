"""The requester's papers: those that are his by the secret link, and no other; each as a download."""

from datetime import UTC, datetime

from tracker_office import (
    DIVISION,
    HEAD,
    LETTER,
    SECTION,
    TECHNICIAN,
    VERIFIED,
    applied,
    request,
    to_technician,
    walk_to,
)
from tracker_site import Site

from request_tracker.cases import AddDocument, Case, Desk, Sign, Supplied, Who, history, read_case, run
from request_tracker.letters.requester_papers import requester_papers
from request_tracker.sop.register import by_hash
from request_tracker.store import files


def names(desk: Desk, number: str) -> list[str]:
    case: Case = read_case(desk, number)
    return [one.key for one in requester_papers(case, by_hash(desk.store, case.sop_hash), history(desk, number))]


def stored(site: Site, text: bytes, name: str) -> Supplied:
    """A file as an upload leaves it."""
    folder = site.client.application.extensions["office"].config.files
    with site.desk.store.transaction() as db:
        return files.keep(db, folder, files.PaperFile(text, name, "application/pdf"), datetime.now(UTC))


def test_X_PDP_the_link_opens_the_requesters_papers_and_none_of_the_offices(site: Site) -> None:
    letter = stored(site, b"%PDF-1.4 surat", "surat.pdf")
    made = site.request(documents={"surat": letter})
    link = f"/lacak/{made.token}"
    run(site.desk, made.number, Sign("PKL-B-02", note="jangan dibuka"), HEAD, datetime.now(UTC))
    page = site.get(link)
    assert f'href="{link}/surat/surat"' in page and "disposisi" not in page.split('id="surat-anda"')[1].lower()
    taken = site.client.get(f"{link}/surat/surat", buffered=True)
    assert taken.data == b"%PDF-1.4 surat" and "attachment" in taken.headers["Content-Disposition"]
    for key in ("disposisi", "lembar_disposisi", "hasil", "laporan_alokasi", "info", "tidak-ada"):
        assert site.client.get(f"{link}/surat/{key}").status_code == 404, key
    assert site.client.get("/lacak/salah/surat/surat").status_code in (404, 409)


def test_PKL_B_06_the_information_is_the_requesters_once_it_is_sent_and_the_report_is_not(desk: Desk) -> None:
    number = request(desk)
    to_technician(desk, number)
    now = datetime.now(UTC)
    applied(desk, number, "PKL-B-04", now)
    run(desk, number, Sign("PKL-B-05"), TECHNICIAN, now)
    assert names(desk, number) == ["surat"]
    run(desk, number, Sign("PKL-B-06"), TECHNICIAN, now)
    assert names(desk, number) == ["surat", "info"]


def test_BTM_07_a_refusal_is_the_requesters_and_the_signed_one_comes_before_the_made_one(site: Site) -> None:
    made = site.request("BTM-BW", contact={"name": "Narahubung"}, documents={"surat": LETTER})
    desk, now = site.desk, datetime.now(UTC)
    requester = Who(str(read_case(desk, made.number).contact), frozenset({"requester"}))
    filled = {"spesifikasi": "a", "peruntukan": "b", "jumlah_pengguna": "1"}
    found = {"analisa": Supplied(content={"reason": "uplink penuh"})}
    before = [(HEAD, Sign("BTM-02")), (DIVISION, VERIFIED), (SECTION, Sign("BTM-04", assignee=TECHNICIAN))]
    filling = [(TECHNICIAN, Sign("BTM-05")), (requester, Sign("BTM-05", form=filled))]
    refusal = [(TECHNICIAN, Sign("BTM-06", "uplink penuh", found, decision="tidak_tersedia"))]
    walk_to(desk, made.number, [*before, *filling, *refusal], now)
    assert "balasan" not in names(desk, made.number), "a draft is not sent yet"
    walk_to(desk, made.number, [(who, Sign("BTM-07")) for who in (TECHNICIAN, SECTION, DIVISION, HEAD)], now)
    assert "balasan" in names(desk, made.number) and "analisa" not in names(desk, made.number)
    link = f"/lacak/{made.token}/surat/balasan"
    assert site.client.get(link).data.startswith(b"%PDF")
    signed = stored(site, b"%PDF-1.4 ditandatangani", "balasan.pdf")
    run(desk, made.number, AddDocument("balasan", signed), SECTION, now)
    assert site.client.get(link, buffered=True).data == b"%PDF-1.4 ditandatangani"
