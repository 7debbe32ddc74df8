"""A start less than a day away is told before the request is sent; it is accepted all the same (PKL-S-03)."""

import json
from datetime import timedelta

import pytest
from tracker_site import NOW, Site

FORM = {"opd": "dinkes", "wanted_receive": "50", "purpose": "SIMRS", "contact_name": "Nama", "contact_phone": "0800"}


def day(site: Site, days: int) -> str:
    return (site.desk.calendar.local(NOW) + timedelta(days=days)).date().isoformat()


def opened(site: Site) -> int:
    return int(site.desk.store.value("SELECT count(*) FROM inbox"))


def test_PKL_S_03_a_start_too_near_is_warned_of_before_anything_is_sent(site: Site) -> None:
    warned = site.post("/permohonan", **FORM, starts_on=day(site, 0), key="satu")
    assert warned.status_code == 422 and opened(site) == 0
    assert "Pemberitahuan seharusnya" in warned.text and "Belum terkirim" in warned.text
    assert f'value="{day(site, 0)}"' in warned.text and warned.text.count('name="urgency_reason"') == 1


@pytest.mark.parametrize("reason", ["layanan darurat", ""])
def test_PKL_S_03_sent_again_it_is_accepted_and_the_reason_stays_in_the_case(site: Site, reason: str) -> None:
    given = {**FORM, "starts_on": day(site, 0), "key": "satu"}
    site.post("/permohonan", **given)
    taken = site.post("/permohonan", **given, warned="1", urgency_reason=reason)
    assert taken.status_code == 200 and opened(site) == 1
    assert ("Pemberitahuan seharusnya" in taken.text) is not bool(reason)
    site.accept_all()
    kept = json.loads(site.desk.store.value("SELECT data FROM events WHERE kind = 'opened'"))
    assert kept["form"].get("urgency_reason", "") == reason


def test_PKL_S_03_who_gives_the_reason_at_once_or_asks_early_is_not_held_up(site: Site) -> None:
    site.post("/permohonan", **FORM, starts_on=day(site, 0), urgency_reason="layanan darurat")
    site.post("/permohonan", **FORM, starts_on=day(site, 3))
    site.post("/permohonan", **FORM)
    assert opened(site) == 3


def test_PKL_S_03_a_date_that_is_none_is_a_sentence(site: Site) -> None:
    refused = site.post("/permohonan", **FORM, starts_on="besok")
    assert refused.status_code == 422 and "Mulai digunakan" in refused.text and opened(site) == 0
