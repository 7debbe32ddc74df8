"""Papers through the forms: what is stored is what was checked, and a refusal is a sentence on the form."""

import hashlib
import re
from dataclasses import replace
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from clamd_fake import EICAR, fake_clamd
from tracker_papers import PDF, SECRETS, heic, made_pdf, other_pdf, pdf, photograph, word
from tracker_site import Site
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from request_tracker.cases import history, read_case
from request_tracker.config import TrackerConfig, UploadsPart
from request_tracker.custody.upkeep import audit
from request_tracker.store import files
from request_tracker.web.shell.uploads import MAX_FILES

# A quote in a name, as every browser writes it into a form.
AS_SENT = "surat %22segera%22 – خطاب.pdf"
FORM = {"opd": "dinkes", "wanted_receive": "50", "purpose": "uji", "contact_name": "Narahubung", "contact_phone": "08"}


def send(site: Site, **papers: Any) -> Any:
    return site.post("/permohonan", **{"key": "k", **FORM, **papers})


def send_large(site: Site, content: bytes, key: str) -> Any:
    """As ``send``, for what the test client would keep in a file of its own that it leaves open."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', site.get("/permohonan"))
    letter = FileStorage(BytesIO(content), "pindaian.pdf")
    boundary, body = encode_multipart({"csrf_token": token[1] if token else "", "key": key, **FORM, "letter": letter})
    return site.client.post("/permohonan", data=body, content_type=f"multipart/form-data; boundary={boundary}")


def stored(site: Site) -> list[bytes]:
    folder = config(site).files
    return [files.read(folder, row["sha256"]) for row in site.desk.store.rows("SELECT sha256 FROM files")]


def config(site: Site) -> TrackerConfig:
    here: TrackerConfig = site.client.application.extensions["office"].config
    return here


def rule(site: Site, **rules: Any) -> None:
    """Give the office other rules for its uploads."""
    extensions = site.client.application.extensions
    other = config(site).model_copy(update={"uploads": UploadsPart(**rules)})
    extensions["office"] = replace(extensions["office"], config=other)


def kept_mark(page: str, field: str) -> str:
    found = re.search(rf'name="kept_{field}" value="([^"]+)"', page)
    assert found is not None, f"nothing is kept for {field}"
    return unescape(found[1])


def is_announced(site: Site, number: str) -> bool:
    """True where the letter is still to follow."""
    letter = read_case(site.desk, number).latest("surat")
    return letter is not None and letter.announced


def test_X_PDP_a_photograph_is_stored_without_place_time_and_telephone(site: Site) -> None:
    assert send(site, letter=(BytesIO(photograph()), "surat.jpg")).status_code == 200
    (kept,) = stored(site)
    assert kept.startswith(b"\xff\xd8\xff") and not any(secret in kept for secret in SECRETS)


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (pdf(b"<html><script>"), "surat.pdf", "tersembunyi berkas jenis lain"),
        (b"<svg onload=alert(1)>", "surat.svg", "jenis berkas ini tidak diterima"),
    ],
)
def test_PKL_B_01_what_is_no_paper_opens_no_case_and_stores_nothing(
    site: Site, content: bytes, name: str, reason: str
) -> None:
    answer = send(site, letter=(BytesIO(content), name))
    assert (answer.status_code, reason in answer.text, name in answer.text) == (422, True, True)
    assert 'value="50"' in answer.text and ">uji</textarea>" in answer.text and "kept_letter" not in answer.text
    assert stored(site) == [] and site.desk.store.value("SELECT count(*) FROM inbox") == 0


def test_a_form_with_too_many_files_or_too_many_bytes_is_refused(site: Site) -> None:
    many = {f"more{n}": (BytesIO(PDF), "a.pdf") for n in range(MAX_FILES)}
    answer = send(site, letter=(BytesIO(PDF), "surat.pdf"), **many)
    assert (answer.status_code, f"paling banyak {MAX_FILES} berkas" in answer.text) == (422, True)
    body = b"--x\r\n" + b" " * int(site.client.application.config["MAX_CONTENT_LENGTH"] or 0)
    large = site.client.post("/permohonan", data=body, content_type="multipart/form-data; boundary=x")
    assert (large.status_code, "Berkas terlalu besar: paling besar 25 MB" in large.text) == (413, True)
    assert stored(site) == []


def test_a_scan_of_twenty_megabytes_is_taken_and_one_above_the_size_keeps_the_form(site: Site) -> None:
    def grow(made: Any) -> None:
        made.Root.Isi = made.make_stream(hashlib.sha256(b"").digest() * (20 * 2**15))

    from_a_scanner = made_pdf(grow, compress_streams=False)
    assert 20 * 2**20 <= len(from_a_scanner) < 25 * 2**20
    assert send_large(site, from_a_scanner, "k1").status_code == 303
    answer = send_large(site, PDF + b" " * (26 * 2**20), "k2")
    assert (answer.status_code, "lebih besar dari 25 MB; pindai dengan 200 dpi" in answer.text) == (422, True)
    assert 'value="50"' in answer.text and 'value="Narahubung"' in answer.text


def test_a_heic_is_stored_as_jpeg_and_the_case_says_what_it_was_made_from(site: Site) -> None:
    given = heic()
    send(site, letter=(BytesIO(given), "IMG_0001.HEIC"))
    (number,) = site.accept_all()
    (added,) = (event.data for event in history(site.desk, number) if event.data.get("sha256"))
    digest = hashlib.sha256(given).hexdigest()
    assert added["name"] == "IMG_0001.jpg"
    assert added["original"] == {"name": "IMG_0001.HEIC", "sha256": digest, "size": len(given)}
    assert audit(site.desk, config(site).files) == []
    site.enter("secretariat")
    page = site.get(f"/kasus/{number}")
    assert "dibuat dari IMG_0001.HEIC" in " ".join(page.split()) and digest[:12] in page
    record = read_case(site.desk, number).latest("surat")
    assert record is not None and record.original == added["original"]


def test_a_good_file_stays_with_a_form_that_is_refused_for_something_else(site: Site) -> None:
    answer = send(site, purpose="", letter=(BytesIO(PDF), "surat penting.pdf"))
    assert answer.status_code == 422 and "surat penting.pdf" in answer.text
    assert "sudah kami terima" in answer.text
    assert send(site, kept_letter=kept_mark(answer.text, "letter")).status_code == 200
    (number,) = site.accept_all()
    record = read_case(site.desk, number).latest("surat")
    assert record is not None
    assert (record.name, record.sha256) == ("surat penting.pdf", hashlib.sha256(PDF).hexdigest())


def test_a_kept_file_gives_way_to_another_and_can_be_left_out(site: Site) -> None:
    mark = kept_mark(send(site, purpose="", letter=(BytesIO(PDF), "surat.pdf")).text, "letter")
    again = send(site, purpose="", kept_letter=mark, letter=(BytesIO(other_pdf("Lain")), "lain.pdf"))
    assert "lain.pdf" in again.text
    assert send(site, key="k2", kept_letter=mark, dropped_letter="1").status_code == 200
    (number,) = site.accept_all()
    assert is_announced(site, number)


@pytest.mark.parametrize("spoil", [lambda mark: mark[:-2] + "xx", lambda mark: "x", lambda mark: "é" * 5000])
def test_a_mark_that_is_not_ours_is_no_file(site: Site, spoil: Any) -> None:
    mark = kept_mark(send(site, purpose="", letter=(BytesIO(PDF), "surat.pdf")).text, "letter")
    assert send(site, kept_letter=spoil(mark)).status_code == 200
    (number,) = site.accept_all()
    assert is_announced(site, number)


def test_a_mark_of_one_field_is_no_file_of_another(site: Site) -> None:
    mark = kept_mark(send(site, purpose="", letter=(BytesIO(PDF), "surat.pdf")).text, "letter")
    site.enter("secretariat")
    page = "/kasus/baru?sop=BTM-BW"
    answer = site.post(page, page, sop="BTM-BW", key="z", channel="", **FORM, kept_document_surat=mark)
    assert answer.status_code == 422 and "kept_document_surat" not in answer.text


def test_a_file_refused_for_the_final_paper_stands_on_the_case_with_its_reason(site: Site) -> None:
    number = site.request().number
    site.enter("secretariat")
    page = f"/kasus/{number}"
    answer = site.post(f"{page}/surat", page, document="disposisi", file=(BytesIO(b"MZ"), "a.exe"))
    assert answer.status_code == 422 and "bukan berkas PDF" in answer.text
    assert 'value="disposisi" selected' in answer.text
    assert (
        site.post(f"{page}/surat", page, document="disposisi", file=(BytesIO(word()), "final.docx")).status_code == 302
    )


def test_the_fields_say_what_may_be_sent_how_large_and_what_is_only_stored(site: Site) -> None:
    page = " ".join(site.get("/permohonan").split())
    assert "PDF, JPG, PNG, HEIC, WEBP, TIFF, DOCX" in page and "paling besar 25 MB" in page
    assert "DOC, RTF hanya disimpan, isinya tidak diperiksa" in page
    assert 'accept=".pdf,.jpg,.jpeg,.jfif,.png,.heic' in page
    rule(site, kinds=("pdf",), megabytes=5)
    assert send(site, letter=(BytesIO(photograph()), "a.jpg")).status_code == 422
    assert "lebih besar dari 5 MB" in send_large(site, PDF + b" " * (6 * 2**20), "k").text


@pytest.mark.parametrize(
    ("content", "name", "mime"),
    [
        (photograph(), "surat.jpg", "image/jpeg"),
        (PDF, AS_SENT, "application/pdf"),
        (b"<script>alert(1)</script>", "chat.txt", "text/plain"),
    ],
)
def test_a_paper_is_given_out_as_a_download_whatever_it_is(site: Site, content: bytes, name: str, mime: str) -> None:
    send(site, letter=(BytesIO(content), name))
    site.enter("secretariat")
    with site.client.get(f"/berkas/{site.desk.store.value('SELECT sha256 FROM files')}") as answer:
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        assert (answer.mimetype, answer.headers["X-Content-Type-Options"]) == (mime, "nosniff")
        assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_the_name_of_a_paper_travels_whole_in_any_script(site: Site) -> None:
    send(site, letter=(BytesIO(PDF), AS_SENT))
    site.enter("secretariat")
    with site.client.get(f"/berkas/{site.desk.store.value('SELECT sha256 FROM files')}") as answer:
        disposition = answer.headers["Content-Disposition"]
    assert "filename*=UTF-8''surat%20%22segera%22%20%E2%80%93%20%D8%AE" in disposition


def ends(site: Site) -> dict[str, int]:
    found = re.findall(r'lebarpita_uploads_total\{ended="(\w+)",kind="(\w+)"\} (\d+)', site.get("/metrics"))
    return {f"{kind} {end}": int(number) for end, kind, number in found if number != "0"}


def test_what_becomes_of_files_is_counted(site: Site) -> None:
    send(site, letter=(BytesIO(PDF), "a.pdf"))
    send(site, key="k2", letter=(BytesIO(heic()), "a.heic"))
    send(site, key="k3", letter=(BytesIO(b"x"), "a.exe"))
    assert ends(site) == {"pdf kept": 1, "heic converted": 1, "other refused": 1}


def test_what_clamd_finds_is_refused_with_its_name_and_not_stored(site: Site, tmp_path: Path) -> None:
    with fake_clamd(tmp_path) as fake:
        rule(site, clamav=fake.address)
        answer = send(site, letter=(BytesIO(EICAR), "surat.txt"))
        assert (answer.status_code, "Win.Test.EICAR_HDB-1" in answer.text, stored(site)) == (422, True, [])
        assert send(site, letter=(BytesIO(PDF), "surat.pdf")).status_code == 200
        assert fake.files == [EICAR, PDF]
    assert ends(site) == {"txt infected": 1, "pdf kept": 1}


def test_while_clamd_is_down_the_office_s_own_answer_holds(site: Site, tmp_path: Path) -> None:
    down = f"unix:{tmp_path}/tidak-ada"
    rule(site, clamav=down, without_clamav="refuse")
    answer = send(site, letter=(BytesIO(PDF), "surat.pdf"))
    assert (answer.status_code, "Pemeriksa virus kantor ini sedang tidak menjawab" in answer.text) == (422, True)
    assert stored(site) == [] and 'value="50"' in answer.text
    rule(site, clamav=down, without_clamav="take")
    assert send(site, letter=(BytesIO(PDF), "surat.pdf")).status_code == 200
    assert ends(site) == {"pdf unscanned_refused": 1, "pdf unscanned_kept": 1}
