"""All boards, in the order an operator meets them."""

from dashboards import city, opd
from dashboards.board import Board

ALL: tuple[Board, ...] = (city.BOARD, opd.BOARD)
