"""The city file in (YAML 1.2), a checked city or every problem with its line out. Reads one file, writes nothing."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from inventory.checks import Finding, check
from inventory.city_edits import edited, taken_apart
from inventory.city_memory import recall, remember
from inventory.model import City, Credential, Device, Link, Opd, Settings, Uplink
from runtime.lined_yaml import FileProblem, UnreadableError, line_of, load, plain, read_text

# Sixty thousand OPDs, the most that ``generate`` makes, are 15 MB; a larger file is no city's.
MAX_FILE_BYTES = 16 * 2**20
_LISTS: dict[str, type[BaseModel]] = {
    "credentials": Credential,
    "devices": Device,
    "uplinks": Uplink,
    "links": Link,
    "opds": Opd,
}
_REQUIRED = ("city", "devices", "uplinks")


class InventoryError(Exception):
    """The city file cannot be used; ``problems`` holds everything found, in the order of the file."""

    def __init__(self, problems: Sequence[FileProblem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def read_city(path: str | Path, memory: Path | None = None) -> City:
    """Read and check a city file. Raises InventoryError with all problems at once.

    ``memory``: a folder that outlives a restart, where what was read is kept, so that the next start is quick.
    """
    try:
        text = read_text(Path(path), MAX_FILE_BYTES, "; split the city")
    except UnreadableError as error:
        raise InventoryError([error.problem]) from error
    if memory and (city := _of_memory(memory, text, str(path))) is not None:
        return city
    tree = _tree(text, str(path))
    city = _checked(tree, str(path))
    if memory:
        remember(memory, taken_apart(text, tree))
    return city


def _of_memory(memory: Path, text: str, file: str) -> City | None:
    """The city by what was kept of this text, or of one in which a few entries were others."""
    before = recall(memory)
    city_text = before if before is None or before.text == text else edited(before, text)
    if city_text is None:
        return None
    # Plain values know no lines: what is wrong with them is said by the file itself.
    with suppress(InventoryError):
        city = _checked(city_text.values, file)
        if city_text is not before:
            remember(memory, city_text)
        return city
    return None


def parse_city(text: str, file: str = "city.yaml") -> City:
    """Check the text of a city file; ``file`` is the name the problems carry."""
    return _checked(_tree(text, file), file)


def _tree(text: str, file: str) -> Any:
    try:
        return load(text, file, "the keys city, devices, uplinks, links and opds")
    except UnreadableError as error:
        raise InventoryError([error.problem]) from error


def _checked(tree: Any, file: str) -> City:
    parts, problems = _validated(tree, file)
    findings = check(parts, tree)
    problems += [FileProblem(file, line_of(tree, finding.where), finding.message) for finding in findings]
    if problems:
        raise InventoryError(problems)
    lists = {key: tuple(part for _, part in parts[key]) for key in _LISTS}
    return City.model_construct(None, city=parts["city"][0][1], **lists)


def _validated(tree: Any, file: str) -> tuple[dict[str, list[tuple[int, Any]]], list[FileProblem]]:
    """Every part that is right by itself, with its place in its list, and the problems of the others."""
    problems = [
        FileProblem(file, line_of(tree, (key,)), f"unknown key {key!r}; the keys are city, {', '.join(_LISTS)}")
        for key in tree
        if key not in ("city", *_LISTS)
    ]
    problems += [FileProblem(file, 1, f"{key} is missing") for key in _REQUIRED if not tree.get(key)]
    parts: dict[str, list[tuple[int, Any]]] = {key: [] for key in ("city", *_LISTS)}
    if tree.get("city"):
        problems += _part(Settings, tree, ("city",), parts["city"], file)
    for key, model in _LISTS.items():
        rows = tree.get(key) or []
        if not isinstance(rows, Sequence) or isinstance(rows, str):
            problems.append(FileProblem(file, line_of(tree, (key,)), f"{key} must be a list"))
            continue
        for index in range(len(rows)):
            problems += _part(model, tree, (key, index), parts[key], file)
    return parts, problems


def _part(
    model: type[BaseModel], tree: Any, where: tuple[str | int, ...], valid: list[tuple[int, Any]], file: str
) -> list[FileProblem]:
    value = tree
    for key in where:
        value = value[key]
    try:
        valid.append((int(where[-1]) if isinstance(where[-1], int) else 0, model.model_validate(plain(value))))
        return []
    except ValidationError as error:
        return [
            FileProblem(file, line_of(tree, (*where, *fault["loc"])), _sentence(value, where, fault))
            for fault in _innermost(error.errors())
        ]


def _innermost(faults: Sequence[Any]) -> list[Any]:
    """Without the faults that only follow from one inside them (a list too short because its item is wrong)."""
    places = [fault["loc"] for fault in faults]
    return [f for f in faults if not any(len(p) > len(f["loc"]) and p[: len(f["loc"])] == f["loc"] for p in places)]


def _sentence(value: Any, where: tuple[str | int, ...], fault: Any) -> str:
    who = where[0] if len(where) == 1 else f"{str(where[0])[:-1]} {_called(value, where[-1])}"
    key = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return f"{who}: unknown key {key!r}"
    if fault["type"] == "missing":
        return f"{who}: {key} is missing"
    message = str(fault["msg"]).removeprefix("Value error, ")
    if fault["type"] == "literal_error":
        message = f"{fault['input']!r} is not known here; the values are {fault['ctx']['expected']}"
    value_text = "" if repr(fault["input"]) in message else f" (given: {fault['input']!r})"
    return f"{who}: {key}: {message}{value_text}"


def _called(value: Any, index: Any) -> str:
    if isinstance(value, Mapping):
        return str(value.get("code") or value.get("name") or f"number {index + 1}")
    return f"number {index + 1}"


__all__ = ["City", "FileProblem", "Finding", "InventoryError", "parse_city", "read_city"]
