"""Announced work in Alertmanager: a silence for each label of its subtree, changed, mended, lifted with the work."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from alertmanager_fake import AlertmanagerFake, alertmanager_fake
from tracker_office import MONDAY

from request_tracker.cases import Desk
from request_tracker.outages.maintenance import announce, finish, move_end, windows
from request_tracker.outages.work_scope import labels, scopes
from request_tracker.outages.work_silences import ATTACKS, place_silences, silenced_whole
from request_tracker.words.written import moment_of

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def fake() -> Iterator[AlertmanagerFake]:
    with alertmanager_fake() as fake:
        yield fake


def minutes(count: float) -> datetime:
    return MONDAY + timedelta(minutes=count)


def work(desk: Desk, root: str = "agg-timur", until: float = 60) -> int:
    return announce(desk.store, root, (minutes(0), minutes(until)), "ganti serat", "user:1")


def place(desk: Desk, fake: AlertmanagerFake, at: float) -> int:
    return place_silences(desk.store, desk.city, fake.url, minutes(at))


def test_PKL_G_MNT_the_window_silences_alertmanager_and_is_lifted_early(desk: Desk, fake: AlertmanagerFake) -> None:
    window = work(desk)
    assert place_silences(desk.store, desk.city, NOWHERE, minutes(0)) == 0
    assert not silenced_whole(desk.city, windows(desk.store, minutes(0))[0])
    assert (place(desk, fake, 1), place(desk, fake, 2)) == (1, 0)
    assert silenced_whole(desk.city, windows(desk.store, minutes(2))[0])
    roots = ("agg-timur", "timur-rsud", "agg", "timur", "agg-utara")
    assert [root for root in roots if fake.silent(root=root)] == ["agg-timur", "timur-rsud"]
    finish(desk.store, window, minutes(3))
    assert (place(desk, fake, 4), place(desk, fake, 5)) == (1, 0)
    assert fake.living() == {}


def test_work_that_takes_longer_keeps_its_silences_and_they_end_with_it(desk: Desk, fake: AlertmanagerFake) -> None:
    window = work(desk)
    place(desk, fake, 1)
    before = set(fake.living())
    move_end(desk.store, window, minutes(90), minutes(50))
    assert place(desk, fake, 51) == 1
    assert set(fake.living()) == before
    ends = {moment_of(silence["endsAt"]) for silence in fake.living().values()}
    assert ends == {minutes(90)}


def test_PKL_G_MNT_every_label_by_which_an_alert_behind_the_work_is_named_is_silent(
    desk: Desk, fake: AlertmanagerFake
) -> None:
    work(desk)
    place(desk, fake, 0)
    inside = (
        {"alertname": "LebarpitaLinkDegraded", "link": "agg-timur"},
        {"alertname": "LebarpitaLinkErrors", "link": "timur-rsud"},
        {"alertname": "LebarpitaMtuBlackHole", "link": "timur-dishub"},
        {"alertname": "LebarpitaDeviceSilent", "device": "dist-timur"},
        {"alertname": "LebarpitaPortMissing", "device": "core", "link": "agg-timur"},
        {"alertname": "LebarpitaGuaranteeMissed", "opd": "rsud", "direction": "receive"},
    )
    outside = (
        {"alertname": "LebarpitaLinkDegraded", "link": "agg-utara"},
        {"alertname": "LebarpitaDeviceSilent", "device": "core"},
        {"alertname": "LebarpitaDeviceSilent", "device": "dist-utara"},
        {"alertname": "LebarpitaGuaranteeMissed", "opd": "dinkes"},
        {"alertname": "LebarpitaPartDown", "part": "watch"},
    )
    assert [alert for alert in inside if not fake.silent(**alert)] == []
    assert [alert for alert in outside if fake.silent(**alert)] == []


def test_work_on_an_uplink_and_on_the_core_silences_what_hangs_on_them(desk: Desk, fake: AlertmanagerFake) -> None:
    window = work(desk, "isp-utama")
    place(desk, fake, 0)
    assert fake.silent(alertname="LebarpitaUplinkNearlyFull", link="isp-utama")
    assert fake.silent(alertname="LebarpitaFallbackInForce", loss="isp-utama")
    assert not fake.silent(alertname="LebarpitaLinkDegraded", link="agg-timur")
    finish(desk.store, window, minutes(1))
    work(desk, "core")
    place(desk, fake, 2)
    assert fake.silent(alertname="LebarpitaLinkSlow", link="core-agg")
    assert all(fake.silent(alertname="LebarpitaDeviceSilent", device=device.name) for device in desk.city.devices)
    sources = [str(source.address) for device in desk.city.devices for source in device.flows]
    assert sources and all(fake.silent(alertname="LebarpitaFlowExporterSilent", exporter=one) for one in sources)


def test_what_somebody_does_to_an_office_is_told_also_while_work_runs(desk: Desk, fake: AlertmanagerFake) -> None:
    work(desk)
    place(desk, fake, 0)
    assert fake.silent(alertname="LebarpitaGuaranteeMissed", opd="rsud")
    assert [name for name in ATTACKS if fake.silent(alertname=name, opd="rsud", device="dist-timur")] == []


def test_what_alertmanager_lost_is_set_again_and_nothing_beside_it(desk: Desk, fake: AlertmanagerFake) -> None:
    work(desk)
    place(desk, fake, 0)
    before = dict(fake.living())
    del fake.silences[before["device"]["id"]]
    fake.silences[before["link"]["id"]]["status"] = {"state": "expired"}
    assert (place(desk, fake, 1), place(desk, fake, 2)) == (1, 0)
    after = fake.living()
    assert after.keys() == before.keys()
    same = {label for label in after if after[label]["id"] == before[label]["id"]}
    assert same == before.keys() - {"device", "link"}


def test_other_hours_change_every_silence_where_it_stands(desk: Desk, fake: AlertmanagerFake) -> None:
    window = work(desk)
    place(desk, fake, 0)
    before = {label: silence["id"] for label, silence in fake.living().items()}
    with desk.store.transaction() as db:
        later = [minutes(120).isoformat(timespec="microseconds"), window]
        db.execute("UPDATE maintenance SET ends_at = ? WHERE id = ?", later)
    assert (place(desk, fake, 1), place(desk, fake, 2)) == (1, 0)
    assert {label: silence["id"] for label, silence in fake.living().items()} == before
    assert {silence["endsAt"] for silence in fake.living().values()} == {later[0]}


def test_a_silence_whose_answer_was_lost_is_ours_and_is_lifted_with_the_others(
    desk: Desk, fake: AlertmanagerFake
) -> None:
    window = work(desk)
    fake.mute = True
    assert place(desk, fake, 0) == 0
    fake.mute = False
    count = len(fake.silences)
    assert place(desk, fake, 1) == 1 and len(fake.silences) == count == len(fake.living())
    finish(desk.store, window, minutes(2))
    assert place(desk, fake, 3) == 1 and fake.living() == {}


def test_the_same_is_lifted_where_the_work_ended_before_anybody_knew_of_it(desk: Desk, fake: AlertmanagerFake) -> None:
    window = work(desk)
    fake.mute = True
    place(desk, fake, 0)
    finish(desk.store, window, minutes(1))
    fake.mute = False
    assert place(desk, fake, 2) == 1 and fake.living() == {}


def test_two_works_of_the_same_words_and_hours_have_their_own_and_end_alone(desk: Desk, fake: AlertmanagerFake) -> None:
    first, _ = work(desk), work(desk)
    assert (place(desk, fake, 0), place(desk, fake, 1)) == (2, 0)
    finish(desk.store, first, minutes(2))
    assert place(desk, fake, 3) == 1
    assert fake.silent(root="agg-timur") and place(desk, fake, 4) == 0


def test_one_label_that_is_refused_keeps_no_other_and_the_page_does_not_say_that_all_are(
    desk: Desk, fake: AlertmanagerFake
) -> None:
    work(desk)
    fake.refuse = "device"
    place(desk, fake, 0)
    assert fake.silent(link="agg-timur") and not fake.silent(device="dist-timur")
    assert not silenced_whole(desk.city, windows(desk.store, minutes(1))[0])
    fake.refuse = ""
    assert place(desk, fake, 1) == 1 and fake.silent(device="dist-timur")


def test_what_is_over_is_forgotten_and_nobody_else_s_silence_is_touched(desk: Desk, fake: AlertmanagerFake) -> None:
    work(desk)
    foreign = {"name": "link", "value": "agg-timur", "isRegex": False, "isEqual": True}
    fake.set({"matchers": [foreign], "createdBy": "Budi", "comment": "ganti serat", "endsAt": minutes(60).isoformat()})
    place(desk, fake, 0)
    place(desk, fake, 61)
    assert desk.store.value("SELECT count(*) FROM work_silences") == 0
    assert [silence["createdBy"] for silence in fake.silences.values()].count("Budi") == 1


def test_every_scope_has_its_labels_and_none_is_empty(desk: Desk) -> None:
    for scope in scopes(desk.city):
        values = labels(desk.city, scope)
        assert values["root"] >= {scope} and all(values.values()), scope
