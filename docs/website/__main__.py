"""``python -m docs.website [FOLDER]``: every page of the documents as HTML, its pictures and its search beside it."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from docs.website.building import SiteError, build

EXAMPLE = "example: python -m docs.website --out /var/www/lebarpita"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the site; returns 0, or 1 with every fault of a page said and nothing written."""
    options = _parser().parse_args(arguments)
    out = Path(options.out)
    try:
        count = build(out)
    except SiteError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename}: cannot be written: {error.strerror}; name another folder", file=sys.stderr)
        return 1
    print(f"{out / 'index.html'}: {count} pages")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m docs.website", description=__doc__, epilog=EXAMPLE)
    parser.add_argument("--out", default="site", metavar="FOLDER", help="where the site goes (default: %(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
