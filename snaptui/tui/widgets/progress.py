"""A transfer in words: the bar, bytes, rate and remaining time, in as many cells as there are."""

from __future__ import annotations

from snaptui import formatting
from snaptui.i18n import N_, _
from snaptui.transfers.queue import State, Transfer
from snaptui.tui.symbols import UNICODE, Symbols
from snaptui.tui.widgets.cells import bar

_BAR_CELLS = 20


_STATE_WORDS = {
    State.QUEUED: N_("waiting its turn"),
    State.RUNNING: N_("downloading"),
    State.WAITING: N_("waiting"),
    State.CHECKING: N_("checking"),
    State.PAUSED: N_("paused"),
    State.DONE: N_("verified"),
    State.FAILED: N_("failed"),
    State.CANCELLED: N_("cancelled"),
}


def state_word(state: State) -> str:
    """A state in a word or two."""
    return _(_STATE_WORDS[state])


def state_words(transfer: Transfer) -> str:
    """The state of a transfer in words; one that had nothing to do says so."""
    if transfer.state is State.DONE and transfer.already_present:
        return _("here already, verified")
    return state_word(transfer.state)


def percent_of(transfer: Transfer) -> int | None:
    """The share that is here, 0 to 100; None where the whole is not known."""
    if not transfer.total_bytes:
        return None
    return min(100, 100 * transfer.received_bytes // transfer.total_bytes)


def transfer_line(transfer: Transfer, width: int, symbols: Symbols = UNICODE) -> str:
    """``▮▮▮▯▯▯ 43 % · 5.3 of 12.4 MB · 4.2 MB/s · 12 s left``; what does not fit is left out from the end."""
    percent = percent_of(transfer)
    parts = []
    if transfer.state in (State.QUEUED, State.CANCELLED):
        return state_words(transfer)
    if percent is not None:
        cells = max(6, min(_BAR_CELLS, width // 4))
        parts.append(f"{bar(percent, cells, symbols)} {percent:>3} %")
    if transfer.state is not State.RUNNING:
        parts.append(state_words(transfer))
    if transfer.total_bytes is not None and transfer.state is not State.DONE:
        parts.append(
            _("{part} of {whole}").format(
                part=formatting.size(transfer.received_bytes), whole=formatting.size(transfer.total_bytes)
            )
        )
    else:
        parts.append(formatting.size(transfer.received_bytes))
    if transfer.state is State.RUNNING and transfer.bytes_per_second:
        parts.append(formatting.rate(transfer.bytes_per_second))
    if transfer.remaining_seconds is not None:
        parts.append(_("{time} left").format(time=formatting.duration(transfer.remaining_seconds)))
    shown = parts[0]
    for part in parts[1:]:
        longer = f"{shown} · {part}"
        if len(longer) > width:
            break
        shown = longer
    return symbols.plain(shown)
