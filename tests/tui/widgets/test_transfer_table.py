"""The list of transfers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from snaptui.errors import TransferBroken
from snaptui.models import SnapshotKey
from snaptui.transfers.queue import State, Transfer
from snaptui.tui.widgets.progress import state_word
from snaptui.tui.widgets.transfer_table import TransferTable
from tests.tui.widgets.worlds import count_refreshes, lines_of, on_stage

pytestmark = pytest.mark.anyio

_ONE = Transfer(
    1, SnapshotKey("loja", "20261122-030000"), "Loja Bot", Path("/backups/loja.zip"), State.RUNNING,
    5_300_000, 12_400_000, 1_000_000.0,
)  # fmt: skip


async def test_two_lines_say_what_and_how_far() -> None:
    table = TransferTable()
    failed = replace(_ONE, id=2, state=State.FAILED, error=TransferBroken("The connection failed; retry."))
    waiting = replace(_ONE, id=3, state=State.WAITING, note="trying again in 4 s")
    done = replace(_ONE, id=4, state=State.DONE, received_bytes=12_400_000, members=1_208, sha256="1a2b3c4d5e6f" * 5)
    async with on_stage(table, size=(90, 10)):
        table.set_transfers([_ONE, failed, waiting, done])
        lines = [line.split() for line in lines_of(table)]
    assert lines[0] == ["▌", "Loja", "Bot", "20261122-030000", "downloading", "▮▮▮▮▮▯▯▯▯▯▯▯", "42", "%"]
    assert " ".join(lines[1]) == "▌ 5.3 MB of 12.4 MB · 1.0 MB/s · 7 s left · /backups/loja.zip"
    assert lines[2][-1] == "failed"
    assert " ".join(lines[3]) == "The connection failed; retry."
    assert " ".join(lines[5]) == "5.3 MB of 12.4 MB · trying again in 4 s · /backups/loja.zip"
    assert " ".join(lines[7]) == "12.4 MB · 1,208 members checked · SHA-256 1a2b3c4d5e6f · /backups/loja.zip"


async def test_the_highlighted_transfer_stays_so_and_its_state_is_told() -> None:
    table = TransferTable()
    two = replace(_ONE, id=2, app_name="Música")
    async with on_stage(table, size=(90, 10)) as stage:
        table.set_transfers([_ONE, two])
        await stage.pilot.press("j")
        table.set_transfers([two, _ONE])
        assert table.cursor_transfer == two
        table.set_transfers([replace(two, state=State.PAUSED), _ONE])
        await stage.pilot.press("enter")
        said = [message.transfer and message.transfer.state for message in stage.of(TransferTable.Highlighted)]
        assert said == [State.RUNNING, State.RUNNING, State.PAUSED]
        assert len(stage.of(TransferTable.Chosen)) == 1
        assert table.highlight(1)
        assert not table.highlight(9)
        table.set_transfers([])
        assert table.cursor_transfer is None


async def test_only_what_changed_is_sent() -> None:
    table = TransferTable()
    others = [replace(_ONE, id=number) for number in range(2, 6)]
    async with on_stage(table, size=(90, 20)) as stage:
        table.set_transfers([_ONE, *others])
        await stage.pilot.pause()
        sent = count_refreshes(table)
        table.set_transfers([_ONE, *others])
        assert not sent
        table.set_transfers([*[_ONE, *others][:3], replace(others[2], received_bytes=5_350_000), others[3]])
        assert len(sent) == 1
        assert sent[0] < 2 * 90


@pytest.mark.parametrize("width", [120, 60, 40, 20, 5])
async def test_every_state_has_a_word_and_fits(width: int) -> None:
    assert len({state_word(state) for state in State}) == len(State)
    table = TransferTable()
    async with on_stage(table, size=(width, 20)):
        table.set_transfers([replace(_ONE, id=number, state=state) for number, state in enumerate(State)])
        assert all(table.render_line(y).cell_length == width for y in range(20))
