"""The house in figures: a checkout in, one table out - sizes, arrows, circles, comments, copies, names.

``python -m docs.house [ROOT ...]`` prints one column a checkout, so that two states stand beside each other. Reads
Python files as text and syntax; imports nothing of them.
"""

import ast
import io
import statistics
import sys
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOMS = (
    *("runtime", "inventory", "exporter", "shaping", "request_tracker"),
    *("alert_rules", "dashboards", "operations", "lab"),
)
TRACKER = "request_tracker"
# Participles that say nothing to the next reader; the list is the design's (11-house.md, Words).
EMPTY_NAMES = frozenset(("told", "one", "found", "known", "kept", "held", "seen", "asked", "given", "taken"))
DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
MOST_POSITIONAL = 7  # More positional values in one call cannot be told apart by the reader (design page).
COPY_STATEMENTS = 4  # Bodies of fewer statements look alike by nature: a getter, a guard.


@dataclass(frozen=True)
class Module:
    """A module of a room: its dotted name, its text and its syntax."""

    name: str
    path: Path
    text: str
    tree: ast.Module

    @property
    def place(self) -> str:
        """The folder it stands in; a module that stands loose beside several folders is a place of its own."""
        if self.path.name == "__init__.py" or len(list(self.path.parent.glob("*/__init__.py"))) > 1:
            return self.name
        return self.name.rpartition(".")[0]

    @cached_property
    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function and method."""
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def modules_of(root: Path) -> list[Module]:
    """Every module of every room that the checkout has."""
    paths = (path for room in ROOMS for path in sorted((root / room).rglob("*.py")))
    return [_module(root, path) for path in paths]


def _module(root: Path, path: Path) -> Module:
    parts = path.relative_to(root).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    text = path.read_text(encoding="utf-8")
    return Module(name, path, text, ast.parse(text))


def imports(modules: list[Module]) -> dict[str, set[str]]:
    """Which of the modules each one imports."""
    names = {module.name for module in modules}
    arrows: dict[str, set[str]] = {module.name: set() for module in modules}
    for module in modules:
        for node in ast.walk(module.tree):
            arrows[module.name].update(target for target in _targets(node, names) if target != module.name)
    return arrows


def _targets(node: ast.AST, names: set[str]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name in names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        for alias in node.names:
            target = f"{node.module}.{alias.name}"
            yield from (
                name for name in (target, node.module) if name in names and (name == target or target not in names)
            )


def between_places(modules: list[Module], depth: int | None = None) -> dict[str, set[str]]:
    """Arrows from place to place; with a depth a place is the first so many parts of a module's name."""
    place = {module.name: module.place if depth is None else _first(module.name, depth) for module in modules}
    arrows: dict[str, set[str]] = defaultdict(set)
    for source, targets in imports(modules).items():
        arrows[place[source]] |= {place[target] for target in targets} - {place[source]}
    return arrows


def _first(name: str, depth: int) -> str:
    return ".".join(name.split(".")[:depth])


def circles(arrows: dict[str, set[str]]) -> list[set[str]]:
    """Groups of places that reach each other (each place's reach is followed; the graph is small).

    A folder of plug-ins and its own parent are one group's business and no circle: what a plug-in is made of stands in
    the parent, which finds the plug-ins by their folder.
    """
    reach = {place: _reach(place, arrows) for place in arrows}
    groups = {frozenset({place} | {far for far in reach[place] if place in reach.get(far, ())}) for place in arrows}
    return [set(group) for group in groups if len(group) > 1 and not _is_one_family(group)]


def _is_one_family(group: frozenset[str]) -> bool:
    parent = min(group, key=len)
    return all(place == parent or place.startswith(f"{parent}.") for place in group)


def _reach(start: str, arrows: dict[str, set[str]]) -> set[str]:
    there: set[str] = set()
    ahead = set(arrows[start])
    while ahead:
        place = ahead.pop()
        there.add(place)
        ahead |= arrows.get(place, set()) - there
    return there


def comment_share(modules: list[Module]) -> float:
    """Lines that are a comment, or end in one, over all lines that are not empty."""
    comments = lines = 0
    for module in modules:
        tokens = tokenize.generate_tokens(io.StringIO(module.text).readline)
        comments += sum(token.type == tokenize.COMMENT and "noqa" not in token.string for token in tokens)
        lines += sum(bool(line.strip()) for line in module.text.splitlines())
    return comments / lines


