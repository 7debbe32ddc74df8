"""The deadlines on ``/metrics``, held against real cases and a calendar's own arithmetic."""

from datetime import datetime, timedelta

from tracker_site import NOW, PUBLIC, Site

from request_tracker.cases import OpenCase, Sign, Supplied, Who, open_case, read_case, run
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.tickets import acknowledge, reconcile
from request_tracker.sop.clocks import due
from request_tracker.sop.model import Duration, Unit

HEAD = Who("user:1", frozenset({"head_of_office"}))
PLACE = '{role="head_of_office",sop="PKL-BW",step="PKL-B-02"}'


def opened(site: Site, at: datetime) -> str:
    letter = {"surat": Supplied(note="surat menyusul")}
    form = {"wanted_receive": "50 Mbit/s", "purpose": "uji"}
    return open_case(site.desk, OpenCase("PKL-BW", "Uji", opd="dinkes", form=form, documents=letter), PUBLIC, at).number


def value(site: Site, name: str) -> float | None:
    found = [line.split()[-1] for line in site.get("/metrics").splitlines() if line.startswith(f"{name}{PLACE}")]
    return float(found[0]) if found else None


def test_PKL_G_T_the_technical_clocks_are_counters(site: Site) -> None:
    begun = NOW.timestamp() - 600
    outages = [("agg-timur", begun + 300.0), ("agg-utara", None)]
    told = [OutageRecord(root, "link", "link_down", ("rsud",), begun, ended, "watch") for root, ended in outages]
    first, _ = reconcile(site.desk, told, NOW)
    acknowledge(site.desk, first, Who("user:1", frozenset({"technician"})), NOW + timedelta(seconds=60))
    page = site.get("/metrics")
    for clock, seconds, number in (("detect", 1200.0, 2.0), ("acknowledge", 660.0, 1.0), ("restore", 300.0, 1.0)):
        assert f'lebarpita_outage_clock_seconds_total{{clock="{clock}"}} {seconds}' in page
        assert f'lebarpita_outage_clock_outages_total{{clock="{clock}"}} {number}' in page


def test_PKL_B_SUM_the_deadline_of_the_next_step_is_a_metric_and_a_late_one_does_not_hide_it(site: Site) -> None:
    late, fresh = NOW - timedelta(days=30), NOW - timedelta(minutes=1)
    first, second = opened(site, late), opened(site, fresh)
    hour = Duration(1, Unit.WORKING_HOURS)
    ends = [due(begun, hour, "24x7", site.desk.calendar) for begun in (late, fresh)]
    assert value(site, "lebarpita_case_step_due_timestamp_seconds") == ends[1].timestamp()
    assert value(site, "lebarpita_case_step_overdue") == 1
    run(site.desk, first, Sign("PKL-B-02", note="proses"), HEAD, NOW)
    assert value(site, "lebarpita_case_step_overdue") == 0
    run(site.desk, second, Sign("PKL-B-02", note="proses"), HEAD, NOW)
    assert value(site, "lebarpita_case_step_due_timestamp_seconds") is None
    assert read_case(site.desk, second).main_step is not None


def test_a_lasting_outage_leads_to_its_ticket_and_says_whether_somebody_has_it(site: Site) -> None:
    begun = NOW.timestamp() - 600
    outages = [("agg-timur", None), ("agg-utara", None), ("agg-barat", begun + 300.0)]
    lasting = [OutageRecord(root, "link", "link_down", ("rsud",), begun, ended, "watch") for root, ended in outages]
    east, north, west = reconcile(site.desk, lasting, NOW)
    acknowledge(site.desk, east, Who("user:1", frozenset({"technician"})), NOW + timedelta(seconds=60))
    page = site.get("/metrics")
    assert f'lebarpita_outage_ticket_info{{root="agg-timur",state="taken",ticket="{east}"}} 1.0' in page
    assert f'lebarpita_outage_ticket_info{{root="agg-utara",state="waiting",ticket="{north}"}} 1.0' in page
    # One that is over is not lasting; a person's name stands in no label.
    assert west not in page and "user:1" not in page
