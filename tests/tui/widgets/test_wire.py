"""What the table writes to a real terminal stays within its budgets."""

from __future__ import annotations

from tests.benchmarks import differences
from tests.benchmarks.table import wire


def test_bytes_to_the_terminal() -> None:
    over = [
        f"{what}: {figure:,.0f} of {budget:,.0f}"
        for what, figure, _unit, budget in wire(5, 3, 1)
        if budget is not None and figure > budget
    ]
    assert not over


def test_bytes_of_the_tree_of_differences() -> None:
    figures = differences.wire(4, 2)
    assert not [(what, figure) for what, figure, _unit, budget in figures if budget is not None and figure > budget]
