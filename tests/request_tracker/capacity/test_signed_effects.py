"""The effect on the others that was signed: frozen with the decision, shown beside today's, never another's."""

import re
from datetime import timedelta

from doors import Sent, decides
from tracker_office import REQUESTER
from tracker_site import NOW, Site
from used_months import full_month

from request_tracker.advice_settings import EvidencePart
from request_tracker.capacity.replayer import ReplaySource, replay_due
from request_tracker.capacity.signed_effects import KIND, hash_of, signed_effects
from request_tracker.cases import Cancel, Event, history, read_case, run


def signed(site: Site) -> tuple[str, Sent]:
    """A request whose head has signed with the effect before him; its number, the form that he sent."""
    sent = decides(site)
    assert sent.send() == 302
    return str(site.desk.store.value("SELECT number FROM cases")), sent


def frozen(site: Site, number: str) -> list[Event]:
    return [event for event in history(site.desk, number) if event.data.get("kind") == KIND]


def panel(text: str) -> str:
    begin = text.index('id="bagaimana-bila"')
    return " ".join(text[begin : text.index("</section>", begin)].split())


def replayed(site: Site, days: int) -> None:
    """Worked out anew so many days later, from a month of which less was measured."""
    replay_due(ReplaySource(site.desk, full_month(288), EvidencePart()), NOW + timedelta(days=days))


def test_the_answer_that_the_page_showed_follows_the_signature_with_its_own_hash(site: Site) -> None:
    number, _ = signed(site)
    (event,) = frozen(site, number)
    events = history(site.desk, number)
    signature = next(one for one in events if one.kind == "signed" and one.step == "PKL-B-02")
    assert events[-1] == event and event.previous_hash == events[-2].hash
    assert (event.recorded_at, event.actor) == (signature.recorded_at, signature.actor)
    assert event.data["sha256"] == hash_of(event.data["effects"])
    decisions = [effect["decision"] for effect in event.data["effects"]["ways"][0]["effects"]]
    assert decisions == ["dikabulkan", "dikabulkan_sebagian", "ditolak"]


def test_what_was_signed_stays_and_todays_figures_stand_beside_it_under_their_own_date(site: Site) -> None:
    number, _ = signed(site)
    once = panel(site.get(f"/kasus/{number}"))
    assert "Yang ditandatangani" in once and "Sejak itu belum dihitung ulang" in once and "Angka hari ini" not in once
    replayed(site, 2)
    both = panel(site.get(f"/kasus/{number}"))
    then, today = both.split("Angka hari ini")
    assert "100 % dari waktu OPD ini" in then and "720 jam OPD ini berada pada batasnya" in then
    assert "97 % dari waktu OPD ini" in today and "696 jam OPD ini berada pada batasnya" in today


def test_figures_that_changed_under_the_page_are_not_signed_and_the_new_ones_are_shown(site: Site) -> None:
    sent = decides(site)
    replayed(site, 2)
    number = str(site.desk.store.value("SELECT number FROM cases"))
    answer = site.client.post(sent.path, data=dict(sent.values))
    assert answer.status_code == 409 and "Belum ada yang ditandatangani; baca angka yang baru" in answer.text
    assert read_case(site.desk, number).signers.get("PKL-B-02") is None and frozen(site, number) == []
    assert re.search(r'name="effects" value="([0-9a-f]{64})"', answer.text)
    assert "696 jam OPD ini berada pada batasnya" in panel(answer.text)


def test_a_decision_without_an_answer_before_it_freezes_none(site: Site) -> None:
    sent = decides(site)
    values = {key: value for key, value in sent.values.items() if key != "effects"}
    assert site.client.post(sent.path, data=values).status_code == 302
    number = str(site.desk.store.value("SELECT number FROM cases"))
    assert frozen(site, number) == [] and signed_effects(history(site.desk, number)) is None


def test_the_same_answer_is_kept_once_however_many_sign_on_it(site: Site) -> None:
    number, _ = signed(site)
    site.enter("head_of_division")
    page = f"/kasus/{number}"
    shown = re.search(r'name="effects" value="([0-9a-f]{64})"', site.get(page))
    assert shown is not None
    version = read_case(site.desk, number).version
    answer = site.post(f"{page}/langkah/PKL-B-03", page, act="sign", version=version, effects=shown[1])
    assert answer.status_code == 302 and len(frozen(site, number)) == 1


def test_what_was_signed_is_shown_after_the_case_has_ended(site: Site) -> None:
    number, _ = signed(site)
    run(site.desk, number, Cancel("tidak jadi"), REQUESTER, NOW)
    assert read_case(site.desk, number).ending and "Yang ditandatangani" in panel(site.get(f"/kasus/{number}"))
