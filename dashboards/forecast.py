"""When will each uplink be full? A straight line through thirty days of daily p95, with its band of 80 %."""

from dataclasses import replace

from dashboards import questions as q
from dashboards.palette import AMBER, GREEN, MOMENT, RATIO, RED, SECONDS, UTILISATION_STEPS, Steps
from dashboards.panels import Heading, Panel
from dashboards.tables import Column, Label, table, unsorted

_P95 = "uplink:p95_1d:ratio"
_SPAN = f"{_P95}[30d:6h]"
# Where the line meets the capacity: what is missing over what is added a second; nothing where nothing is added.
_SLOPE = f"deriv({_SPAN})"
_NOW = f"last_over_time({_P95}[6h])"
# Standard deviation of thirty days of moments, in seconds: 30 d / sqrt(12), of a uniform distribution.
_MOMENTS = 30 * 86400 / 12**0.5
# A daily p95 is made of one day, so thirty days are thirty looks however often it is asked.
_LOOKS = 30
# 80 % of a normal distribution lie within 1.2816 standard deviations.
_BAND = 1.2816
_ERROR = (
    f"sqrt(clamp_min(stddev_over_time({_SPAN}) ^ 2 - ({_SLOPE} * {_MOMENTS:.0f}) ^ 2, 0) / {_LOOKS}) / {_MOMENTS:.0f}"
)
# A month is needed to sign for more (LebarpitaUplinkFullSoon), a quarter to put it into a budget.
_LEFT: Steps = ((None, RED), (30 * 86400, AMBER), (90 * 86400, GREEN))


def _left(slope: str) -> str:
    """Seconds until full at this slope, where it rises at all; what is full already has none left."""
    return f"clamp_min((1 - {_NOW}) / (({slope}) > 0), 0)"


def _moment(slope: str) -> str:
    return f"1000 * (time() + {_left(slope)})"


FORECAST: Panel = replace(
    unsorted(
        table(
            Heading(
                11,
                "Kapan uplink penuh",
                "Garis lurus melalui p95 harian 30 hari, dan selang 80 % kemiringannya. Tanpa tanggal: tidak naik, "
                "atau datanya belum cukup.",
            ),
            (
                Column("p95 hari ini", _NOW, RATIO, UTILISATION_STEPS),
                Column("Sisa waktu", _left(_SLOPE), SECONDS, _LEFT),
                Column("Penuh", _moment(_SLOPE), MOMENT),
                Column("80 %: dari", _moment(f"{_SLOPE} + {_BAND} * {_ERROR}"), MOMENT),
                Column("sampai", _moment(f"{_SLOPE} - {_BAND} * {_ERROR}"), MOMENT),
            ),
            {
                "link": Label("Uplink", links=(q.ROW_TO_LINK,)),
                "direction": Label("Arah", {code: (text, None) for code, text in q.DIRECTIONS.items()}),
            },
            width=12,
            height=7,
        )
    ),
    empty="Menunggu p95 harian pertama",
)
