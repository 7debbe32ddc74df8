"""The metrics of an exporter part's jobs: tables of jobs in, their piece of a page out."""

from exporter.metrics import page
from runtime.jobs import JOB_METRICS, Jobs, job_samples


def job_page(*tables: Jobs) -> bytes:
    """The jobs of a part as they stand now."""
    return page(job_samples(tables))


__all__ = ["JOB_METRICS", "job_page"]
