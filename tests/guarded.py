"""The parts whose mistakes change a rate or a record: each of their files walked to 95 % of its branches, or exit 1.

``python tests/guarded.py`` runs the fast tests that stand in ``[tool.mutmut]`` of ``pyproject.toml`` under coverage and
reports each file that stands there. The mutation run reads the same two lists, so that both speak of the same thing.
``--measured`` reports of the run before, ``make test``'s, whose tests are these and all others.
"""

import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
LEAST_PERCENT = 95
"""What the issue asks of these files. Below it a refusal or a bound is not walked by any test."""


def guarded() -> tuple[list[str], list[str]]:
    """The files that are guarded, and the tests that guard them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]
    files = [path for pattern in settings["only_mutate"] for path in sorted(ROOT.glob(pattern))]
    return [str(path.relative_to(ROOT)) for path in files], settings["pytest_add_cli_args_test_selection"]


def _least(file: str) -> tuple[str, str]:
    return f"--include={file}", f"--fail-under={LEAST_PERCENT}"


def main() -> int:
    """Run the tests once, then ask of each file on its own: a sum would let a good file hide a bad one."""
    (files, tests), measured = guarded(), "--measured" in sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        data = ROOT / ".coverage" if measured else Path(folder) / "coverage"
        environment = {**os.environ, "COVERAGE_FILE": str(data)}

        def coverage(*words: str) -> int:
            command = [sys.executable, "-m", "coverage", *words]
            return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode

        if not measured and (code := coverage("run", "-m", "pytest", "-q", *tests)):
            return code
        coverage("report", "--show-missing", "--include", ",".join(files))
        low = [file for file in files if coverage("report", "--format=total", *_least(file))]
    for file in low:
        print(f"{file}: less than {LEAST_PERCENT} % of its branches are walked; the lines are above", file=sys.stderr)
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
