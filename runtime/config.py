"""A configuration file in, checked settings out: one YAML file, read once, checked whole, unknown keys are errors."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from runtime.lined_yaml import FileProblem, UnreadableError, line_of, load, plain, read_text

Settings = TypeVar("Settings", bound=BaseModel)

# The longest configuration of ours that anybody could write by hand is some 20 kB; a wrong path may name a database.
MOST_BYTES = 1_000_000


def read_settings(path: str | Path, model: type[Settings], problem: Callable[[str], Exception]) -> Settings:
    """Read and check the file whole. Raises what ``problem`` makes of a text: every fault with its line, one a row."""
    try:
        text = read_text(Path(path), MOST_BYTES)
        tree = load(text, str(path), "settings, each as `key: value`") if text.strip() else {}
        return model.model_validate(plain(tree))
    except UnreadableError as error:
        raise problem(str(error)) from error
    except ValidationError as error:
        # Without the value: a key that is unknown here may be a secret that was put into the wrong file.
        faults = (
            FileProblem(str(path), line_of(tree, fault["loc"]), f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}")
            for fault in error.errors()
        )
        raise problem("\n".join(map(str, faults))) from error
