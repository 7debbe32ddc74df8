"""Loss and round trip as bands: a selector of the watch's series in, the queries of a graph out."""

from dashboards.palette import BLUE, GREY, PURPLE
from dashboards.panels import Query

_WORST, _BEST, _MEDIAN = "menit terburuk", "menit terbaik", "median"


def loss(of: str) -> tuple[Query, ...]:
    """Five minutes and an hour as lines; the best to the worst minute of the last fifteen as a band."""
    minute = f'lebarpita_probe_loss_ratio{{{of},window="1m"}}'
    return (
        Query(f'max(lebarpita_probe_loss_ratio{{{of},window="5m"}})', "5 menit", colour=BLUE),
        Query(f'max(lebarpita_probe_loss_ratio{{{of},window="1h"}})', "1 jam", colour=PURPLE),
        Query(f"max(max_over_time({minute}[15m]))", _WORST, colour=GREY, down_to=_BEST),
        Query(f"max(min_over_time({minute}[15m]))", _BEST, colour=GREY),
    )


def round_trip(of: str) -> tuple[Query, ...]:
    """The median as a line, and from there up to p95 as a band; the jitter beside them."""
    trips = f'lebarpita_round_trip_quantile_seconds{{{of},window="5m",quantile='
    return (
        Query(f'max({trips}"0.5"}})', _MEDIAN, colour=BLUE),
        Query(f'max({trips}"0.95"}})', "p95", colour=GREY, down_to=_MEDIAN),
        Query(f'max(lebarpita_round_trip_jitter_seconds{{{of},window="5m"}})', "getaran", colour=PURPLE),
    )
