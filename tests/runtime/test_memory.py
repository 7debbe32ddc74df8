"""What stays is out of the collector's rounds."""

import gc

from runtime.memory import keep_what_stays


def test_what_was_made_before_is_walked_no_more_and_what_comes_after_is() -> None:
    keep_what_stays()
    try:
        assert gc.get_freeze_count() > 1000
        later = [[number] for number in range(10)]
        assert gc.is_tracked(later) and len(gc.get_objects()) < gc.get_freeze_count()
    finally:
        gc.unfreeze()
