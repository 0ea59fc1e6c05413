"""The house keeps its shape: imports go one way, each folder has its place."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

FORUM = Path(__file__).parent.parent / "forum"

# Kernel modules know no domain; a later one may import an earlier one, never the reverse.
KERNEL = (
    "__init__",
    "errors",
    "settings",
    "clock",
    "countries",
    "ids",
    "events",
    "logs",
    "metrics",
    "db",
    "jobs",
    "permissions",
    "markup",
    "limits",
    "live",
    "content",
    "audit",
)
# What stands above the kernel, lowest first. Those in one tuple never import each other.
# `notices` sits low so that every domain can write a person's notice in its own transaction.
STOREYS = (
    KERNEL,
    ("screening",),
    ("listening",),
    ("services",),
    ("web", "timers"),
    ("accounts",),
    ("notices",),
    ("communities",),
    ("peers",),
    ("care",),
    ("moderation",),
    ("boards", "chat"),
    ("learning",),
    ("admin", "front"),
    ("demo",),
    ("door",),
    ("app",),
    ("schema", "server"),
    ("demonstrate",),
    ("offline",),
    ("screening_cli",),
    ("learning_cli",),
    ("cli",),
    ("__main__",),
)
# Alembic's own folder: it imports every table and nothing imports it.
OUTSIDE = {"migrations"}
LEVEL = {name: level for level, names in enumerate(STOREYS) for name in names}


def _modules() -> list[Path]:
    return sorted(
        path
        for path in FORUM.rglob("*.py")
        if path.relative_to(FORUM).parts[0].removesuffix(".py") not in OUTSIDE
    )


def _room(path: Path) -> str:
    return path.relative_to(FORUM).parts[0].removesuffix(".py")


def _imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Each import of the package: its line and the room it enters."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"relative import in line {node.lineno}"
            names = [node.module or ""]
            if node.module == "forum":
                names = [f"forum.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == "forum" and len(parts) > 1:
                yield node.lineno, parts[1]


def test_every_room_has_its_place() -> None:
    strangers = {_room(path) for path in _modules()} - set(LEVEL)
    assert not strangers, f"give these their place in STOREYS: {sorted(strangers)}"


@pytest.mark.parametrize("path", _modules(), ids=lambda p: str(p.relative_to(FORUM)))
def test_imports_go_one_way(path: Path) -> None:
    room = _room(path)
    wrong = []
    for line, target in _imports(ast.parse(path.read_text())):
        if target in ("__version__", room):
            continue
        same_kernel = room in KERNEL and target in KERNEL
        allowed = (
            KERNEL.index(target) < KERNEL.index(room)
            if same_kernel
            else LEVEL[target] < LEVEL[room]
        )
        if not allowed:
            wrong.append(f"{path.relative_to(FORUM.parent)}:{line} imports forum.{target}")
    assert not wrong, "\n".join(wrong)
