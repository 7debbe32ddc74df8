"""Messages reach the people they are for, over real SMTP and HTTP on loopback; what reaches nobody is said."""

from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from receivers import Heard, config
from tracker_office import (
    CONTACT,
    MONDAY,
    TECHNICIAN,
    applied,
    new_desk,
    request,
    to_technician,
    walk_to,
)
from tracker_site import NOW, PASSWORD, Site

from request_tracker.cases import Desk, Sign
from request_tracker.config import AnchorPart, TrackerConfig
from request_tracker.custody.anchor import read_anchor
from request_tracker.custody.anchoring import anchor_when_due
from request_tracker.errors import Refused, TrackerError
from request_tracker.metrics import TrackerFigures
from request_tracker.notifications import delivery
from request_tracker.notifications.delivery import send_outbox
from request_tracker.notifications.reminders import remind
from request_tracker.outages.follow import escalate
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.tickets import reconcile
from request_tracker.people import accounts
from request_tracker.people.accounts import NewAccount, add_user, set_active
from request_tracker.people.addresses import contact_address, masked_address, read_address, set_address
from request_tracker.people.delegations import Delegation, delegate
from request_tracker.store.outbox import not_arrived, told_by_hand

# Apprise loads every plug-in at its first use, and one of them still imports a module that Python 3.13 drops.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
ROLES = ("head_of_office", "head_of_division", "head_of_section", "technician")
KINDS = ("email", "chat")
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords cost time on purpose; here they need not."""
    monkeypatch.setattr(accounts, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def people(desk: Desk, *logins: str) -> list[int]:
    """The four of the office, in the order of user:1 to user:4, and more technicians."""
    made = [(role, role.replace("_", "-")) for role in ROLES] + [("technician", login) for login in logins]
    return [add_user(desk.store, NewAccount(login, login, (role,), PASSWORD), MONDAY) for role, login in made]


def drain(desk: Desk, settings: TrackerConfig, minute: float = 0) -> int:
    """Send until nothing more is due."""
    sent = 0
    while once := send_outbox(desk, settings, MONDAY + timedelta(minutes=minute)):
        sent += once
    return sent


def state(desk: Desk, recipient: str) -> list[tuple[str, bool]]:
    rows = desk.store.rows("SELECT channel, sent_at FROM outbox WHERE recipient = ? ORDER BY id", [recipient])
    return [(row["channel"], row["sent_at"] is not None) for row in rows]


def test_PKL_B_03_the_technician_who_was_named_is_told_at_his_own_address(
    desk: Desk, tmp_path: Path, chat: Heard
) -> None:
    four = people(desk, "lain")
    settings = config(tmp_path, "chat", notify=True)
    set_address(desk.store, four[3], "chat:tim-1", KINDS, MONDAY)
    number = request(desk)
    to_technician(desk, number)
    drain(desk, settings, 9)
    mine = [(title, text) for place, title, text in chat.told if place == "tim-1"]
    assert [title for title, _ in mine] == [
        f"{number}: Anda ditunjuk sebagai petugas.",
        f"{number}: Langkah ini menunggu Anda.",
    ]
    assert mine[0][1].endswith(f"http://127.0.0.1:9820/kasus/{number}")
    assert {place for place, title, _ in chat.told if "ditunjuk" in title} == {"tim-1"}


def test_PKL_B_06_the_requester_is_told_by_the_chosen_channel_and_the_office_is_not_asked_to(
    desk: Desk, tmp_path: Path, mail: Heard, chat: Heard
) -> None:
    people(desk)
    settings = config(tmp_path, "email", notify=True)
    number = request(desk)
    to_technician(desk, number)
    applied(desk, number, "PKL-B-04", MONDAY + timedelta(minutes=5))
    walk_to(desk, number, [(TECHNICIAN, Sign(f"PKL-B-0{step}")) for step in (5, 6)], MONDAY + timedelta(minutes=10))
    drain(desk, settings, 20)
    assert set(mail.places()) == {CONTACT["email"]}
    _, title, text = mail.told[-1]
    assert title == f"{number}: Kasus selesai." and "tautan rahasia" in text and "selesai" in text
    assert not any("(untuk Pemohon / OPD)" in title for _, title, _ in chat.told)
    assert set(state(desk, "contact:1")) == {("email", True)}


def test_PKL_B_06_what_nobody_can_be_told_is_said_and_never_counted_as_sent(desk: Desk, tmp_path: Path) -> None:
    number = request(desk)
    assert drain(desk, config(tmp_path)) == 0
    assert set(state(desk, "contact:1")) == {("nobody", False)}
    rows = not_arrived(desk.store, MONDAY)
    assert len(rows) == 2 and all(number in row["payload"] for row in rows)
    assert gauge(desk, "lebarpita_outbox_waiting") == 0
    assert told_by_hand(desk.store, rows[0]["id"], "user:1", MONDAY)
    assert not told_by_hand(desk.store, rows[0]["id"], "user:1", MONDAY)
    assert len(not_arrived(desk.store, MONDAY)) == 1


def gauge(desk: Desk, name: str) -> float:
    return next(family.samples[0].value for family in TrackerFigures(desk).collect() if family.name == name)


def test_PKL_B_06_the_metric_counts_what_nobody_could_be_told(site: Site) -> None:
    site.request()
    settings = site.client.application.extensions["office"].config
    opened = site.desk.calendar.after(NOW, HOUR)
    assert send_outbox(site.desk, settings, opened) == 0
    assert gauge(site.desk, "lebarpita_outbox_unaddressed") == len(not_arrived(site.desk.store, NOW)) > 0


def test_a_role_is_told_to_everybody_who_holds_it_also_by_delegation_and_to_nobody_else(
    desk: Desk, tmp_path: Path, chat: Heard
) -> None:
    four = people(desk)
    for user in four:
        set_address(desk.store, user, f"chat:orang-{user}", KINDS, MONDAY)
    hours = (MONDAY - timedelta(hours=1), MONDAY + timedelta(hours=1))
    delegate(desk.store, Delegation("head_of_office", four[0], four[1], *hours, "SP 1"), MONDAY)
    request(desk)
    drain(desk, config(tmp_path, "chat", notify=True))
    assert [place for place, title, _ in chat.told if "menunggu" in title] == [f"orang-{n}" for n in four[:2]]
    assert next(title for place, title, _ in chat.told if place == "room").endswith("(untuk Pemohon / OPD)")


def test_an_address_that_fails_is_tried_again_without_telling_the_others_twice(
    desk: Desk, tmp_path: Path, chat: Heard
) -> None:
    four, settings = people(desk, "kedua"), config(tmp_path, "chat", notify=True)
    with desk.store.transaction() as db:
        db.execute("UPDATE user_roles SET role = 'head_of_office' WHERE user_id IN (?, ?)", [four[0], four[4]])
    for user in (four[0], four[4]):
        set_address(desk.store, user, f"chat:orang-{user}", KINDS, MONDAY)
    chat.broken.add(f"orang-{four[4]}")
    request(desk)
    for minute in range(30):
        drain(desk, settings, minute)
        if minute == 1:
            chat.broken.clear()
    waiting = [place for place, title, _ in chat.told if "menunggu" in title]
    assert waiting == [f"orang-{four[0]}", f"orang-{four[4]}"]


def test_a_reminder_reaches_the_office_s_channel_in_words_and_only_once(
    desk: Desk, tmp_path: Path, chat: Heard
) -> None:
    settings = config(tmp_path, notify=True)
    number = request(desk)
    assert drain(desk, settings) == len(chat.told) == 2
    remind(desk, MONDAY + timedelta(minutes=50))
    chat.broken.add("room")
    assert drain(desk, settings, 50) == 0
    chat.broken.clear()
    assert (drain(desk, settings, 55), drain(desk, settings, 56)) == (1, 0)
    _, title, text = chat.told[-1]
    assert text.startswith("Tiga perempat waktu langkah ini telah berlalu.")
    assert f"{number} – Hampir jatuh tempo: 23-11-2026 10.00 WIB" in text
    assert title == f"{number}: Tiga perempat waktu langkah ini telah berlalu. (untuk Kepala Dinas)"


def test_after_five_tries_the_office_is_told_instead(desk: Desk, tmp_path: Path, chat: Heard) -> None:
    four, settings = people(desk), config(tmp_path, "chat", notify=True)
    set_address(desk.store, four[0], "chat:mati", KINDS, MONDAY)
    chat.broken.add("mati")
    request(desk)
    drain(desk, settings)
    assert "attempts" in not_arrived(desk.store, MONDAY)[0] and gauge(desk, "lebarpita_outbox_waiting") == 1
    for minute in range(1, 10):
        drain(desk, settings, minute)
    assert [title.partition("(")[2] for _, title, _ in chat.told if "menunggu" in title] == ["untuk Kepala Dinas)"]


def test_PKL_G_ESC_a_call_for_an_outage_overtakes_what_is_waiting_and_a_dead_channel_ends_the_round(
    desk: Desk, tmp_path: Path, chat: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = config(tmp_path, notify=True)
    for _ in range(6):
        request(desk)
    told = OutageRecord("agg-timur", "link", "link_down", ("rsud",), MONDAY.timestamp(), None, "watch")
    reconcile(desk, [told], MONDAY)
    escalate(desk, MONDAY)
    ticks = count(0.0, delivery.ROUND_SECONDS / 2)
    with monkeypatch.context() as patch:
        patch.setattr("request_tracker.notifications.delivery.time.monotonic", lambda: next(ticks))
        assert send_outbox(desk, settings, MONDAY) == 1
    assert "Gangguan belum ada yang menangani" in chat.told[0][1]
    assert drain(desk, settings) >= 12 and len(chat.told) == len(set(chat.told))


def test_a_switched_off_account_is_not_written_to(desk: Desk, tmp_path: Path, chat: Heard) -> None:
    four = people(desk)
    set_address(desk.store, four[0], "chat:pensiun", KINDS, MONDAY)
    set_active(desk.store, four[0], False, MONDAY)
    request(desk)
    drain(desk, config(tmp_path, "chat", notify=True))
    assert "pensiun" not in chat.places()


def test_an_anchor_is_mailed_to_the_address_of_the_configuration(desk: Desk, tmp_path: Path, chat: Heard) -> None:
    part = AnchorPart(every="daily", mail_to=("chat:auditor-1",))
    settings = config(tmp_path, "chat").model_copy(update={"anchor": part})
    anchor = anchor_when_due(desk.store, settings, MONDAY)
    drain(desk, settings)
    ((_, title, text),) = [message for message in chat.told if message[0] == "auditor-1"]
    assert "Jangkar rantai audit" in title and read_anchor(text, "message") == anchor


def test_at_night_the_office_s_people_are_left_alone_and_the_requester_is_answered(
    tmp_path: Path, mail: Heard, chat: Heard
) -> None:
    desk, night = new_desk(tmp_path), MONDAY + timedelta(hours=14)
    settings = config(tmp_path, "email", notify=True)
    request(desk, now=night)
    assert send_outbox(desk, settings, night) == 1 and mail.places() == [CONTACT["email"]]
    assert chat.told == [] and gauge(desk, "lebarpita_outbox_waiting") == 1
    assert send_outbox(desk, settings, MONDAY + timedelta(days=1)) == 1 and chat.places() == ["room"]
    desk.store.close()


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ({"channel": "email"}, ("email", "a@b.id")),
        ({"channel": None}, ("email", "a@b.id")),
        ({"channel": "whatsapp"}, ("whatsapp", "62812345")),
        ({"channel": "whatsapp", "phone": None}, ("email", "a@b.id")),
        ({"channel": "phone"}, None),
        ({"channel": "page"}, ("page", "")),
        ({"channel": "email", "email": None}, None),
    ],
)
def test_a_requester_s_channel_is_what_was_chosen_or_e_mail(
    row: dict[str, str | None], place: tuple[str, str] | None
) -> None:
    assert contact_address({"phone": "0812-345", "email": "a@b.id", **row}, ("email", "whatsapp")) == place


@pytest.mark.parametrize("typed", ["orang", "@kota.id", "telegram:", "json://10.0.0.1/", "sms:0812", "a b@kota.id"])
def test_an_address_the_office_cannot_use_is_refused_with_the_reason(typed: str) -> None:
    with pytest.raises(Refused):
        read_address(typed, ("email", "telegram"))


def test_a_channel_without_a_place_for_the_person_is_named_and_its_secret_is_not(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHAT", "json://127.0.0.1:1/sangat-rahasia")
    request(desk)
    with pytest.raises(TrackerError, match=r"channels: chat has no \{to\}") as told:
        send_outbox(desk, config(tmp_path, "chat"), MONDAY)
    assert "sangat-rahasia" not in str(told.value)


def test_X_PDP_an_address_is_shown_masked() -> None:
    assert masked_address("orang@kota.go.id") == "o••••@kota.go.id"
    assert masked_address("telegram:12345") == "telegram:••••"
