"""Papers through the forms: what is stored is what was checked, and a refusal is a sentence on the form."""

from io import BytesIO
from typing import Any

import pytest
from tracker_papers import PDF, SECRETS, pdf, photograph
from tracker_site import Site

from request_tracker.store import files
from request_tracker.web.shell.serving import MAX_REQUEST_BYTES
from request_tracker.web.shell.uploads import MAX_FILES

FORM = {"opd": "dinkes", "wanted_receive": "50", "purpose": "uji", "contact_name": "Narahubung", "contact_phone": "08"}


def send(site: Site, **papers: Any) -> Any:
    return site.post("/permohonan", key="k", **FORM, **papers)


def stored(site: Site) -> list[bytes]:
    folder = site.client.application.extensions["office"].config.files
    return [files.read(folder, row["sha256"]) for row in site.desk.store.rows("SELECT sha256 FROM files")]


def test_X_PDP_a_photograph_is_stored_without_place_time_and_telephone(site: Site) -> None:
    assert send(site, letter=(BytesIO(photograph()), "surat.jpg")).status_code == 200
    (kept,) = stored(site)
    assert kept.startswith(b"\xff\xd8\xff") and not any(secret in kept for secret in SECRETS)


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (pdf(b"<html><script>"), "surat.pdf", "tersembunyi berkas jenis lain"),
        (b"<svg onload=alert(1)>", "surat.svg", "bukan berkas PDF"),
    ],
)
def test_PKL_B_01_what_is_no_paper_opens_no_case_and_stores_nothing(
    site: Site, content: bytes, name: str, reason: str
) -> None:
    answer = send(site, letter=(BytesIO(content), name))
    assert (answer.status_code, reason in answer.text, name in answer.text) == (422, True, True)
    assert stored(site) == [] and site.desk.store.value("SELECT count(*) FROM cases") == 0


def test_a_form_with_too_many_files_or_too_many_bytes_is_refused(site: Site) -> None:
    many = {f"more{n}": (BytesIO(PDF), "a.pdf") for n in range(MAX_FILES)}
    answer = send(site, letter=(BytesIO(PDF), "surat.pdf"), **many)
    assert (answer.status_code, f"paling banyak {MAX_FILES} berkas" in answer.text) == (422, True)
    body = b"--x\r\n" + b" " * MAX_REQUEST_BYTES
    large = site.client.post("/permohonan", data=body, content_type="multipart/form-data; boundary=x")
    assert (large.status_code, "Berkas terlalu besar" in large.text) == (413, True)
    assert stored(site) == []


def test_a_paper_is_given_out_as_a_download_whatever_it_is(site: Site) -> None:
    send(site, letter=(BytesIO(photograph()), "surat.jpg"))
    site.enter("secretariat")
    with site.client.get(f"/berkas/{site.desk.store.value('SELECT sha256 FROM files')}") as answer:
        assert answer.headers["Content-Disposition"] == "attachment; filename=surat.jpg"
        assert (answer.mimetype, answer.headers["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")
