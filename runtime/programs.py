"""What stands behind the commands: starts a room's command line, or says which extra brings the package that it lacks.

Imports a room only when its command was called; knows nothing else of them.
"""

import sys
from collections.abc import Callable
from importlib import import_module


def inventory() -> int:
    """``lebarpita-inventory``: what the package itself brings is enough."""
    return _run("lebarpita-inventory", "inventory.cli", "all")


def exporter() -> int:
    """``lebarpita-exporter``."""
    return _run("lebarpita-exporter", "exporter.cli", "exporter")


def shaping() -> int:
    """``lebarpita-shaping``: what the package itself brings is enough."""
    return _run("lebarpita-shaping", "shaping.cli", "all")


def tracker() -> int:
    """``lebarpita-tracker``."""
    return _run("lebarpita-tracker", "request_tracker.cli", "tracker")


def whole() -> int:
    """``lebarpita``: looks after all parts on one machine, and so needs what each of them needs."""
    return _run("lebarpita", "operations.cli", "all")


def _run(program: str, module: str, extra: str) -> int:
    try:
        main: Callable[[], int] = import_module(module).main
        # A room may import what a command needs only once it knows which (``request_tracker.cli``).
        return main()
    except ModuleNotFoundError as error:
        package = (error.name or str(error)).split(".")[0]
        print(f"{program}: the package {package} is not installed; pip install 'lebarpita[{extra}]'", file=sys.stderr)
        return 2
