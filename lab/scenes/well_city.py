"""A city that is well: every series that its parts export, of as many offices as are asked for."""

from collections.abc import Iterator

from lab.scenes.places import names_and_places
from lab.scenes.scene import PARTS, Scene, Series, series

MBIT = 125_000.0
UPLINK = "isp-utama"
# Offices of one branch, as in the lab and in the city of 526 nodes.
OFFICES_A_BRANCH = 25


def well(opds: int = 12) -> Scene:
    """So many offices behind one uplink."""
    parts = (*_watch(opds), *_snmp(opds), *_flows(opds), *_tracker(opds), *_shaping(opds), *_stack(), *_records(opds))
    return Scene("well", 0, tuple(parts))


def codes(opds: int) -> list[tuple[str, str, str]]:
    """Code, line and branch of each office."""
    return [(f"opd-{n:03}", f"acc-{n:03}", f"agg-{(n - 1) // OFFICES_A_BRANCH + 1}") for n in range(1, opds + 1)]


def capacity(opds: int) -> float:
    """Of the uplink, in bytes a second: twice what the offices use, and a gigabit at least."""
    return max(1000, 10 * opds) * MBIT


def branches(opds: int) -> list[str]:
    return sorted({branch for _, _, branch in codes(opds)})


def _watch(opds: int) -> Iterator[Series]:
    w = "watch"
    yield series(w, "watch_round_timestamp_seconds", 0, 1)
    for name in ("watch_isolated", "watch_rounds_late_total", "watch_journal_failures_total"):
        yield series(w, name, 0)
    yield series(w, "watch_send_failures_total", 0, alertmanager="http://alertmanager:9093")
    places = [(UPLINK, "", "core", "1", UPLINK), *((b, "", "core", "1", b) for b in branches(opds))]
    places += [(line, opd, branch, "2", branch) for opd, line, branch in codes(opds)]
    yield from names_and_places(codes(opds), UPLINK)
    for link, opd, above, tier, branch in places:
        yield series(w, "link_branch_info", 1, link=link, tier=tier, branch=branch)
        yield series(w, "link_parent_info", 1, link=link, parent=above)
        yield series(w, "link_flaps_total", 0, link=link)
        yield series(w, "link_delay_seconds", 0.002, link=link)
        yield from _line(link, opd)
    for direction in ("receive", "transmit"):
        yield series(w, "uplink_capacity_bytes_per_second", capacity(opds), link=UPLINK, direction=direction)
    for opd, _, _ in codes(opds):
        yield series(w, "opd_uplink_info", 1, opd=opd, link=UPLINK)


def _line(link: str, opd: str) -> Iterator[Series]:
    w = "watch"
    yield series(w, "reachable", 1, link=link, opd=opd)
    yield series(w, "round_trip_seconds", 0.004, link=link, opd=opd)
    yield series(w, "probe_lost_total", 3, link=link, opd=opd)
    for window in ("1m", "5m", "1h"):
        yield series(w, "probe_loss_ratio", 0.001, link=link, opd=opd, window=window)
        yield series(w, "round_trip_jitter_seconds", 0.001, link=link, opd=opd, window=window)
        for quantile, seconds in (("0.5", 0.004), ("0.95", 0.009)):
            yield series(
                w, "round_trip_quantile_seconds", seconds, link=link, opd=opd, window=window, quantile=quantile
            )


def _snmp(opds: int) -> Iterator[Series]:
    s = "snmp"
    for opd, line, branch in codes(opds):
        yield series(s, "opd_info", 1, opd=opd, name=f"Dinas {opd[4:]}", district="Utara", link=line)
        for direction, rate in (("receive", 5.0), ("transmit", 1.0)):
            yield series(s, f"opd_{direction}_bytes_total", 1e9, rate * MBIT, opd=opd, source="interface")
        yield from _port(line, branch, 100, 5, 1)
    for branch in branches(opds):
        yield from _port(branch, "core", 1000, 125, 25)
    yield from _port(UPLINK, "core", capacity(opds) / MBIT, 5 * opds, opds)
    for device in ("core", *branches(opds)):
        yield from _device(device)
    yield series(s, "snmp_polls_total", 1000, 1)
    yield series(s, "snmp_poll_failures_total", 1, reason="timeout")


