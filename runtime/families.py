"""Metrics as prometheus-client writes them: a declared metric and its samples in, a family out."""

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from runtime.metrics import Metric, Samples

Family = GaugeMetricFamily | CounterMetricFamily


def family(metric: Metric, samples: Samples = ()) -> Family:
    """The family with its samples; an empty one is what a registry asks for to know its names."""
    made = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
    whole = made(metric.name, metric.help, labels=metric.labels)
    for labels, value in samples:
        whole.add_metric(labels, value)
    return whole
