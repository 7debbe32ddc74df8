"""YAML files in which a person looks for faults (YAML 1.2): a text in, a tree that knows its lines out.

For the files that people write by hand and long: the city, the SOPs. ``problem`` is what the caller raises.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
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
    try:
        # The round-trip loader is several times slower than "safe", and the only one that keeps the line of every key.
        tree = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        sentence = " ".join(part for part in (error.context, error.problem) if part)
        raise UnreadableError(FileProblem(file, mark.line + 1 if mark else 0, f"not YAML: {sentence}")) from error
    except (YAMLError, ValueError) as error:
        raise UnreadableError(FileProblem(file, 0, f"not YAML: {error}")) from error
    if not isinstance(tree, Mapping):
        raise UnreadableError(FileProblem(file, 1, f"must hold {wanted}"))
    return tree


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
