"""Size caps: alarms for files and functions that have grown past a screenful or two."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

FILE_LINES = 400
FUNCTION_LINES = 60
ROOTS = ("src", "tests", "benchmarks", "web/build_page.py")


def too_large(path: Path) -> Iterator[str]:
    text = path.read_text()
    lines = text.count("\n")
    if lines > FILE_LINES:
        yield f"{path}: {lines} lines, at most {FILE_LINES}: split it where a step ends"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                yield f"{path}:{node.lineno}: {node.name} has {length} lines of {FUNCTION_LINES}"


def main() -> int:
    found = []
    for root in map(Path, ROOTS):
        files = [root] if root.is_file() else sorted(root.rglob("*.py"))
        # A migration is a list of columns, written once.
        files = [file for file in files if "migrations/versions" not in str(file)]
        found += [alarm for file in files for alarm in too_large(file)]
    sys.stdout.write("".join(f"{alarm}\n" for alarm in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
