"""A transfer's state in a word, and how much of it is here."""

from __future__ import annotations

from snaptui.i18n import N_, _
from snaptui.transfers.queue import State, Transfer

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


def percent_of(transfer: Transfer) -> int | None:
    """The share that is here, 0 to 100; None where the whole is not known."""
    if not transfer.total_bytes:
        return None
    return min(100, 100 * transfer.received_bytes // transfer.total_bytes)
