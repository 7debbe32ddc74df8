"""Debian's Prometheus and Alertmanager: the office's alerts.yaml in, files built of it and programs' arguments out.

Debian's own files stay as they are: a drop-in gives each program its arguments from a file of ours and the one secret
it needs, so that taking ours away leaves what the package brought.
"""

from pathlib import Path, PurePosixPath

from alert_rules import AlertsError
from alert_rules.building import ALERTMANAGER, PROMETHEUS, RULE_FOLDER, built
from alert_rules.office import OfficeAlerts, read_office
from operations.errors import OperationsError
from operations.install.services import ETC, SECRETS, Installation, SystemFile

PLACE = PurePosixPath("/etc/prometheus/lebarpita")
UNITS = PurePosixPath("/etc/systemd/system")
RULES = PLACE / RULE_FOLDER
ALERTS = ETC / "alerts.yaml"
# As many days as a quarter's evidence and last year's same month need (docs/why/decisions.md); and no full disk.
RETENTION_TIME, RETENTION_SIZE = "400d", "40GB"
# Where the parts listen on one machine (settings_files).
_ADDRESSES = {
    **{"exporter": 9810, "watch": 9811, "flows": 9812, "tracker": 9820, "shaper": 9830},
    **{"prometheus": 9090, "alertmanager": 9093},
}


def alert_settings(office: Installation) -> str:
    """The office's alerts.yaml as it begins."""
    addresses = "".join(f"  {part}: 127.0.0.1:{port}\n" for part, port in _ADDRESSES.items())
    return (
        "# The office's own from the first install on. Change it, then run lebarpita install again: rules, routes and\n"
        "# addresses are built of it.\n"
        f"tracker: https://{office.host}\n"
        "# Where Grafana is, if there is one: alerts then link to its boards.\n# grafana: https://grafana.kota.go.id\n"
        f"inventory: {ETC / 'city.yaml'}\n"
        "# Who is told that the tracker itself is dead; until then LebarpitaSecondWayMissing says so.\n"
        "second_way: {}\n"
        '#   mail: {to: [admin@kota.go.id], from: lebarpita@kota.go.id, smarthost: "mail.kota.go.id:587"}\n'
        f"addresses:\n{addresses}"
        f"secrets:\n  webhook: {_handed('prometheus-alertmanager', 'webhook')}\n"
        f"  metrics: {_handed('prometheus', 'metrics-token')}\n"
    )


def read_alerts(settings: Path, city: Path, shaped: bool) -> OfficeAlerts:
    """The office's alerts.yaml, with the city that is being laid down; ``shaped``: an agent runs here and is read.

    Raises OperationsError.
    """
    try:
        alerts = read_office(settings)
        addresses = alerts.addresses if shaped else {**alerts.addresses, "shaper": None}
        return alerts.model_copy(update={"inventory": city, "addresses": addresses})
    except AlertsError as error:
        raise OperationsError(str(error)) from error


def monitoring_files(alerts: OfficeAlerts) -> list[SystemFile]:
    """Everything that makes Debian's two packages the office's. Raises OperationsError."""
    try:
        texts = built(alerts)
    except AlertsError as error:
        raise OperationsError(str(error)) from error
    texts[PROMETHEUS] = texts[PROMETHEUS].replace(f"{RULE_FOLDER}/*.yml", str(RULES / "*.yml"))
    return [
        *(SystemFile(PLACE / name, text) for name, text in texts.items()),
        SystemFile(PLACE / "prometheus.env", _arguments(*_prometheus_arguments())),
        SystemFile(PLACE / "alertmanager.env", _arguments(*_alertmanager_arguments())),
        *_drop_in("prometheus", "prometheus.env", "metrics-token"),
        *_drop_in("prometheus-alertmanager", "alertmanager.env", "webhook"),
    ]


def _handed(unit: str, secret: str) -> str:
    return f"/run/credentials/{unit}.service/{secret}"


def _prometheus_arguments() -> tuple[str, ...]:
    return (
        f"--config.file={PLACE / PROMETHEUS}",
        "--web.listen-address=127.0.0.1:9090",
        f"--storage.tsdb.retention.time={RETENTION_TIME}",
        f"--storage.tsdb.retention.size={RETENTION_SIZE}",
    )


def _alertmanager_arguments() -> tuple[str, ...]:
    # Without a cluster address it listens for others of its kind on every address of the machine.
    return (
        f"--config.file={PLACE / ALERTMANAGER}",
        "--web.listen-address=127.0.0.1:9093",
        "--cluster.listen-address=",
    )


def _arguments(*words: str) -> str:
    return f'ARGS="{" ".join(words)}"\n'


def _drop_in(unit: str, arguments: str, secret: str) -> tuple[SystemFile, ...]:
    # Read after /etc/default of the package, so that this ARGS counts.
    text = f"[Service]\nEnvironmentFile={PLACE / arguments}\nLoadCredential={secret}:{SECRETS / secret}\n"
    return (SystemFile(UNITS / f"{unit}.service.d" / "lebarpita.conf", text),)
