"""What stays is out of the collector's rounds; threads share what they free."""

import gc
import subprocess
import sys
import textwrap

from runtime.memory import keep_what_stays

# glibc maps 64 MiB of addresses for each arena beside the first (malloc/arena.c, HEAP_MAX_SIZE).
_ARENAS_OF_THREADS = """
    import re, sys, threading
    from runtime.memory import share_arenas
    if sys.argv[1] != "0":
        share_arenas(int(sys.argv[1]))
    ready = threading.Barrier(9)
    def work():
        # Above pymalloc's 512 bytes, below what is mapped by itself.
        kept = [bytes(4000) for _ in range(100)]
        ready.wait()
        ready.wait()
    for _ in range(8):
        threading.Thread(target=work, daemon=True).start()
    ready.wait()
    sizes = {}
    for begin, end in re.findall(r"^([0-9a-f]+)-([0-9a-f]+) ", open("/proc/self/maps").read(), re.M):
        heap = int(begin, 16) >> 26
        sizes[heap] = sizes.get(heap, 0) + int(end, 16) - int(begin, 16)
    print(sum(size == 1 << 26 for size in sizes.values()))
    ready.wait()
"""


def arenas_of_eight_threads(most: int) -> int:
    script = textwrap.dedent(_ARENAS_OF_THREADS)
    done = subprocess.run([sys.executable, "-c", script, str(most)], capture_output=True, text=True, check=True)
    return int(done.stdout)


def test_threads_share_as_many_arenas_as_they_are_given() -> None:
    assert arenas_of_eight_threads(0) >= 4
    assert arenas_of_eight_threads(2) <= 2


def test_what_was_made_before_is_walked_no_more_and_what_comes_after_is() -> None:
    keep_what_stays()
    try:
        assert gc.get_freeze_count() > 1000
        later = [[number] for number in range(10)]
        assert gc.is_tracked(later) and len(gc.get_objects()) < gc.get_freeze_count()
    finally:
        gc.unfreeze()
