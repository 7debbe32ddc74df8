"""What a person does after ``install``: an office's answers and the city in, numbered lines out."""

import re

from operations.install.monitoring import ALERTS
from operations.install.services import ETC, SHAPING, SNMP_SECRETS, TRACKER, Installation
from operations.install.site import CERTIFICATE, KEY

# Secrets that a city file names by an environment variable (inventory.model.SecretReference).
_VARIABLE = re.compile(r"\benv:([A-Z][A-Z0-9_]*)")


def next_steps(office: Installation, city: str) -> list[str]:
    """The steps, in the order in which they are done; ``city`` is the text of the city file."""
    names = ", ".join(dict.fromkeys(_VARIABLE.findall(city)))
    services = " ".join(service.unit for service in office.services if service is not SHAPING)
    steps = [
        f"fill in {names} in {SNMP_SECRETS} (NAME=value, one a line)" if names else "",
        f"read {ETC / TRACKER.settings}: office, calendar, channels (docs/reference/settings.md has every setting)",
        f"fill in second_way in {ALERTS} (who is told that the tracker is dead), then lebarpita install again",
        f"put the site's certificate in {CERTIFICATE} and its key in {KEY}; until then it is signed by itself",
        f"systemctl enable --now lebarpita-flows.socket {services} lebarpita-backup.timer lebarpita-drill.timer"
        " lebarpita-verify.timer",
        f"name a way off this machine in backup.send of {ETC / TRACKER.settings} (docs/how-to/operate.md), then"
        " systemctl enable --now lebarpita-ship.timer",
        "systemctl restart prometheus prometheus-alertmanager && systemctl reload nginx",
        f"open https://{office.host}/setup with the token in {TRACKER.state}/setup-token; then delete that file",
        f"systemctl enable --now {SHAPING.unit}; it touches nothing yet: read lebarpita as shaping plan,"
        " then lebarpita as shaping apply --plan HASH"
        if office.uplink
        else "",
        "lebarpita doctor: it walks the way of the data and says the first thing that is wrong",
    ]
    return [f"{number}. {step}" for number, step in enumerate(filter(None, steps), 1)]
