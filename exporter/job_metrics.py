"""The metrics that every part has of itself: tables of jobs and its folders in, their pieces of a page out."""

from collections.abc import Mapping
from pathlib import Path

from exporter.metrics import page
from runtime.disk import DISK_FREE, DISK_USE, DISK_USED, disk_samples
from runtime.jobs import JOB_METRICS, Jobs, job_samples
from runtime.reload import RELOAD_METRICS


def job_page(*tables: Jobs) -> bytes:
    """The jobs of a part as they stand now."""
    return page(job_samples(tables))


def disk_page(places: Mapping[str, Path]) -> bytes:
    """The disks of a part's folders and what stands in each, by the name of the place."""
    return page([disk_samples(places), DISK_USE.samples(places)])


__all__ = ["DISK_FREE", "DISK_USED", "JOB_METRICS", "RELOAD_METRICS", "disk_page", "job_page"]
