"""The city file in (YAML 1.2), a checked city or every problem with its line out. Reads one file, writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from inventory.checks import Finding, check
from inventory.model import City, Credential, Device, Link, Opd, Settings, Uplink

MAX_FILE_BYTES = 16 * 2**20
"""Twenty thousand OPDs, the most that ``generate`` makes, are 5 MB; a file three times that is no city's."""
_LISTS: dict[str, type[BaseModel]] = {
    "credentials": Credential,
    "devices": Device,
    "uplinks": Uplink,
    "links": Link,
    "opds": Opd,
}
_REQUIRED = ("city", "devices", "uplinks")


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong: file, line (from 1; 0 where the file itself is wrong) and a sentence."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file} line {self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


class InventoryError(Exception):
    """The city file cannot be used; ``problems`` holds everything found, in the order of the file."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def read_city(path: str | Path) -> City:
    """Read and check a city file. Raises InventoryError with all problems at once."""
    file = str(path)
    return parse_city(_text(Path(path)), file)


def parse_city(text: str, file: str = "city.yaml") -> City:
    """Check the text of a city file; ``file`` is the name the problems carry."""
    tree = _load(text, file)
    parts, problems = _validated(tree, file)
    findings = check(parts, tree)
    problems += [Problem(file, _line(tree, found.where), found.message) for found in findings]
    if problems:
        raise InventoryError(problems)
    lists = {key: tuple(part for _, part in parts[key]) for key in _LISTS}
    return City.model_construct(None, city=parts["city"][0][1], **lists)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise InventoryError([Problem(str(path), 0, f"larger than {MAX_FILE_BYTES} bytes; split the city")])
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise InventoryError([Problem(str(path), 0, f"cannot be read: {reason}")]) from error


def _load(text: str, file: str) -> Any:
    try:
        tree = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        sentence = " ".join(part for part in (error.context, error.problem) if part)
        raise InventoryError([Problem(file, line, f"not YAML: {sentence}")]) from error
    except (YAMLError, ValueError) as error:
        raise InventoryError([Problem(file, 0, f"not YAML: {error}")]) from error
    if not isinstance(tree, Mapping):
        raise InventoryError([Problem(file, 1, "must hold the keys city, devices, uplinks, links and opds")])
    return tree


def _validated(tree: Any, file: str) -> tuple[dict[str, list[tuple[int, Any]]], list[Problem]]:
    """Every part that is right by itself, with its place in its list, and the problems of the others."""
    problems = [
        Problem(file, _line(tree, (key,)), f"unknown key {key!r}; the keys are city, {', '.join(_LISTS)}")
        for key in tree
        if key not in ("city", *_LISTS)
    ]
    problems += [Problem(file, 1, f"{key} is missing") for key in _REQUIRED if not tree.get(key)]
    parts: dict[str, list[tuple[int, Any]]] = {key: [] for key in ("city", *_LISTS)}
    if tree.get("city"):
        problems += _part(Settings, tree, ("city",), parts["city"], file)
    for key, model in _LISTS.items():
        rows = tree.get(key) or []
        if not isinstance(rows, Sequence) or isinstance(rows, str):
            problems.append(Problem(file, _line(tree, (key,)), f"{key} must be a list"))
            continue
        for index in range(len(rows)):
            problems += _part(model, tree, (key, index), parts[key], file)
    return parts, problems


def _part(
    model: type[BaseModel], tree: Any, where: tuple[str | int, ...], valid: list[tuple[int, Any]], file: str
) -> list[Problem]:
    value = tree
    for key in where:
        value = value[key]
    try:
        valid.append((int(where[-1]) if isinstance(where[-1], int) else 0, model.model_validate(_plain(value))))
        return []
    except ValidationError as error:
        return [
            Problem(file, _line(tree, (*where, *fault["loc"])), _sentence(value, where, fault))
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


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(_plain(item) for item in value)
    return str(value) if isinstance(value, str) else value


def _line(tree: Any, where: Sequence[str | int]) -> int:
    """The line (from 1) of a key or list item; of the nearest one above it where the key itself is missing."""
    line = 1
    node: Any = tree
    for key in where:
        try:
            line = (node.lc.data[key][0]) + 1
            node = node[key]
        except (KeyError, AttributeError, IndexError, TypeError):
            break
    return line


__all__ = ["City", "Finding", "InventoryError", "Problem", "parse_city", "read_city"]
