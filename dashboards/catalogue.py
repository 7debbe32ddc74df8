"""All boards, in the order an operator meets them."""

from dashboards import capacity, city, city_map, flows, link, opd, outages, signals, stack, tree
from dashboards.board import Board

ALL: tuple[Board, ...] = (
    city.BOARD,
    tree.BOARD,
    city_map.BOARD,
    opd.BOARD,
    link.BOARD,
    capacity.BOARD,
    outages.BOARD,
    flows.BOARD,
    signals.BOARD,
    stack.BOARD,
)
