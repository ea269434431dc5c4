"""Run a benchmark by hand: ``python -m tests.benchmarks NAME [options] [--json]``."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path
from typing import Any


def table(rows: list[dict[str, Any]]) -> str:
    """Set rows of equal or different keys as a text table."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [names] + [[_cell(row.get(name)) for name in names] for row in rows]
    widths = [max(len(line[i]) for line in cells) for i in range(len(names))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    )


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def main() -> int:
    """Run the named benchmark and print its rows."""
    names = sorted(p.stem for p in Path(__file__).parent.glob("[a-z]*.py"))
    if len(sys.argv) < 2 or sys.argv[1] not in names:
        print(f"usage: python -m tests.benchmarks {{{','.join(names)}}} [--json]", file=sys.stderr)
        return 2
    module = importlib.import_module(f"tests.benchmarks.{sys.argv[1]}")
    parser = argparse.ArgumentParser(prog=f"tests.benchmarks {sys.argv[1]}")
    module.add_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    args = parser.parse_args(sys.argv[2:])
    if args.json:
        # A benchmark whose solution others check gives it whole, and not as rows.
        answer = module.document(args) if hasattr(module, "document") else module.run(args)
        print(json.dumps(answer, indent=2))
    else:
        print(table(module.run(args)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
