"""Checks of Prometheus and Alertmanager: what their APIs said in, a fault or None out. Pure."""

from collections.abc import Collection, Mapping, Sequence

from operations.doctor.fault import Fault

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
