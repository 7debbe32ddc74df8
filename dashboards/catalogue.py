"""All boards, in the order an operator meets them."""

from dashboards import city
from dashboards.board import Board

ALL: tuple[Board, ...] = (city.BOARD,)
