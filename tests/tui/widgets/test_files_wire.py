"""What the file tree writes to a real terminal stays within the budgets of every list."""

from __future__ import annotations

from tests.benchmarks.browse import wire


def test_bytes_to_the_terminal() -> None:
    over = [
        f"{what}: {figure:,.0f} of {budget:,.0f}"
        for what, figure, _unit, budget in wire(5, 3)
        if budget is not None and figure > budget
    ]
    assert not over
