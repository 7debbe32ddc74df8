"""A configuration file in, checked settings out: one YAML file, read once, checked whole, unknown keys are errors."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

Settings = TypeVar("Settings", bound=BaseModel)


def read_settings(path: str | Path, model: type[Settings], problem: Callable[[str], Exception]) -> Settings:
    """Read and check the file whole. Raises what ``problem`` makes of a text with every fault, one a line."""
    try:
        tree = YAML(typ="safe").load(Path(path).read_text(encoding="utf-8"))
        return model.model_validate(tree or {})
    except OSError as error:
        raise problem(f"{path}: cannot be read: {error.strerror}") from error
    except (YAMLError, UnicodeDecodeError) as error:
        raise problem(f"{path}: not YAML: {error}") from error
    except ValidationError as error:
        faults = (f"{path}: {'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise problem("\n".join(faults)) from error
