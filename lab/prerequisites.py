"""What the machine needs: asks ``lab/packages``, which knows the packages and installs what is missing."""

import subprocess

from lab import LabError
from lab.host import ROOT


def require_packages(purpose: str) -> None:
    """Make sure the packages of ``demo`` or ``test`` are there. Raises LabError where they are not."""
    script = ROOT / "lab" / "packages"
    process = subprocess.run([str(script), purpose], check=False)
    if process.returncode:
        raise LabError(f"packages are missing; see above (lab/packages {purpose})")
