"""A transfer in words: the bar, bytes, rate and remaining time, in as many cells as there are."""

from __future__ import annotations

from snaptui import formatting
from snaptui.i18n import _
from snaptui.transfers.queue import State, Transfer
from snaptui.tui.symbols import UNICODE, Symbols
from snaptui.tui.widgets.cells import bar

_BAR_CELLS = 20


def state_words(transfer: Transfer) -> str:
    """The state of a transfer in a word or two."""
    match transfer.state:
        case State.QUEUED:
            return _("waiting its turn")
        case State.RUNNING:
            return _("downloading")
        case State.WAITING:
            return _("trying again soon")
        case State.CHECKING:
            return _("checking")
        case State.PAUSED:
            return _("paused")
        case State.DONE:
            return _("here already, verified") if transfer.already_present else _("verified")
        case State.FAILED:
            return _("failed")
        case State.CANCELLED:
            return _("cancelled")


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
