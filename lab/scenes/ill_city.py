"""A city that is cut and a city that is ill in everything that can be ill without being cut."""

from lab.scenes.scene import Change, Scene, Series, changed, of, series
from lab.scenes.well_city import MBIT, UPLINK

_DAY = 86400.0


def cut(scene: Scene) -> Scene:
    """The trunk agg-1 is cut, and inside it the line of opd-001 too; nobody has taken the ticket of the trunk."""
    down = ("agg-1", *(f"acc-{n:03}" for n in range(1, 26)))

    def dead(sample: Series) -> Series:
        return of({}, value=0)(sample) if dict(sample.labels)["link"] in down else sample

    roots = (("agg-1", "link", 12, -1300.0, "waiting"), ("acc-001", "opd", 1, -4000.0, "taken"))
    more = [
        line
        for number, (root, kind, opds, since, state) in enumerate(roots)
        for line in (
            series("watch", "outage", 1, root=root, kind=kind),
            series("watch", "outage_interruptions", 4, root=root, kind=kind),
            series("watch", "outage_offices_cut_off", opds, root=root),
            series("watch", "outage_start_timestamp_seconds", since, root=root),
            series("tracker", "outage_ticket_info", 1, root=root, ticket=f"G-{number}", state=state),
        )
    ]
    more.append(series("tracker", "outage_unacknowledged_seconds", 1300, ticket="G-0"))
    change: dict[str, Change] = {
        "lebarpita_reachable": dead,
        "link:utilisation:ratio": dead,
        "link:receive:rate5m": dead,
        "link:transmit:rate5m": dead,
        "opd:measured_30d:ratio": of({"opd": "opd-003"}, value=0.2),
        "opd:ceiling_30d:ratio": of({"opd": "opd-003"}, value=0.2),
        "opd:receive:rate5m": of({}, value=0),
        "opd:transmit:rate5m": of({}, value=0),
        "opd:utilisation:ratio": of({}, value=0),
        "lebarpita_link_up": of({"link": "agg-1"}, value=0),
        "lebarpita_outage_pages_not_delivered": of({}, value=2),
        "lebarpita_outage_tickets_open": of({}, value=2),
        "lebarpita_outbox_waiting": of({}, value=400),
        "lebarpita_outage_clock_seconds_total": of({}, rate=500),
        "up": of({"job": "lebarpita-shaping"}, value=0),
        "lebarpita_snmp_up": of({"device": "agg-1"}, value=0),
    }
    more.append(
        series(
            "prometheus",
            "ALERTS",
            1,
            alertname="LebarpitaOutage",
            alertstate="firing",
            severity="critical",
            root="agg-1",
        )
    )
    reason = series("snmp", "snmp_failure", 1, device="agg-1", reason="timeout")
    return changed(scene, "cut", change, (*more, reason))


def silent_cut(scene: Scene) -> Scene:
    """Nothing passes the line of opd-001, though its interface is up."""
    change: dict[str, Change] = {"lebarpita_reachable": of({"link": "acc-001"}, value=0)}
    return changed(scene, "silent cut", change)


