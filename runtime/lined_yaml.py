"""YAML files of people (YAML 1.2): a text in, a tree out, or one sentence with the file, the line and what is wrong.

The tree knows its lines where a person looks for a fault by them (the city, the SOPs, the configurations).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import ConstructorError, RoundTripConstructor, SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError


@dataclass(frozen=True, order=True)
class FileProblem:
    """One thing wrong: file, line (from 1; 0 where the file itself is wrong) and a sentence."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file} line {self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


class UnreadableError(Exception):
    """The file is no text, too large, or no YAML with keys; ``problem`` says why."""

    def __init__(self, problem: FileProblem) -> None:
        self.problem = problem
        super().__init__(str(problem))


def read_text(path: Path, most_bytes: int, advice: str = "") -> str:
    """The text of a file of bounded size. Raises UnreadableError."""
    try:
        # Before it is read: a wrong path may name a disk image.
        if path.stat().st_size > most_bytes:
            raise UnreadableError(FileProblem(str(path), 0, f"larger than {most_bytes} bytes{advice}"))
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise UnreadableError(FileProblem(str(path), 0, f"cannot be read: {reason}")) from error


def load(text: str, file: str, wanted: str) -> Any:
    """The tree, a mapping with ruamel's line marks. ``wanted`` says what must stand in it. Raises UnreadableError."""
    # The round-trip loader is several times slower than "safe", and the only one that keeps the line of every key.
    tree = _parsed(text, file, "rt")
    if not isinstance(tree, Mapping):
        raise UnreadableError(FileProblem(file, 1, f"must hold {wanted}"))
    return tree


def read_unlined(path: Path, most_bytes: int) -> Any:
    """Whatever stands in a file, without lines, several times as fast: for long files. Raises UnreadableError."""
    return _parsed(read_text(path, most_bytes), str(path), "safe")


class _Placed:
    """A constructor that says where a value stands that its own form forbids: ``2026-13-45`` is a date to YAML."""

    def construct_non_recursive_object(self, node: Any, tag: str | None = None) -> Any:
        try:
            return super().construct_non_recursive_object(node, tag)  # type: ignore[misc]  # ruamel's, behind it.
        except (ValueError, KeyError) as error:
            kind = str(node.tag).rpartition(":")[2]
            sentence = f"{node.value!r} is no {kind}: {error}; put it in quotes where it is a text"
            raise ConstructorError(None, None, sentence, node.start_mark) from error


class _PlacedRoundTrip(_Placed, RoundTripConstructor):
    pass


class _PlacedSafe(_Placed, SafeConstructor):
    pass


_CONSTRUCTORS = {"rt": _PlacedRoundTrip, "safe": _PlacedSafe}


def _parsed(text: str, file: str, kind: str) -> Any:
    yaml = YAML(typ=kind)
    yaml.Constructor = _CONSTRUCTORS[kind]
    try:
        tree = yaml.load(text)
        if "&" in text and "*" in text:
            _bounded(tree, file, len(text))
        return tree
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        sentence = " ".join(part for part in (error.context, error.problem) if part)
        raise UnreadableError(FileProblem(file, mark.line + 1 if mark else 0, f"not YAML: {sentence}")) from error
    except RecursionError as error:
        deep = "not YAML that can be read: lists within lists, too deep"
        raise UnreadableError(FileProblem(file, 0, deep)) from error
    except YAMLError as error:
        raise UnreadableError(FileProblem(file, 0, f"not YAML: {error}")) from error


# An alias (``*name``) repeats a part of the file, and a kilobyte can repeat repetitions a thousand million times.
# Written out, a file holds fewer values than letters; a short one may repeat itself up to this many.
_FEW_VALUES = 100_000


def _bounded(tree: Any, file: str, letters: int) -> None:
    """Raises UnreadableError where the tree holds itself, or far more than is written once aliases are resolved."""
    sizes: dict[int, int | None] = {}

    def size(node: Any) -> int:
        parts = node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else None
        if parts is None:
            return 1
        if id(node) in sizes:
            earlier = sizes[id(node)]
            if earlier is None:
                raise UnreadableError(FileProblem(file, 0, "a part of it holds itself (an alias, *name, within &name)"))
            return earlier
        sizes[id(node)] = None
        whole = sizes[id(node)] = 1 + sum(map(size, parts))
        return whole

    most = max(_FEW_VALUES, letters)
    if size(tree) > most:
        raise UnreadableError(
            FileProblem(file, 0, f"its aliases (*name) repeat more than {most} values; write them out")
        )


def plain(value: Any) -> Any:
    """The same without marks: dictionaries, tuples and texts, as pydantic checks them."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(plain(item) for item in value)
    # ruamel's own texts are subclasses of str that carry their quotes along; what is kept and compared should be plain.
    return str(value) if isinstance(value, str) else value


def line_of(tree: Any, where: Sequence[str | int]) -> int:
    """The line (from 1) of a key or list item; of the nearest one above it where the key itself is missing."""
    line = 1
    node: Any = tree
    for key in where:
        try:
            line = node.lc.data[key][0] + 1  # ruamel marks keys and items with (line, column, ...), from 0.
            node = node[key]
        except (KeyError, AttributeError, IndexError, TypeError):
            break
    return line
