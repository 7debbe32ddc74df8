"""Folders of plug-ins: a package in, the names of the files and folders in it out. Imports none of them."""

import importlib.util
import pkgutil
from collections.abc import Iterable


def plugins(package: str, *shared: str) -> tuple[str, ...]:
    """What stands in the package but the ``shared`` modules; nothing where the package is not installed here."""
    spec = importlib.util.find_spec(package)
    return plugins_in(spec.submodule_search_locations or (), *shared) if spec else ()


def plugins_in(folders: Iterable[str], *shared: str) -> tuple[str, ...]:
    """The same of folders on the disk, such as a package's ``__path__``."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(folders) if module.name not in shared))
