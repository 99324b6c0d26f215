"""What the tables write to a real terminal stays within their budgets."""

from __future__ import annotations

import pytest

from tests.benchmarks import differences
from tests.benchmarks.table import wire


@pytest.mark.parametrize("fleet", [False, True], ids=["versions", "apps"])
def test_bytes_to_the_terminal(fleet: bool) -> None:
    over = [
        f"{what}: {figure:,.0f} of {budget:,.0f}"
        for what, figure, _unit, budget in wire(5, 3, 1, fleet=fleet)
        if budget is not None and figure > budget
    ]
    assert not over


def test_bytes_of_the_tree_of_differences() -> None:
    figures = differences.wire(4, 2)
    assert not [(what, figure) for what, figure, _unit, budget in figures if budget is not None and figure > budget]
