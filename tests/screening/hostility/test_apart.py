"""Heavy libraries stay in the child: nothing that a server imports leads to them."""

import ast
import subprocess
import sys
from pathlib import Path

from forum.screening.hostility.weights import MODULES

FORUM = Path(__file__).parents[3] / "forum"
HOSTILITY = "forum.screening.hostility"


def imported(path: Path) -> set[str]:
    """Every module that a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


# Makes the ears in a checkout; not in the package, and nothing of a server imports it.
TRAINING = FORUM / "screening" / "training"


def importers(wanted: str) -> set[str]:
    return {
        str(path.relative_to(FORUM))
        for path in FORUM.rglob("*.py")
        if TRAINING not in path.parents
        and any(name == wanted or name.startswith(f"{wanted}.") for name in imported(path))
    }


def test_one_module_imports_torch_and_only_the_child_imports_that() -> None:
    for heavy in MODULES:
        assert importers(heavy) == {"screening/hostility/checkpoint.py"}
    assert importers(f"{HOSTILITY}.checkpoint") == {"screening/hostility/child.py"}
    assert importers(f"{HOSTILITY}.child") == set()
    assert importers("forum.screening.training") == set()


def test_neither_server_nor_commands_load_it() -> None:
    look = f"import sys, forum.cli; sys.exit(any(m in sys.modules for m in {MODULES}))"
    ended = subprocess.run([sys.executable, "-c", look], cwd=FORUM.parent, check=False, timeout=60)
    assert ended.returncode == 0
