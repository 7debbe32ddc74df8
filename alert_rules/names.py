"""Names in the alerts' words instead of keys: a rule file's text in, the same with names out. Pure.

The keys of the city file are for programs, and what goes past a dead tracker is read on a telephone by people. The
parts export what people call a line, a device, an OPD; Prometheus and vmalert look it up as they write the words, which
costs one small question for each name of a firing alert and changes no label, so that alerts are told apart as before.
A key without a name stays as it is: that is all that is known. Codes of our own (``words``) are written out.
"""

import re
from collections.abc import Mapping

from alert_rules.words import DIRECTIONS, INTEGRATIONS, JOBS, KINDS, PARTS, ROLES

# "or on ()": of several that know it the first speaks. While the watch is dead the SNMP reader still has the names.
_LINE = (
    "max by (name) (lebarpita_link_info{link=%[1]q}) or on () max by (name) (lebarpita_opd_info{link=%[1]q})",
    "max by (name) (lebarpita_device_info{device=%[1]q})",
    "max by (name) (lebarpita_opd_info{opd=%[1]q})",
)
NAMES: Mapping[str, str] = {
    "link": _LINE[0],
    "loss": _LINE[0],
    "root": f"{_LINE[0]} or on () {_LINE[1]}",
    "device": _LINE[1],
    "opd": _LINE[2],
    "step": "max by (name) (lebarpita_sop_step_info{step=%[1]q})",
    "exporter": "max by (name) (lebarpita_flow_exporter_info{exporter=%[1]q})",
}
WORDS: Mapping[str, Mapping[str, str]] = {
    "part": PARTS,
    "task": JOBS,
    "role": ROLES,
    "kind": KINDS,
    "direction": DIRECTIONS,
    "integration": INTEGRATIONS,
}
_KEY = re.compile(r"{{ \$labels\.(\w+) }}")
# Addresses of pages need the key.
_ADDRESS = re.compile(r"^ *(?:runbook_url|dashboard_url): ")


def with_names(text: str) -> str:
    """Every key and code of a rule file's words by its name."""
    return "".join(
        line if _ADDRESS.match(line) else _KEY.sub(lambda key: _named(key[1], key[0]), line)
        for line in text.splitlines(keepends=True)
    )


def _named(label: str, key: str) -> str:
    # In backquotes, as the texts stand in quotes of every kind; %q makes of a key a text of PromQL.
    if label in NAMES:
        lookup = f"{{{{ with printf `{NAMES[label]}` $labels.{label} | query }}}}{{{{ . | first | label `name` }}}}"
        return f"{lookup}{{{{ else }}}}{key}{{{{ end }}}}"
    if label in WORDS:
        # A second sender of the watch is "sender-2": it has the word of the first, and its number.
        words = " | ".join(f"reReplaceAll `^{code}(-[0-9]+)?$` `{word}$1`" for code, word in WORDS[label].items())
        return f"{{{{ $labels.{label} | {words} }}}}"
    return key
