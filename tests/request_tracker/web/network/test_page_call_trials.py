"""Trial calls: everybody whom an outage calls gets one by his own way, confirms it by a button; the page says when."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from receivers import Heard, config
from tracker_site import NOW, Site

from request_tracker.notifications.delivery import send_outbox
from request_tracker.outages.call_trials import begin_trial, call_people, trial_figures
from request_tracker.people.addresses import set_address

# Apprise loads every plug-in at its first use, and one of them still imports a module that Python 3.13 drops.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


def link_of(site: Site, folder: Path, chat: Heard, place: str) -> str:
    """The link in the message that arrived there."""
    settings = config(folder, "chat").model_copy(update={"secret_key": "env:SESSION"})
    # The page's own clock wrote it, some moments after NOW.
    while send_outbox(site.desk, settings, datetime.now(UTC)):
        pass
    text = next(text for where, _, text in chat.told if where == place and "Uji panggilan gangguan" in text)
    (link,) = re.findall(r"Saya terima / It arrived: \S+?(/tanggap/\S+)", text)
    return str(link)


def test_a_trial_reaches_a_person_by_his_own_way_and_is_confirmed_by_one_button_without_a_login(
    site: Site, tmp_path: Path, chat: Heard
) -> None:
    user = site.enter("technician")
    set_address(site.desk.store, user, "chat:piket", ("chat",), NOW)
    site.enter("admin")
    assert "Belum pernah dikonfirmasi" in site.get("/uji-panggilan")
    assert site.post("/uji-panggilan").status_code == 302
    link, phone = link_of(site, tmp_path, chat, "piket"), replace(site, client=site.client.application.test_client())
    # Previews and scanners look: looking confirms nothing.
    assert "Tidak ada gangguan." in phone.get(link)
    assert not next(person for person in call_people(site.desk.store, NOW) if person.user == user).is_confirmed
    assert "Tercatat: panggilan sampai." in phone.post(link).text
    assert phone.client.get(link).status_code == 409
    person = next(person for person in call_people(site.desk.store, NOW) if person.user == user)
    assert (person.state, person.channel) == ("good", "chat")
    page = site.get("/uji-panggilan")
    assert "Sampai, dikonfirmasi" in page and "dikirim lewat chat" in page


def test_a_month_later_it_is_red_again_and_the_metric_counts_it(site: Site) -> None:
    user = site.enter("head_of_office")
    begin_trial(site.desk, NOW)
    message = site.desk.store.value("SELECT id FROM outbox WHERE recipient = ?", [f"user:{user}"])
    with site.desk.store.transaction() as db:
        db.table("answer_links_used").insert({"message": message, "user_id": user, "at": NOW.timestamp()})
    assert {person.state for person in call_people(site.desk.store, NOW)} == {"good"}
    later = NOW + timedelta(days=31)
    assert [person.state for person in call_people(site.desk.store, later)] == ["bad"]
    figures = [next(iter(trial_figures(site.desk.store, at))).samples[0].value for at in (NOW, later)]
    assert figures == [0.0, 1.0]


def test_who_has_no_address_is_told_apart_and_who_would_not_be_called_gets_no_trial(site: Site) -> None:
    site.enter("technician")
    site.enter("secretariat")
    site.enter("admin")
    assert begin_trial(site.desk, NOW) == 1
    assert "Tanpa alamat kabar: tidak dapat dipanggil." in site.get("/uji-panggilan")


def test_it_is_said_in_english_too_and_without_people_that_there_are_none(site: Site) -> None:
    site.enter("admin")
    assert "Belum ada yang dapat dipanggil." in site.get("/uji-panggilan")
    site.client.get("/bahasa/en")
    assert "Nobody can be called yet." in site.get("/uji-panggilan")


def test_a_trial_s_link_gives_no_right_and_takes_no_outage(site: Site, tmp_path: Path, chat: Heard) -> None:
    user = site.enter("head_of_office")
    set_address(site.desk.store, user, "chat:kepala", ("chat",), NOW)
    begin_trial(site.desk, NOW)
    link = link_of(site, tmp_path, chat, "kepala")
    site.client.delete_cookie("session")
    assert site.post(link).status_code == 200
    assert site.client.get("/uji-panggilan").status_code == 302
    assert site.desk.store.value("SELECT count(*) FROM tickets") == 0