def _port(link: str, device: str, speed: float, receive: float, transmit: float) -> Iterator[Series]:
    s = "snmp"
    for name, value in (("link_up", 1), ("link_admin_up", 1), ("link_interface_found", 1), ("link_counter_refused", 0)):
        yield series(s, name, value, link=link, device=device)
    yield series(s, "link_counter_discontinuities_total", 0, link=link, device=device)
    yield series(s, "link_last_change_timestamp_seconds", -86400, link=link, device=device)
    yield series(s, "link_speed_bytes_per_second", speed * MBIT, link=link, device=device)
    yield series(s, "link_receive_bytes_total", 1e10, receive * MBIT, link=link, device=device)
    yield series(s, "link_transmit_bytes_total", 1e10, transmit * MBIT, link=link, device=device)
    for direction in ("receive", "transmit"):
        yield series(s, "link_errors_total", 7, link=link, device=device, direction=direction)
        yield series(s, "link_discards_total", 7, link=link, device=device, direction=direction)


def _device(device: str) -> Iterator[Series]:
    s = "snmp"
    figures = (
        ("snmp_up", 1.0),
        ("snmp_scrape_duration_seconds", 0.05),
        ("snmp_refresh_seconds", 3.0),
        ("device_cpu_load_ratio", 0.2),
        ("device_memory_size_bytes", 1e9),
        ("device_memory_used_bytes", 3e8),
        ("device_boot_timestamp_seconds", -864000.0),
        ("device_reboots_total", 0.0),
    )
    for name, value in figures:
        yield series(s, name, value, device=device)
    yield series(s, "device_temperature_celsius", 41, device=device, sensor="cpu")
    yield series(s, "device_temperature_high_celsius", 75, device=device, sensor="cpu")
    yield from _profiles(device)


def _profiles(device: str) -> Iterator[Series]:
    """Light, a radio, two ONUs, a UPS and more at each device; its port is the upper end of a trunk."""
    s, link = "snmp", {"core": "agg-1"}.get(device, "")
    light = {"device": device, "link": link, "medium": "optical", "item": "sfp1"}
    radio = {"device": device, "link": link, "medium": "radio", "item": "radio 1"}
    for name, value in (
        ("receive_dbm", -12.0),
        ("receive_low_dbm", -24.0),
        ("transmit_dbm", -5.0),
        ("bias_amperes", 0.01),
    ):
        yield series(s, f"signal_{name}", value, **light)
    for name, value in (
        ("receive_dbm", -55.0),
        ("receive_low_dbm", -75.0),
        ("noise_dbm", -96.0),
        ("to_noise_db", 41.0),
        ("quality_ratio", 0.97),
        ("modulation_level", 8.0),
        ("modulation_low_level", 6.0),
        ("receive_capacity_bytes_per_second", 200 * MBIT),
        ("transmit_capacity_bytes_per_second", 200 * MBIT),
    ):
        yield series(s, f"signal_{name}", value, **radio)
    for number in range(1, 7):
        yield series(s, "signal_up", 1, device=device, link="", medium="onu", item=f"gpon 0/1:{number}")
    for name, value in (
        ("ups_on_battery", 0.0),
        ("ups_charge_ratio", 1.0),
        ("ups_runtime_seconds", 3600.0),
        ("ups_load_ratio", 0.3),
    ):
        yield series(s, name, value, device=device)
    yield series(s, "bgp_session_up", 1, device=device, item="64500")
    for name, value in (("poe_used_watts", 60.0), ("poe_size_watts", 370.0), ("poe_fault", 0.0)):
        yield series(s, name, value, device=device, item="group 1")
    for number in range(1, 6):
        yield series(s, "snmp_profile_up", 1, device=device, profile=f"profile-{number}")
        yield series(s, "snmp_profile_rows_left_out", 0, device=device, profile=f"profile-{number}")


