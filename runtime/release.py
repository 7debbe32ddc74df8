"""Which release a process runs: read once of the package as it is installed, written nowhere else."""

from importlib import metadata

from runtime.metrics import Metric

RELEASE = metadata.version("lebarpita")
BUILD_INFO = Metric(
    "lebarpita_build_info",
    "gauge",
    "1; the release that the part runs, which differs while an upgrade is half done.",
    ("part", "version"),
)
