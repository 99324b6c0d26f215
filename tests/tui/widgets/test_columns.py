"""Which columns are shown at which width."""

from __future__ import annotations

import pytest

from snaptui.tui.widgets.columns import Column, choose_layout


@pytest.mark.parametrize("app", [None, 8, 24])
@pytest.mark.parametrize(("taken", "short"), [(18, 7), (29, 16)])
def test_a_layout_never_exceeds_its_width(taken: int, short: int, app: int | None) -> None:
    seen = set()
    for width in range(20, 200):
        layout = choose_layout(width, taken=taken, short=short, app=app)
        assert layout.cells <= max(width, 18)
        assert layout.width_of(Column.VERSION) == 15
        seen.add(tuple(column for column, _cells in layout.widths))
    assert len(seen) > 3


def test_beside_a_sidebar_at_80_columns_one_app_keeps_every_column() -> None:
    layout = choose_layout(57, taken=18, short=7, app=None)
    assert [column for column, _cells in layout.widths] == [
        Column.VERSION, Column.TAKEN, Column.SIZE, Column.CHANGE, Column.LOCAL,
    ]  # fmt: skip
    assert layout.short_age


def test_beside_a_sidebar_at_80_columns_all_apps_shed_the_change_only() -> None:
    layout = choose_layout(57, taken=18, short=7, app=24)
    assert [column for column, _cells in layout.widths] == [
        Column.VERSION, Column.APP, Column.TAKEN, Column.SIZE, Column.LOCAL,
    ]  # fmt: skip


def test_spare_room_goes_to_the_apps_name_and_no_further() -> None:
    assert choose_layout(110, taken=18, short=7, app=24).width_of(Column.APP) > 12
    assert choose_layout(200, taken=18, short=7, app=24).width_of(Column.APP) == 24


def test_a_click_finds_its_column() -> None:
    layout = choose_layout(100, taken=18, short=7, app=None)
    assert layout.column_at(3) is Column.VERSION
    assert layout.column_at(layout.cells - 1) is Column.LOCAL
    assert layout.column_at(99) is None
