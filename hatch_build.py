"""Hatchling's hook: compiles the exporter's C files when the package is built, where there is a compiler.

Without one the wheel is pure Python, counts flows by NumPy and reads each device by itself, which the build says.
"""

import importlib.util
import sysconfig
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ExpressBuildHook(BuildHookInterface[Any]):
    """Adds the libraries to a wheel of this architecture; they need no Python of a certain version."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile; the library of a source that stands there already is taken as it is."""
        compiling = _compiling()
        for source in compiling.SOURCES:
            library = compiling.library_of(source)
            reason = None if compiling.current(source, library) else compiling.build(source, library)
            if reason is not None:
                self.app.display_warning(f"{source.name} is not compiled, Python does its work: {reason}")
                continue
            build_data["artifacts"].append(f"/{library.relative_to(Path(self.root).resolve())}")
            build_data["pure_python"] = False
            # Called by ctypes, so that one wheel serves every Python 3.
            platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
            build_data["tag"] = f"py3-none-{platform}"


def _compiling() -> ModuleType:
    """``compiling`` by its path: the package is not installed yet."""
    path = Path(__file__).resolve().with_name("exporter") / "compiling.py"
    spec = importlib.util.spec_from_file_location("exporter_compiling", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
