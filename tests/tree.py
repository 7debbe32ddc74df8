"""Where things stand, for tests of any depth: the checkout, its tests, the example city."""

from pathlib import Path

TESTS = Path(__file__).parent
ROOT = TESTS.parent
EXAMPLE_CITY = ROOT / "inventory" / "example" / "city.yaml"
