"""Hatchling's hook: compiles the express lane when the package is built, where there is a compiler.

Without one the wheel is pure Python and counts by NumPy, which the build says in one line.
"""

import importlib.util
import sysconfig
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ExpressBuildHook(BuildHookInterface[Any]):
    """Adds ``express.so`` to a wheel of this architecture; it needs no Python of a certain version."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile; the library of a source that stands there already is taken as it is."""
        building = _building()
        reason = None if building.current() else building.build()
        if reason is not None:
            self.app.display_warning(f"flows are counted by NumPy alone: {reason}")
            return
        build_data["artifacts"].append(f"/{building.LIBRARY.relative_to(Path(self.root).resolve())}")
        build_data["pure_python"] = False
        # Called by ctypes, so that one wheel serves every Python 3.
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["tag"] = f"py3-none-{platform}"


def _building() -> ModuleType:
    """``building`` by its path: the package is not installed yet."""
    path = Path(__file__).resolve().with_name("exporter") / "flows" / "native" / "building.py"
    spec = importlib.util.spec_from_file_location("express_building", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
