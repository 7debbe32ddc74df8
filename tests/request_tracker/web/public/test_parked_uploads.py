"""What strangers' forms may leave on the disk: a bound in all, and a kept file that went is chosen again."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from io import BytesIO
from typing import Any

from tracker_papers import PDF, other_pdf
from tracker_site import NOW, Site

from request_tracker.store.parked_files import GRACE, STRANGER_KEPT, remove_abandoned

FORM = {"opd": "dinkes", "wanted_receive": "50", "purpose": "uji", "contact_name": "Narahubung", "contact_phone": "08"}


def send(site: Site, key: str, **more: Any) -> Any:
    return site.post("/permohonan", **{"key": key, **FORM, **more})


def test_what_strangers_may_leave_without_a_case_is_bounded_and_the_form_goes_on_without_its_file(site: Site) -> None:
    office = site.client.application.extensions["office"]
    disk = office.config.disk.model_copy(update={"megabytes_of_strangers_parked": 0})
    other = replace(office, config=office.config.model_copy(update={"disk": disk}))
    site.client.application.extensions["office"] = other
    refusal = send(site, "k", letter=(BytesIO(PDF), "surat.pdf"))
    assert refusal.status_code == 503 and "menunggu dipilah" in refusal.text and FORM["purpose"] in refusal.text
    assert site.desk.store.value("SELECT count(*) FROM files") == 0
    assert send(site, "k").status_code == 200


def test_a_kept_file_that_was_removed_meanwhile_is_asked_for_again_and_nothing_names_it(site: Site) -> None:
    refusal = send(site, "k", purpose="", letter=(BytesIO(other_pdf("lain")), "surat.pdf"))
    (mark,) = (unescape(found) for found in re.findall(r'name="kept_letter" value="([^"]+)"', refusal.text))
    folder = site.client.application.extensions["office"].config.files
    assert len(remove_abandoned(site.desk.store, folder, NOW + STRANGER_KEPT + GRACE + timedelta(days=3650))) == 1
    again = send(site, "k", kept_letter=mark)
    assert again.status_code == 422 and "pilih lagi" in again.text and "kept_letter" not in again.text
    assert send(site, "k").status_code == 200
    assert "surat.pdf" not in site.desk.store.value("SELECT sending FROM inbox")
