"""The glossary page: every class of the rooms in, a table of its name, its place and what its docstring says out.

Read from the syntax, not from the running modules: a class of a driver needs no such device, and imports cost nothing.
"""

import ast
import re
from pathlib import Path

from docs.house import Module, modules_of

# A sentence ends where the next word begins with a capital or is code; "e.g. the" and "Plh. or Plt." go on.
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z`])")


def glossary_page() -> str:
    """The page without its note."""
    root = Path(__file__).parent.parent
    rows = sorted(row for module in modules_of(root) for row in _rows(module))
    head = "What each class of the code is, in the words of its own docstring; one name stands for one thing."
    table = [f"| `{name}` | `{place}` | {meaning} |" for name, place, meaning in rows]
    return "\n".join(["# Glossary\n", f"{head}\n", "| class | where | what it is |", "|---|---|---|", *table, ""])


def _rows(module: Module) -> list[tuple[str, str, str]]:
    classes = (node for node in module.tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_"))
    return [(node.name, _folder(module), _first_sentence(node)) for node in classes]


def _folder(module: Module) -> str:
    """Room and folder; a module that stands in the room itself is named."""
    parts = module.name.split(".")
    return ".".join(parts[:-1]) if len(parts) > 2 and module.path.name != "__init__.py" else module.name


def _first_sentence(node: ast.ClassDef) -> str:
    text = re.sub(r"\s+", " ", ast.get_docstring(node) or "")
    return _SENTENCE_END.split(text)[0].replace("|", "\\|")
