"""Checks of Prometheus and Alertmanager: what their APIs said in, a fault or None out. Pure."""

from collections.abc import Collection, Mapping, Sequence

from operations.doctor.fault import Assurance, Fault, Finding

# As request_tracker.notifications.watchdog: the alert that always fires comes every five minutes; three may be lost.
SIGN_SECONDS = 16 * 60.0
_CHECK = "promtool check config /etc/prometheus/lebarpita/prometheus.yml; systemctl restart prometheus"


def scrape_fault(health: Mapping[str, str] | None, wanted: Collection[str]) -> Fault | None:
    """A job of ours that Prometheus does not have, or does not get an answer of; its error by job, "" where up."""
    if health is None:
        start = "systemctl start prometheus; journalctl -u prometheus -n 20"
        return Fault(("Prometheus tidak menjawab", "Prometheus does not answer"), (start, start))
    missing = ", ".join(sorted(set(wanted) - set(health)))
    if missing:
        return Fault((f"Prometheus tidak membaca {missing}", f"Prometheus does not read {missing}"), (_CHECK, _CHECK))
    for job, error in health.items():
        if error:
            return Fault(
                (f"Prometheus gagal membaca {job}: {error}", f"Prometheus fails to read {job}: {error}"),
                (
                    "bagian itu mati, atau metrics-token di secrets bukan milik pelacak ini",
                    "that part is down, or metrics-token in secrets is not this tracker's",
                ),
            )
    return None


def rules_fault(health: Mapping[str, str] | None, wanted: Collection[str]) -> Fault | None:
    """A rule of ours that is not loaded, or fails; its error by name, "" where it is well."""
    missing = sorted(set(wanted) - set(health or {}))
    if missing:
        names = ", ".join(missing[:3]) + (f" (+{len(missing) - 3})" if len(missing) > 3 else "")
        return Fault((f"aturan belum dimuat: {names}", f"rules are not loaded: {names}"), (_CHECK, _CHECK))
    for name, error in (health or {}).items():
        if error:
            return Fault((f"aturan {name} gagal: {error}", f"the rule {name} fails: {error}"), (_CHECK, _CHECK))
    return None


def delivery_fault(active: Sequence[str] | None, failed: Mapping[str, float] | None) -> Fault | None:
    """Prometheus that tells no Alertmanager, or one whose messages do not arrive; failures by integration."""
    if not active:
        cure = "systemctl start prometheus-alertmanager; systemctl restart prometheus"
        return Fault(("Prometheus tidak punya Alertmanager", "Prometheus has no Alertmanager to tell"), (cure, cure))
    if failed is None:
        cure = "systemctl start prometheus-alertmanager; journalctl -u prometheus-alertmanager -n 20"
        return Fault(("Alertmanager tidak menjawab", "Alertmanager does not answer"), (cure, cure))
    ways = ", ".join(way for way, count in failed.items() if count)
    if not ways:
        return None
    return Fault(
        (f"Alertmanager gagal mengirim lewat {ways}", f"Alertmanager fails to deliver by {ways}"),
        (
            "journalctl -u prometheus-alertmanager; webhook di secrets, atau server surat di alertmanager.yml",
            "journalctl -u prometheus-alertmanager; webhook in secrets, or the mail server in alertmanager.yml",
        ),
    )


def arrival_fault(age_seconds: float | None, knows: bool) -> Finding:
    """Whether what Alertmanager sends arrives: the age of the alert that always fires, as the tracker has it.

    ``knows``: Prometheus answers; where it does not, nobody can say.
    """
    if age_seconds is not None and age_seconds <= SIGN_SECONDS:
        minutes = f"{age_seconds / 60:.0f}"
        return Assurance(
            (f"tanda terakhir {minutes} menit lalu", f"the last sign of life came {minutes} minutes ago"),
        )
    cure = (
        "webhook di secrets harus sama di Alertmanager dan pelacak; journalctl -u prometheus-alertmanager",
        "webhook in secrets must be one at Alertmanager and tracker; journalctl -u prometheus-alertmanager",
    )
    if age_seconds is None:
        never = (
            "peringatan belum pernah sampai ke pelacak (setelah pemasangan: tunggu lima menit)",
            "no alert has ever reached the tracker (after an installation: wait five minutes)",
        )
        unknown = ("tidak diketahui: Prometheus tidak menjawab", "unknown: Prometheus does not answer")
        return Fault(never if knows else unknown, cure, note=not knows)
    hours = f"{age_seconds / 3600:.1f}"
    return Fault(
        (
            f"peringatan tidak sampai ke pelacak selama {hours} jam",
            f"no alert has reached the tracker for {hours} hours",
        ),
        cure,
    )


def reached_fault(unconfirmed: float | None) -> Finding:
    """Whether each person whom an outage calls has confirmed a trial call lately; None: nobody can say.

    A note and no fault: every machine on the way may be well while a telephone has a new number.
    """
    if unconfirmed == 0:
        said = ("setiap orang mengonfirmasi uji panggilan dalam 30 hari", "everybody confirmed a trial call in 30 days")
        return Assurance(said)
    cure = ("kirim di pelacak: Uji panggilan (/uji-panggilan)", "send one in the tracker: Trial calls (/uji-panggilan)")
    if unconfirmed is None:
        unknown = ("tidak diketahui siapa yang dapat dipanggil", "who can be called is unknown")
        return Fault(unknown, cure, note=True)
    return Fault(
        (
            f"{unconfirmed:.0f} orang belum mengonfirmasi uji panggilan dalam 30 hari",
            f"{unconfirmed:.0f} people have confirmed no trial call for 30 days",
        ),
        cure,
        note=True,
    )
