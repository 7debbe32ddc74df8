"""Queues as lines of RouterOS' own language: for a person, for an ``.rsc`` file, for the scheduler's entry. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from shaping.drivers.routeros.queues import QueueSetting, changed_words
from shaping.plan import Act

_QUEUE = "/queue simple"


def command(act: Act, before: QueueSetting | None, after: QueueSetting | None) -> list[str]:
    """What a person would type for one change."""
    lines = []
    if before is not None and act in (Act.DELETE, Act.REPLACE):
        lines.append(f"{_QUEUE} remove {_find(before)}")
    if after is not None and (act in (Act.ADD, Act.REPLACE) or before is None):
        lines.append(f"{_QUEUE} add {_words(after.words)}")
    elif after is not None and before is not None:
        lines.append(f"{_QUEUE} set {_find(before)} {_words(changed_words(before, after))}")
    return lines


def guarded(lines: Iterable[str]) -> list[str]:
    """Lines of which one that fails does not end the others."""
    return [f":do {{{line}}} on-error={{}}" for line in lines]


def type_line(name: str, kind: str) -> str:
    """The queue type of the leaves."""
    return f"/queue type add {_words({'name': name, 'kind': kind})}"


def rsc(queues: Sequence[QueueSetting], tag: str, types: Sequence[tuple[str, str]]) -> list[str]:
    """A whole file for ``/import``: whatever stands there with this tag goes, and the queues are made.

    ``types`` are tried in their order: the first that this RouterOS has is the leaves'.
    """
    lines = [f"# lebarpita, {tag}: made for /import; it was never run on a real router. Disable FastTrack first."]
    # The second fails where the first did not: a name is there once.
    lines += guarded(type_line(name, kind) for name, kind in types)
    return [*lines, *removals(tag), *(f"{_QUEUE} add {_words(queue.words)}" for queue in queues)]


def removals(tag: str) -> list[str]:
    """Every queue of the uplink away: OPDs, groups, and the parent of them all."""
    finds = (f'comment~"^{tag}:"', f'comment="{tag}" parent!="none"', f'comment="{tag}"')
    return [f"{_QUEUE} remove [find {find}]" for find in finds]


def _find(queue: QueueSetting) -> str:
    return f"[find name={_quoted(queue.name)}]"


def _words(words: Mapping[str, str]) -> str:
    return " ".join(f"{name}={_quoted(value)}" for name, value in words.items())


def _quoted(text: str) -> str:
    """In quotes; the three signs that mean something there are escaped (facts 5.11)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
    return f'"{escaped}"'