def _flows(opds: int) -> Iterator[Series]:
    f = "flows"
    for name in ("records", "datagrams"):
        yield series(f, f"flow_{name}_total", 1e6, 100, exporter="core")
    quiet: tuple[str, ...] = ("lost_records", "undecoded_sets", "unsampled_sets", "malformed", "sflow_dropped_samples")
    quiet += ("sflow_discarded_samples", "absurd_records", "spoilt_records", "forgotten_totals")
    for name in quiet:
        yield series(f, f"flow_{name}_total", 0, exporter="core")
    for name in ("socket_drops", "history_failures", "events_without_bytes"):
        yield series(f, f"flow_{name}_total", 0)
    yield series(f, "flow_active_timeout_seconds", 60, exporter="core")
    yield series(f, "flow_bytes_total", 1e10, 500 * MBIT)
    yield series(f, "flow_unassigned_bytes_total", 1e6, 0.001 * 500 * MBIT)
    yield series(f, "flow_refused_datagrams_total", 0, reason="unknown_exporter")
    yield series(f, "flow_set_aside_bytes_total", 1e6, MBIT, reason="internal")
    for opd, _, _ in codes(opds):
        # Layer 3 over layer 2: a whole count is some three per cent below the interface's.
        for scope, share in (("internet", 0.97), ("internal", 0.1)):
            for direction, rate in (("receive", 5.0), ("transmit", 1.0)):
                name = f"opd_{direction}_bytes_total"
                yield series(f, name, 1e9, rate * share * MBIT, opd=opd, source="flow", scope=scope)


# Days until the uplink is full, by the outlook's dates.
FULL_IN = {"day": 400, "earliest": 300, "latest": 700, "with_pending": 350, "more": 900}


def _tracker(opds: int) -> Iterator[Series]:
    t = "tracker"
    for opd, _, _ in codes(opds):
        for direction, ceiling in (("receive", 20.0), ("transmit", 20.0)):
            yield series(t, f"opd_allocation_{direction}_bytes_per_second", ceiling * MBIT, opd=opd)
            yield series(t, f"opd_guaranteed_{direction}_bytes_per_second", 2.0 * MBIT, opd=opd)
    yield series(t, "ledger_revision", 9)
    yield series(t, "case_open", 3, sop="pkl", step="PKL-B-01")
    yield series(t, "case_step_due_timestamp_seconds", 90_000, sop="pkl", step="PKL-B-02", role="tu")
    yield series(t, "case_step_overdue", 0, sop="pkl", step="PKL-B-02", role="tu")
    for direction in ("receive", "transmit"):
        for date, days in FULL_IN.items():
            yield series(
                "tracker", "uplink_full_timestamp_seconds", 86400 * days, link=UPLINK, direction=direction, date=date
            )
    zeros = ("outage_pages_not_delivered", "outage_tickets_open", "outbox_waiting", "outbox_oldest_seconds")
    for name in (*zeros, "outbox_unaddressed", "http_held_bytes", "inbox_waiting", "inbox_oldest_seconds"):
        yield series(t, name, 0)
    for who in ("strangers", "staff"):
        yield series(t, "parked_bytes", 0, by=who)
    yield series(t, "http_connections", 12)
    for clock in ("detect", "acknowledge", "restore"):
        yield series(t, "outage_clock_seconds_total", 3000, 1, clock=clock)
        yield series(t, "outage_clock_outages_total", 10, 0.01, clock=clock)
    yield from _disks()
    for state in ("at_work", "waiting"):
        yield series(t, "pictures", 0, state=state)
    yield series(t, "http_connections_closed_total", 0, reason="crowd")
    yield series(t, "http_requests_refused_total", 0, reason="busy")


def _disks() -> Iterator[Series]:
    t = "tracker"
    for place in ("database", "files", "temporary"):
        yield series(t, "disk_free_bytes", 50e9, place=place)
    yield series(t, "disk_floor_bytes", 1e9)
    for place, days in (("database", 3650), ("files", 900)):
        yield series(t, "disk:full:days", days, place=place)
        yield series(t, "disk_used_bytes", 4e9, place=place)
        yield series(t, "disk:used:bytes", 4e9, place=place)
        yield series(t, "disk:used:bytes_per_day", 2e7, place=place)


