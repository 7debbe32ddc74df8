"""The settings files of every part: an office's answers in, YAML with the reasons beside it out. No secret in any."""

from operations.install.services import BACKUPS, ETC, FLOWS, SHAPING, SNMP, TRACKER, WATCH, Installation

_HEAD = (
    "# Made once by lebarpita install, the office's own from then on.\n"
    "# Every setting with its usual value and its unit: docs/reference/settings.md.\n"
)
_CITY = f"inventory: {ETC / 'city.yaml'}\n"


def settings(office: Installation) -> dict[str, str]:
    """File name to text, for the services of this machine."""
    made = {SNMP: _snmp(), WATCH: _watch(), FLOWS: _flows(), TRACKER: _tracker(office), SHAPING: _shaping(office)}
    return {service.settings: f"{_HEAD}{_CITY}{made[service]}" for service in office.services}


def _snmp() -> str:
    return f"state: {SNMP.state}\nsnmp:\n  listen: 127.0.0.1:9810\n"


def _watch() -> str:
    return (
        f"state: {WATCH.state}\nwatch:\n  listen: 127.0.0.1:9811\n"
        "  alertmanager: [http://127.0.0.1:9093]\n  snmp: http://127.0.0.1:9810\n"
        "  # Traps: routers send to port 162. The community stands in secrets/snmp.env.\n"
        "  # traps: 0.0.0.0:162\n  # trap_community: env:TRAP_COMMUNITY\n"
    )


def _flows() -> str:
    return (
        f"state: {FLOWS.state}\nflows:\n  listen: 127.0.0.1:9812\n"
        "  # The socket itself is lebarpita-flows.socket's; this address counts where the part is started by hand.\n"
        "  datagrams: [0.0.0.0:2055]\n"
        "  # Who uses an office's bandwidth: kept for 30 days (UU 27/2022), shown to staff alone.\n"
        f"  history:\n    folder: {FLOWS.state}/history\n    token: {FLOWS.secret('top-token')}\n"
    )


def _tracker(office: Installation) -> str:
    return (
        f"database: {TRACKER.state}/tracker.db\nfiles: {TRACKER.state}/files\n"
        f"listen: 127.0.0.1:9820\npublic_url: https://{office.host}\n"
        "# nginx stands in front (one X-Forwarded-For is believed), so that limits are a visitor's, not the city's.\n"
        "proxies: 1\n"
        "prometheus: http://127.0.0.1:9090\nalertmanager: http://127.0.0.1:9093\nwatch: http://127.0.0.1:9811\n"
        f"flows:\n  url: http://127.0.0.1:9812\n  token: {TRACKER.secret('top-token')}\n"
        f"backup:\n  # For the figures of their disk; a way off this machine: docs/how-to/operate.md.\n"
        f"  folder: {BACKUPS}\n"
        f"webhook_secret: {TRACKER.secret('webhook')}\nsecret_key: {TRACKER.secret('secret-key')}\n"
    )


def _shaping(office: Installation) -> str:
    return (
        f"uplink: {office.uplink}\ntracker: http://127.0.0.1:9820\ntoken: {SHAPING.secret('shaping-token')}\n"
        f"state: {SHAPING.state}\nprometheus: http://127.0.0.1:9090\nlisten: 127.0.0.1:9830\n"
        "# Nothing on the device is touched before a person has read the first plan (lebarpita as shaping plan).\n"
        "first_apply: by_hand\n"
    )
