"""Every check in one command: ``python -m tests.check``. The first that fails ends it with its exit code.

With ``CI`` set, tests that need Debian's packages fail instead of being skipped where those are missing.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
_PYTEST = ("pytest", "-q", "-p", "no:cacheprovider")

STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("format", ("ruff", "format", "--check", ".")),
    ("lint", ("ruff", "check", ".")),
    ("types", ("mypy",)),
    # A stale picture passes where workers share the plugin's report, so pictures are compared one after another.
    ("pictures", (*_PYTEST, "-m", "pictures")),
    # A worker that has nothing left takes from the other one: some tests take twenty seconds.
    ("tests", (*_PYTEST, "-n", "2", "--dist", "worksteal", "-m", "not pictures")),
)


def main() -> int:
    """Run every step; return the exit code of the first that fails, else 0."""
    for name, command in STEPS:
        print(f"— {name}: {' '.join(command)}", flush=True)  # noqa: T201
        code = subprocess.run([sys.executable, "-m", *command], cwd=_ROOT, check=False).returncode
        if code:
            print(f"{name} failed with code {code}", flush=True)  # noqa: T201
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