def _shaping(opds: int) -> Iterator[Series]:
    s = "shaping"
    for opd, _, _ in codes(opds):
        for direction, ceiling in (("receive", 20.0), ("transmit", 20.0)):
            where = {"opd": opd, "direction": direction}
            yield series(s, "shaping_applied_bytes_per_second", ceiling * MBIT, **where)
            yield series(s, "shaping_applied_guaranteed_bytes_per_second", 2.0 * MBIT, **where)
            for name in (
                "shaping_drift",
                "shaping_undecided",
                "shaping_class_backlog_bytes",
                "shaping_class_drops_total",
            ):
                yield series(s, name, 0, **where)
            yield series(s, "shaping_verdict_total", 100, 1 / 15, verdict="met", **where)
            yield series(s, "shaping_verdict_total", 0, verdict="missed", **where)
    yield series(s, "shaping_ledger_age_seconds", 3)
    yield series(s, "shaping_revision", 9)
    yield series(s, "shaping_failures_total", 0, reason="apply")
    yield series(s, "shaping_unmapped_bytes_total", 1e6, direction="receive")


def _stack() -> Iterator[Series]:
    p = "prometheus"
    for part in ("exporter", "watch", "flows", "tracker", "shaping"):
        job = f"lebarpita-{part}"
        yield series(p, "up", 1, job=job)
        yield series(p, "scrape_duration_seconds", 0.1, job=job)
        yield series(p, "scrape_samples_scraped", 500, job=job)
    yield series(p, "ALERTS", 1, alertname="LebarpitaWatchdog", alertstate="firing", severity="info")
    for part in PARTS:
        where = {"part": part, "task": "round"}
        yield series(part, "job_last_success_timestamp_seconds", 0, 1, **where)
        yield series(part, "job_interval_seconds", 1, **where)
        yield series(part, "job_duration_seconds", 0.1, **where)
        yield series(part, "job_failures_total", 0, **where)


def _records(opds: int) -> Iterator[Series]:
    """What the rules make of it; a test asks the rules."""
    for opd, _, _ in codes(opds):
        for direction, rate in (("receive", 5.0), ("transmit", 1.0)):
            yield series("snmp", f"opd:{direction}:rate5m", rate * MBIT, opd=opd)
            yield series("snmp+tracker", "opd:utilisation:ratio", rate / 20, opd=opd, direction=direction)
            yield series("snmp", f"opd:{direction}:mean5m", rate * MBIT, opd=opd)
            yield series("snmp", "opd:measured_30d:ratio", 1, opd=opd, direction=direction)
            for name, value in (("p95", rate / 20), ("ceiling", 1.0)):
                yield series("snmp+tracker", f"opd:{name}_30d:ratio", value, opd=opd, direction=direction)
            yield series("snmp+tracker", "opd:p95_30d:present_ratio", rate / 20, opd=opd, direction=direction)
    ports = [(line, 100.0, 5.0, 1.0) for _, line, _ in codes(opds)]
    ports += [
        *((b, 1000.0, 125.0, 25.0) for b in branches(opds)),
        (UPLINK, capacity(opds) / MBIT, 5.0 * opds, 1.0 * opds),
    ]
    for link, speed, receive, transmit in ports:
        for direction, rate in (("receive", receive), ("transmit", transmit)):
            yield series("snmp", f"link:{direction}:rate5m", rate * MBIT, link=link)
            yield series("snmp", "link:utilisation:ratio", rate / speed, link=link, direction=direction)
    for direction, rate in (("receive", 5.0), ("transmit", 1.0)):
        where, share = {"link": UPLINK, "direction": direction}, opds * MBIT / capacity(opds)
        yield series("watch", "uplink:capacity:bytes_per_second", capacity(opds), **where)
        for average in ("rate5m", "mean5m"):
            yield series("snmp+watch", f"uplink:{direction}:{average}", rate * opds * MBIT, link=UPLINK)
        yield series("snmp+watch", "uplink:utilisation:ratio", rate * share, **where)
        yield series("tracker+watch", "uplink:committed:ratio", 2.0 * share, **where)
        yield series("flows+snmp+watch", "uplink:flow_coverage:ratio", 0.97, **where)
    for name, value in (("lost", 0.0), ("dropped", 0.0), ("unassigned", 0.001)):
        yield series("flows", f"flow:{name}:ratio15m", value)