def ill(scene: Scene) -> Scene:
    """Nobody is cut off, and nothing is as it should be."""
    full = of({"opd": "opd-001"}, value=0.97)
    everything: dict[str, float] = {
        "link_errors_total": 9,
        "link_discards_total": 99,
        "snmp_poll_failures_total": 0.5,
        "watch_journal_failures_total": 0.01,
        "flow_history_failures_total": 0.01,
        "flow_lost_records_total": 1,
        "flow_refused_datagrams_total": 3,
        "flow_undecoded_sets_total": 1,
        "shaping_class_drops_total": 20,
        "shaping_failures_total": 0.02,
        "shaping_unmapped_bytes_total": 20 * MBIT,
        "job_failures_total": 0.5,
        "link_counter_discontinuities_total": 0.01,
        "device_reboots_total": 0.01,
    }
    values: dict[str, float] = {
        "probe_loss_ratio": 0.3,
        "round_trip_quantile_seconds": 0.4,
        "link_delay_seconds": 0.4,
        "snmp_scrape_duration_seconds": 2.1,
        "device_cpu_load_ratio": 0.99,
        "device_temperature_celsius": 80,
        "signal_receive_dbm": -90,
        "signal_to_noise_db": 4,
        "signal_quality_ratio": 0.3,
        "signal_up": 0,
        "ups_on_battery": 1,
        "ups_charge_ratio": 0.1,
        "bgp_session_up": 0,
        "poe_fault": 1,
        "snmp_profile_up": 0,
        "shaping_drift": 1,
        "shaping_ledger_age_seconds": 900,
        "case_open": 200,
        "case_step_overdue": 7,
        "case_step_due_timestamp_seconds": -60,
        "disk_free_bytes": 0.5e9,
        "http_connections": 900,
        "link_interface_found": 0,
        "flow_active_timeout_seconds": 1800,
    }
    change: dict[str, Change] = {f"lebarpita_{name}": of({}, rate=rate) for name, rate in everything.items()}
    change |= {f"lebarpita_{name}": of({}, value=value) for name, value in values.items()}
    change |= {
        "scrape_duration_seconds": of({}, value=9),
        "scrape_samples_scraped": of({}, value=30_000),
        "lebarpita_link_last_change_timestamp_seconds": of({}, rate=0.9),
        "lebarpita_job_last_success_timestamp_seconds": of({"part": "tracker"}, value=-_DAY, rate=0),
        "lebarpita_shaping_verdict_total": of({}, rate=1),
        "lebarpita_shaping_applied_bytes_per_second": of({}, value=MBIT),
        "lebarpita_opd_receive_bytes_total": of({"source": "flow", "opd": "opd-001"}, rate=1200 * MBIT),
        "lebarpita_opd_allocation_receive_bytes_per_second": of({"opd": "opd-003"}, value=9000 * MBIT),
        "disk:full:days": of({"place": "files"}, value=4),
        "opd:utilisation:ratio": full,
        "opd:p95_30d:ratio": lambda sample: of({"opd": "opd-002"}, value=0.01)(full(sample)),
        "opd:p95_30d:present_ratio": lambda sample: of({"opd": "opd-002"}, value=0.01)(full(sample)),
        "opd:measured_30d:ratio": of({"opd": "opd-003"}, value=0.2),
        "opd:ceiling_30d:ratio": of({"opd": "opd-003"}, value=0.2),
        "opd:receive:rate5m": of({"opd": "opd-001"}, value=21 * MBIT),
        "opd:transmit:rate5m": of({"opd": "opd-001"}, value=21 * MBIT),
        "opd:receive:mean5m": of({"opd": "opd-001"}, value=21 * MBIT),
        "opd:transmit:mean5m": of({"opd": "opd-001"}, value=21 * MBIT),
        "lebarpita_link_up": of({"link": "agg-1"}, value=0),
        "link:utilisation:ratio": of({}, value=0.97),
        "link:receive:rate5m": of({}, value=1001 * MBIT),
        "uplink:receive:rate5m": of({}, value=1001 * MBIT),
        "uplink:receive:mean5m": of({}, value=1001 * MBIT),
        "uplink:utilisation:ratio": of({"link": UPLINK}, value=0.97),
        "lebarpita_uplink_full_timestamp_seconds": of({}, value=20 * 86400.0),
        "uplink:committed:ratio": of({}, value=1.2),
        "uplink:flow_coverage:ratio": of({"direction": "receive"}, value=1.7),
        "flow:lost:ratio15m": of({}, value=0.02),
        "flow:dropped:ratio15m": of({}, value=0.02),
        "flow:unassigned:ratio15m": of({}, value=0.2),
    }
    more = [series("watch", "link_degraded", 1, link=f"acc-{n:03}") for n in range(1, 8)]
    more += [
        series("watch", "link_loss_ratio", share, link=link, bound=bound)
        for link in ("agg-1", *(f"acc-{n:03}" for n in range(1, 8)))
        for bound, share in (("low", 0.2), ("middle", 0.3), ("high", 0.4))
    ]
    # A ticket whose outage the watch does not know of any more.
    more.append(series("tracker", "outage_ticket_info", 1, root="agg-9", ticket="G-9", state="taken"))
    more.append(series("watch", "link_large_packets_lost", 1, link="acc-002"))
    more += [
        series(
            "prometheus",
            "ALERTS",
            1,
            alertname="LebarpitaLinkErrors",
            alertstate="firing",
            severity="warning",
            link=f"acc-{n:03}",
        )
        for n in range(1, 8)
    ]
    elsewhere: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("LebarpitaOutage", "critical", {}),
        ("LebarpitaDeviceHot", "warning", {"device": "core"}),
        ("LebarpitaOpdNearAllocation", "info", {"opd": "opd-001"}),
        ("LebarpitaJobStale", "critical", {"part": "tracker"}),
    )
    more += [
        series("prometheus", "ALERTS", 1, alertname=name, alertstate="firing", severity=severity, **place)
        for name, severity, place in elsewhere
    ]
    more.append(series("watch", "snmp_trap_received_total", 90, 1, device="core", trap="linkDown"))
    more.append(series("watch", "snmp_trap_refused_total", 90, 1, reason="unknown_address"))
    return changed(scene, "ill", change, tuple(more))


def frozen(scene: Scene) -> Scene:
    """The watch answers Prometheus and has decided nothing for two minutes; five switches are silent."""
    change: dict[str, Change] = {"lebarpita_watch_round_timestamp_seconds": of({}, value=-120, rate=0)}
    silent = (series("snmp", "snmp_up", 0, device=f"switch-{n}") for n in range(5))
    return changed(scene, "frozen", change, tuple(silent))