def positional_calls(modules: list[Module]) -> int:
    """Calls with at least MOST_POSITIONAL values whose meaning only their order tells."""
    calls = (node for module in modules for node in ast.walk(module.tree) if isinstance(node, ast.Call))
    return sum(sum(not isinstance(value, ast.Starred) for value in call.args) >= MOST_POSITIONAL for call in calls)


def shared_class_names(modules: list[Module]) -> dict[str, list[str]]:
    """Class names of the top level that stand in more than one module."""
    homes: dict[str, list[str]] = defaultdict(list)
    for module in modules:
        for node in module.tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(module.name)
    return {name: places for name, places in homes.items() if len(places) > 1}


def empty_names(module: Module) -> Iterator[tuple[str, int]]:
    """Names made in a module that are bare participles, with their lines."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id.strip("_") in EMPTY_NAMES:
            yield node.id, node.lineno
        elif isinstance(node, ast.arg) and node.arg.strip("_") in EMPTY_NAMES:
            yield node.arg, node.lineno
        elif isinstance(node, DEFINITIONS) and node.name.strip("_").lower() in EMPTY_NAMES:
            yield node.name, node.lineno


def copies(modules: list[Module]) -> int:
    """Functions whose body stands again in another module, docstrings and names aside."""
    shapes: dict[str, set[str]] = defaultdict(set)
    for module in modules:
        for function in module.functions:
            body = [node for node in function.body if not _is_text(node)]
            if sum(isinstance(node, ast.stmt) for part in body for node in ast.walk(part)) >= COPY_STATEMENTS:
                shapes[_shape(body)].add(f"{module.name}.{function.name}")
    return sum(len(places) - 1 for places in shapes.values() if len(places) > 1)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _shape(body: list[ast.stmt]) -> str:
    tree = ast.parse(ast.unparse(ast.Module(body, [])).encode())
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = "x"
    return ast.dump(tree)


def figures(root: Path) -> dict[str, str]:
    """The table's rows for one checkout."""
    modules = modules_of(root)
    sizes = sorted(module.text.count("\n") for module in modules)
    functions = [function for module in modules for function in module.functions]
    lengths = sorted((function.end_lineno or function.lineno) - function.lineno + 1 for function in functions)
    places = between_places(modules)
    tracker = [module for module in modules if module.name.startswith(TRACKER)]
    loose = Counter(module.name.rpartition(".")[0] for module in modules if module.path.name != "__init__.py")
    source, tests = sum(sizes), sum(path.read_text().count("\n") for path in (root / "tests").rglob("*.py"))
    return {
        "modules": str(len(modules)),
        "lines": str(source),
        "module lines, median / p90 / max": _spread(sizes),
        "function lines, median / p90 / max": _spread(lengths),
        "places (folders, and modules loose beside folders)": str(len(places)),
        "arrows between places": str(sum(map(len, places.values()))),
        "circles between places": str(len(circles(places))),
        "circles between modules": str(len(circles(imports(modules)))),
        "request_tracker alone: places / arrows / circles": _graph(tracker),
        "the same at its first level (as the design drew it)": _graph(tracker, depth=2),
        "most modules in one folder": "{1} ({0})".format(*loose.most_common(1)[0]),
        "loose modules in request_tracker": str(loose["request_tracker"]),
        "comment lines": f"{comment_share(modules):.1%}",
        "calls with seven or more positional values": str(positional_calls(modules)),
        "class names with more than one meaning": str(len(shared_class_names(modules))),
        "empty names (told, one, found ...)": str(sum(1 for module in modules for _ in empty_names(module))),
        "functions whose body stands twice": str(copies(modules)),
        "lines of tests a line of source": f"{tests / source:.2f}",
    }


def _graph(modules: list[Module], depth: int | None = None) -> str:
    places = between_places(modules, depth)
    return f"{len(places)} / {sum(map(len, places.values()))} / {len(circles(places))}"


def _spread(sizes: list[int]) -> str:
    return f"{statistics.median(sizes):.0f} / {sizes[int(len(sizes) * 0.9)]} / {sizes[-1]}"


def main() -> int:
    """Print the table; returns the exit code 0."""
    roots = [Path(word) for word in sys.argv[1:]] or [Path(__file__).parent.parent]
    columns = [figures(root) for root in roots]
    print("| figure | " + " | ".join(f"state {number}" for number in range(1, len(roots) + 1)) + " |")
    print("|---|" + "---|" * len(roots))
    for row in columns[0]:
        print(f"| {row} | " + " | ".join(column[row] for column in columns) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
