"""The page of messages: one's own address, what reached nobody, and the form's choice of channel."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from form_page_faults import faults
from tracker_site import NOW, Site
from tree import EXAMPLE_CITY

from request_tracker import cli
from request_tracker.notifications.delivery import send_outbox
from request_tracker.people.addresses import address_of, set_address
from request_tracker.people.privacy import export_account, export_person
from request_tracker.web.shell.context import OfficeDesk

FORM = {"opd": "dinkes", "wanted_receive": "50", "purpose": "SIMRS", "contact_name": "Nama", "contact_phone": "0812"}


@pytest.fixture
def reachable(site: Site) -> Iterator[Site]:
    """The same site with e-mail configured."""
    office: OfficeDesk = site.client.application.extensions["office"]
    config = office.config.model_copy(update={"channels": {"email": "env:MAIL"}})
    site.client.application.extensions["office"] = replace(office, config=config)
    yield site


def test_a_person_sets_the_own_address_and_a_wrong_one_is_refused_with_what_was_typed(reachable: Site) -> None:
    user = reachable.enter("technician")
    refused = reachable.post("/pesan/alamat", "/pesan", address="telegram:1")
    assert refused.status_code == 422 and "saluran telegram tidak diatur (email)" in refused.text
    assert 'value="telegram:1"' in refused.text and list(faults(refused.text)) == ["address"]
    reachable.post("/pesan/alamat", "/pesan", address="orang@kota.go.id")
    assert 'value="orang@kota.go.id"' in reachable.get("/pesan")
    reachable.post("/pesan/alamat", "/pesan", address="")
    assert address_of(reachable.desk.store, user) == ""


def test_X_PDP_the_administrator_sets_an_address_and_sees_it_masked(reachable: Site) -> None:
    user = reachable.enter("technician")
    reachable.enter("admin")
    changed = reachable.post(f"/pengguna/{user}", "/pengguna", act="address", address="orang@kota.go.id")
    assert "o••••@kota.go.id" in changed.text and "orang@kota" not in changed.text
    assert address_of(reachable.desk.store, user) == "orang@kota.go.id"


def test_PKL_B_06_a_message_that_reached_nobody_is_shown_and_told_by_hand(site: Site) -> None:
    opened = site.desk.calendar.after(NOW, timedelta(hours=1))
    number = site.request(contact={"name": "Nama", "channel": "phone"}).number
    send_outbox(site.desk, site.client.application.extensions["office"].config, opened)
    site.enter("auditor")
    page = site.get("/pesan")
    assert "Tidak ada alamat yang dapat dipakai" in page and number in page and "Sudah saya sampaikan" not in page
    row = site.desk.store.value("SELECT id FROM outbox WHERE recipient LIKE 'contact:%'")
    assert site.post(f"/pesan/{row}", "/pesan").status_code == 403
    site.enter("secretariat")
    assert site.post(f"/pesan/{row}", "/pesan").status_code == 302
    assert site.post(f"/pesan/{row}", "/pesan").status_code == 409
    assert str(site.desk.store.value("SELECT channel FROM outbox WHERE id = ?", [row])).startswith("told by user:")


def test_PKL_B_06_the_form_offers_only_channels_that_the_office_has(site: Site) -> None:
    page = site.get("/permohonan")
    assert 'value="phone"' in page and 'value="page"' in page and 'value="email"' not in page


def test_PKL_B_06_the_chosen_channel_is_kept_with_the_contact_and_in_no_event(reachable: Site) -> None:
    assert 'value="email"' in reachable.get("/permohonan")
    bad = reachable.post("/permohonan", **FORM, contact_email="bukan surel", contact_channel="email")
    assert bad.status_code == 422 and "bukan alamat surel" in bad.text
    reachable.post("/permohonan", **FORM, contact_email="a@b.id", contact_channel="email")
    (number,) = reachable.accept_all()
    kept = export_person(reachable.desk.store, number)["contact"]
    assert (kept["channel"], kept["email"]) == ("email", "a@b.id")
    assert not reachable.desk.store.row("SELECT 1 FROM events WHERE data LIKE '%a@b.id%'")


def test_X_PDP_an_account_s_address_is_exported_and_erased_by_command(
    site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    user = site.enter("technician")
    set_address(site.desk.store, user, "orang@kota.go.id", ("email",), NOW)
    city = EXAMPLE_CITY
    config = tmp_path / "tracker.yaml"
    config.write_text(f"inventory: {city}\ndatabase: {site.desk.store.path}\nfiles: {tmp_path}\n")
    assert cli.main(["person", "export", "technician", "--config", str(config)]) == 0
    assert json.loads(capsys.readouterr().out)["account"]["address"] == "orang@kota.go.id"
    assert cli.main(["person", "erase", "technician", "--config", str(config)]) == 0
    assert export_account(site.desk.store, "technician")["account"]["address"] is None
    assert cli.main(["person", "erase", "siapa", "--config", str(config)]) == 1
    assert "neither a case nor an account siapa" in capsys.readouterr().err
