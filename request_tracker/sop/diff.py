"""Two revisions of an SOP in, the differences step by step out. Pure."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from request_tracker.sop.model import Sop, Step, Target

_IGNORED = frozenset({"line"})


def differences(old: Sop, new: Sop) -> list[str]:
    """One line for each change, in the order of the new file."""
    lines = [f"revisi: {old.revision} -> {new.revision}"] if old.revision != new.revision else []
    lines += _change("judul", old.title, new.title)
    lines += _change("waktu", old.promise, new.promise)
    lines += _change("dasar_hukum", old.identity.legal_basis, new.identity.legal_basis)
    if old.wording != new.wording:
        lines.append("cetakan: changed")
    kinds = (
        ("kolom", old.lanes, new.lanes),
        ("dokumen", old.documents, new.documents),
        ("formulir", old.forms, new.forms),
    )
    for kind, before, after in kinds:
        lines += [f"{kind} {key}: removed" for key in before if key not in after]
        lines += [f"{kind} {key}: added" for key in after if key not in before]
        lines += [f"{kind} {key}: changed" for key in after if key in before and before[key] != after[key]]
    lines += [f"langkah {name}: removed" for name in old.steps if name not in new.steps]
    for name, step in new.steps.items():
        if name in old.steps:
            lines += [f"langkah {name}: {change}" for change in _step(old.steps[name], step)]
        else:
            lines.append(f"langkah {name}: added: {step.text}")
    return lines


def _step(old: Step, new: Step) -> list[str]:
    names = [field.name for field in fields(Step) if field.name not in _IGNORED]
    return [change for name in names for change in _change(name, getattr(old, name), getattr(new, name))]


def _change(name: str, old: Any, new: Any) -> list[str]:
    return [] if old == new else [f"{name}: {_text(old)} -> {_text(new)}"]


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(_text(item) for item in value) or "-"
    if isinstance(value, Mapping):
        return _text(tuple(key if item is None else f"{key} {_text(item)}" for key, item in value.items()))
    if isinstance(value, Target):
        return value.step or f"akhir {value.end}"
    return "-" if value is None else str(value)
