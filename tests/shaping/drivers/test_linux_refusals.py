"""An apply that the kernel refuses anywhere leaves the state before; one office's change is one; at every size."""

import os
from pathlib import Path

import pytest
from namespaces import PATIENCE_SECONDS, scene

pytestmark = [pytest.mark.lab, pytest.mark.timeout(PATIENCE_SECONDS)]
COLD = {"add", "frame", "leaf", "map", "root"}
WARM = {"add", "change", "delete", "leaf", "map"}


# More prefixes than nft may send at once from a user namespace.
MANY = 2000


@pytest.mark.parametrize("offices", [1, 12, 219, 220, 500, MANY])
def test_whatever_operation_is_refused_the_state_afterwards_is_the_state_before(tmp_path: Path, offices: int) -> None:
    if offices == MANY and os.geteuid():
        with pytest.raises(AssertionError, match=r"right of the machine itself.*the state before it was made again"):
            scene("refusal_scene", str(tmp_path), str(offices))
        return
    told = scene("refusal_scene", str(tmp_path), str(offices), user=offices != MANY)
    assert (told["cold"]["wrong"], told["warm"]["wrong"]) == ([], [])
    # One office alone: there is none to go and none to be made anew.
    assert set(told["cold"]["kinds"]) == COLD and set(told["warm"]["kinds"]) == WARM - (
        {"delete"} if offices == 1 else set()
    )
    assert min(told["cold"]["tried"], told["warm"]["tried"]) >= 2 * 4
    assert (told["left"], told["touched"], told["removed"]) == (0, 1, ["lan", "wan"])
