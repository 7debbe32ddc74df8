"""What datagrams of a batch have in common: their template, and the rates of the moment they came. Plain data."""

from collections.abc import Mapping
from typing import NamedTuple

from exporter.flows.account.domains import ObservationDomain
from exporter.flows.account.exporters import FlowExporter
from exporter.flows.account.sampling import SamplingRate
from exporter.flows.decode.templates import FlowTemplate


class TemplateGroup(NamedTuple):
    """Usual datagrams whose data set has this template and, when they came, these rates."""

    exporter: FlowExporter
    domain: ObservationDomain
    number: int
    template: FlowTemplate
    samplers: Mapping[int, SamplingRate]


def plain_template(domain: ObservationDomain, number: int) -> FlowTemplate | None:
    """A template of flow records of one size; None for any other."""
    template = domain.templates.get(number)
    return template if template is not None and template.plain else None
