"""A scene in a user and network namespace of its own, as an ordinary user would have it: a script in, its JSON out."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

# The largest scene (2,000 offices, an apply refused at each kind of operation) takes a minute on an idle machine.
PATIENCE_SECONDS = 900


def scene(name: str, *words: str, user: bool = True, rights: str = "") -> Any:
    """What the scene printed, read. Without ``user`` it has the machine's own rights, where the tests have them.

    ``rights`` are capabilities as setpriv(1) takes them, where it shall not have all of its namespace.
    """
    own = ["--user", "--map-root-user"] if user or os.geteuid() else []
    only = ["setpriv", f"--bounding-set=-all,{rights}"] if rights else []
    command = ["unshare", *own, "--net", *only, sys.executable]
    done = subprocess.run(
        [*command, str(Path("tests/shaping/drivers") / f"{name}.py"), *words],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
        env={"PYTHONPATH": ".:tests:tests/shaping", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
