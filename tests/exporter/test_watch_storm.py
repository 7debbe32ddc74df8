"""A storm of 12,000 traps at the whole watch: every one counted or told as dropped, memory bounded, the page served."""

import asyncio
import socket
import time
from pathlib import Path

import pytest

from exporter.config import WatchPart
from exporter.http import start
from exporter.watch.cause import Causes
from exporter.watch.decide import watched
from exporter.watch.hints import Hints
from exporter.watch.journal import Journal
from exporter.watch.probing import Prober
from exporter.watch.rounds import Watch
from exporter.watch.sender import Sender
from exporter.watch.service import application
from exporter.watch.traps import Traps
from inventory.reading import parse_city
from tests.exporter.test_watch_traps import CITY, LINK_DOWN, inform, port

STORM = 12_000
