"""The reference page of every setting: the rooms' own models and the words of ``settings.yaml`` in, tables out.

Names, usual values and units are the code's; what a setting is for and an example are a person's. A house test finds
a setting without words, words without a setting, and an example that its part would refuse.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from ruamel.yaml import YAML

from alert_rules.office import OfficeAlerts
from exporter.config import ExporterConfig
from inventory.model import Credential, Device, Link, Opd, Settings, Uplink
from request_tracker.config import TrackerConfig
from shaping.config import Config as ShapingConfig

WORDS = Path(__file__).parent / "settings.yaml"
# The files a person writes: what each is called, what reads it, and its models by their key ("" is the file itself).
FILES: tuple[tuple[str, str, Mapping[str, type[BaseModel]]], ...] = (
    ("city.yaml", "every part", {
        "city": Settings, "credentials[]": Credential, "devices[]": Device,
        "uplinks[]": Uplink, "links[]": Link, "opds[]": Opd,
    }),
    ("exporter.yaml", "snmp, watch, flows", {"": ExporterConfig}),
    ("tracker.yaml", "tracker", {"": TrackerConfig}),
    ("shaping.yaml", "shaping agent", {"": ShapingConfig}),
    ("alerts.yaml", "Prometheus, Alertmanager", {"": OfficeAlerts}),
)  # fmt: skip
# The first part of a key says who reads it, where that is not everybody who reads the file.
_READERS = {"snmp": "snmp", "watch": "watch", "flows": "flows", "credentials[]": "snmp, watch"}
# The end of a name says its unit (the house's rule); of rates and what has none nothing is said.
_UNITS = {"seconds": "seconds", "days": "days", "bytes": "bytes", "megabytes": "MB (2^20 bytes)"}
_TITLES = "| key | usual value | unit | read by | what it is for | example |"
_HEAD = """# Settings

Every key of every file that an office writes, made from what the parts themselves accept. An unknown key is an error,
and all that is wrong in a file is said at once. *Required* stands where there is no usual value. Secrets are named, not
written: `env:NAME` or `file:/path`. Lists are `[...]`; `[]` in a key is each row of a list.
"""


@dataclass(frozen=True)
class SettingRow:
    """One setting: where it stands, its field, and the part that reads it."""

    file: str
    key: str
    info: FieldInfo
    reader: str

    @property
    def name(self) -> str:
        """How ``settings.yaml`` calls it."""
        return f"{self.file} {self.key}"


def setting_rows() -> Iterator[SettingRow]:
    """Every setting of every file, in the order of the models."""
    for file, readers, models in FILES:
        for prefix, model in models.items():
            for key, info in _fields(model, prefix):
                yield SettingRow(file, key, info, _reader(file, key, readers))


@cache
def words() -> dict[str, dict[str, Any]]:
    """What a person wrote of each setting, by its name: ``for``, ``example``, and ``unit`` where its name has none."""
    tree: Mapping[str, Mapping[str, list[Any]]] = YAML(typ="safe").load(WORDS.read_text(encoding="utf-8"))
    return {
        f"{file} {key}": dict(zip(("for", "example", "unit", "too many"), row, strict=False))
        for file, rows in tree.items()
        for key, row in rows.items()
    }


def settings_page() -> str:
    """The page."""
    parts = [_HEAD]
    rows = list(setting_rows())
    for file, _, _ in FILES:
        parts += [f"## {file}\n", _TITLES, "|---|---|---|---|---|---|"]
        parts += [_line(row) for row in rows if row.file == file]
        parts.append("")
    return "\n".join(parts)


def usual(info: FieldInfo) -> str:
    """The usual value as a person writes it in YAML."""
    return "required" if info.is_required() else _shown(info.get_default(call_default_factory=True))


def unit(row: SettingRow) -> str:
    """The unit: what a person wrote, else what the name's end says."""
    said = words().get(row.name, {}).get("unit")
    last = row.key.rpartition(".")[2]
    return str(said or next((text for end, text in _UNITS.items() if last == end or last.endswith(f"_{end}")), ""))


def _fields(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, FieldInfo]]:
    for name, info in model.model_fields.items():
        # What a person writes: a field may be called otherwise in the code ("from" is a word of Python).
        written = info.alias or name
        key = f"{prefix}.{written}" if prefix else written
        nested, many = _nested(info.annotation)
        if nested is None:
            yield key, info
        else:
            yield from _fields(nested, f"{key}[]" if many else key)


def _nested(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    """The model inside a type, and whether there may be many of it; None where it is a value."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    arguments = get_args(annotation)
    models = [part for part in arguments if isinstance(part, type) and issubclass(part, BaseModel)]
    return (models[0], Ellipsis in arguments) if models else (None, False)


def _reader(file: str, key: str, readers: str) -> str:
    return readers if file == "tracker.yaml" else _READERS.get(key.split(".")[0], readers)


def _line(row: SettingRow) -> str:
    said = words()[row.name]
    cells = (f"`{row.key}`", _code(usual(row.info)), unit(row), row.reader, said["for"], _code(_shown(said["example"])))
    return f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in cells)} |"


def _code(text: str) -> str:
    return text if text in ("required", "none") else f"`{text}`"


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return f"[{', '.join(_shown(part) for part in value)}]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_shown(part)}" for key, part in value.items()) + "}"
    return str(value) if str(value) else '""'
