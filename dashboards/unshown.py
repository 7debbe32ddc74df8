"""Metrics that stand in no rule and on no board, each with its reason. A house test holds that there are no others."""

_TO_ASK = "for questions by hand; "
UNSHOWN: dict[str, str] = {
    "lebarpita_flow_sflow_interface_receive_bytes_total": _TO_ASK + "SNMP reads the same ports more exactly",
    "lebarpita_flow_sflow_interface_transmit_bytes_total": _TO_ASK + "SNMP reads the same ports more exactly",
    "lebarpita_opd_transmit_packets_total": _TO_ASK + "allocations are of bytes; with them, the mean size of a packet",
    "lebarpita_link_counter_bits": "what follows of 32 bits is lebarpita_link_counter_refused, "
    "which is on the stack board",
    "lebarpita_snmp_polls_shared_total": _TO_ASK + "scrapes that waited for each other are as designed",
    "lebarpita_probe_lost_total": "its windows, lebarpita_probe_loss_ratio, are on the boards; "
    "outages are taken out of them",
    "lebarpita_round_trip_histogram_seconds": "its quantiles over windows are on the boards; the "
    "buckets are for long spans",
    "lebarpita_shaping_class_bytes_total": _TO_ASK + "usage has one source per OPD, and this one is layer 2",
    "lebarpita_shaping_class_packets_total": _TO_ASK + "the drops, not what passed, say whether a class is too small",
    "lebarpita_shaping_desired_receive_bytes_per_second": "lebarpita_shaping_drift compares it with what is applied",
    "lebarpita_shaping_desired_transmit_bytes_per_second": "lebarpita_shaping_drift compares it with what is applied",
    "lebarpita_shaping_unmapped_ceiling_bytes_per_second": "a decision of the configuration; its drops are in a rule",
    "lebarpita_shaping_watch_age_seconds": "after five minutes lebarpita_shaping_fallback_ready is 0, which has a rule",
    "lebarpita_outage_escalation_stage": _TO_ASK + "wall, list and ticket of the tracker show the chain",
    "lebarpita_outage_taken_info": _TO_ASK + "the boards show lebarpita_outage_ticket_info, and the ticket who has it",
    "lebarpita_duty_filled": _TO_ASK + "without a turn everybody of the role is called; the roster's page shows it",
    "lebarpita_call_trial_unconfirmed": "the page of trial calls names them, and lebarpita doctor says how many",
    "lebarpita_watchdog_last_timestamp_seconds": "the tracker itself tells the administrators when it stays away",
    "lebarpita_flow_duplicate_datagrams_total": _TO_ASK + "copies are not counted, so no figure is wrong by them",
    "lebarpita_flow_sockets_told_apart": _TO_ASK + "exporters behind one address are counted apart by themselves",
    "lebarpita_flow_counting_compiled": _TO_ASK + "the sums are the same both ways; the board shows CPU and drops",
    "lebarpita_snmp_round_devices": _TO_ASK + "the page is the same both ways; the board shows CPU and polls",
    "lebarpita_flow_former_template_sets_total": _TO_ASK + "sets after a reboot whose template never came anew",
}
