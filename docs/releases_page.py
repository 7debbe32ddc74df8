"""The reference page of dependencies: what the index and the packages told in, one table out."""

from collections.abc import Iterator

from docs.releases import read

HEAD = """# How far the dependencies are kept

Every package that lebarpita asks for by itself, in any extra: the version in the lock with its day, the newest
release, how many versions there were, and whom the package names as its keeper. **Bold**: no release for two years; why
it stays is in [dependencies](../why/dependencies.md#packages-without-a-release-for-two-years). The index was asked on
{seen}; again by `python -m docs.releases INDEX`, then `python -m docs.generate`.

| package | locked | of | newest | of | versions | kept by |
|---|---|---|---|---|---|---|
"""


def releases_page() -> str:
    """The whole page."""
    return HEAD.format(seen=read()[0].isoformat()) + "".join(_rows())


def _rows() -> Iterator[str]:
    seen, packages = read()
    for name, told in packages.items():
        title = f"**{name}**" if told.quiet(seen) else name
        locked = told.locked or "not locked"
        days = (locked, told.locked_on or "-", told.newest, told.newest_on)
        yield f"| {title} | {' | '.join(days)} | {told.releases} | {told.kept_by} |\n"
