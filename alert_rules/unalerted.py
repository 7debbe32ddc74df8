"""Counters of failures that no alert reads, each with its reason. A house test holds that there are no others."""

UNALERTED: dict[str, str] = {
    "lebarpita_flow_absurd_records_total": "single records; LebarpitaFlowCoverage says when it matters",
    "lebarpita_flow_former_template_sets_total": "sets after a reboot; LebarpitaFlowUndecoded says when they go on",
    "lebarpita_flow_malformed_total": "anybody can send noise to an open port; an exporter that sends nothing else is "
    "LebarpitaFlowExporterSilent",
    "lebarpita_flow_refused_datagrams_total": "datagrams of strangers: refusing them is right; who goes on sending is "
    "told by LebarpitaFlowSenderUnknown",
    "lebarpita_flow_sflow_discarded_samples_total": "samples of kinds that hold no traffic, rightly passed over",
    "lebarpita_flow_sflow_dropped_samples_total": "the switch says it; LebarpitaFlowCoverage says when it matters",
    "lebarpita_flow_spoilt_records_total": "single records; LebarpitaFlowCoverage says when it matters",
    "lebarpita_job_failures_total": "LebarpitaJobStale tells of a job that succeeds no more; one try is no news",
    "lebarpita_probe_lost_total": "LebarpitaOutage, LebarpitaLinkDegraded: judged by the watch for each line",
    "lebarpita_shaping_class_drops_total": "a full class drops by design; LebarpitaGuaranteeMissed and "
    "LebarpitaOpdAtAllocation tell",
    "lebarpita_snmp_poll_failures_total": "LebarpitaDeviceSilent tells of the device, by lebarpita_snmp_up",
    "lebarpita_snmp_trap_refused_total": "traps of strangers: refusing them is right",
    "lebarpita_watch_rounds_late_total": "a late round is made up for; LebarpitaWatchSilent tells when they stop",
}
