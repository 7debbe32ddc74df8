"""The metrics of an exporter part's jobs: tables of jobs in, their catalogue entries and their piece of a page out."""

from exporter.metrics import Metric, page
from runtime.jobs import JOB_METRICS as DECLARED
from runtime.jobs import Jobs, job_samples

JOB_METRICS = tuple(Metric(*declared) for declared in DECLARED)


def job_page(*tables: Jobs) -> bytes:
    """The jobs of a part as they stand now."""
    return page((Metric(*declared), samples) for declared, samples in job_samples(tables))
