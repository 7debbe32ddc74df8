"""All boards, in the order an operator meets them."""

from dashboards import capacity, city, link, opd, outages, stack
from dashboards.board import Board

ALL: tuple[Board, ...] = (city.BOARD, opd.BOARD, link.BOARD, capacity.BOARD, outages.BOARD, stack.BOARD)
