"""Which members must not be unpacked, and why. Nothing here touches a disk.

The rule: a member that is dangerous, ambiguous or not understood is refused and named, never repaired by
guessing; the rest of the archive stays usable. What depends on the target (a symlink in the way, say) is added by
``plan``; what shows only while unpacking (a wrong CRC), by ``restore``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from operator import le

from snaptui.archives.directory import DEFLATED, LOCAL_HEADER_BYTES, STORED, Directory, Kind, Member
from snaptui.i18n import N_, _

UNDO_FOLDER = ".snaptui-undo"


class Reason(StrEnum):
    """Why a member is refused; the value is stable for scripts, ``sentence`` is for people."""

    OUTSIDE = "outside"
    ABSOLUTE = "absolute"
    DRIVE = "drive"
    BACKSLASH = "backslash"
    NOT_NORMAL = "not-normal"
    CONTROL = "control"
    NOT_TEXT = "not-text"
    TOO_LONG = "too-long"
    NOT_TAKEN = "not-taken"
    RESERVED = "reserved"
    SYMLINK = "symlink"
    SPECIAL = "special"
    DUPLICATE = "duplicate"
    CASE_CLASH = "case-clash"
    UNICODE_CLASH = "unicode-clash"
    FILE_AND_FOLDER = "file-and-folder"
    OVERLAP = "overlap"
    CONTRADICTORY = "contradictory"
    ENCRYPTED = "encrypted"
    UNSUPPORTED = "unsupported"
    TOO_MANY = "too-many"
    TOO_LARGE = "too-large"
    RATIO = "ratio"
    THROUGH_SYMLINK = "through-symlink"
    SYMLINK_THERE = "symlink-there"
    OBSTRUCTED = "obstructed"
    OTHER_FILE_SYSTEM = "other-file-system"
    DAMAGED = "damaged"

    @property
    def sentence(self) -> str:
        """What is wrong, in a few words for a person."""
        return _(_SENTENCES[self])


_SENTENCES = {
    Reason.OUTSIDE: N_("its name leads out of the folder"),
    Reason.ABSOLUTE: N_("its name starts at the root of the disk"),
    Reason.DRIVE: N_("its name starts with a drive letter"),
    Reason.BACKSLASH: N_("its name has a backslash"),
    Reason.NOT_NORMAL: N_("its name would lead to another place once tidied"),
    Reason.CONTROL: N_("its name has control characters"),
    Reason.NOT_TEXT: N_("its name is not valid text"),
    Reason.TOO_LONG: N_("its name is too long"),
    Reason.NOT_TAKEN: N_("the file system does not take its name"),
    Reason.RESERVED: N_("its name belongs to snaptui's undo folder"),
    Reason.SYMLINK: N_("it is a symbolic link"),
    Reason.SPECIAL: N_("it is a device, pipe or socket"),
    Reason.DUPLICATE: N_("several members have this name"),
    Reason.CASE_CLASH: N_("another name differs only in upper and lower case"),
    Reason.UNICODE_CLASH: N_("another name looks the same and is spelled with other characters"),
    Reason.FILE_AND_FOLDER: N_("the name is both a file and a folder in the archive"),
    Reason.OVERLAP: N_("its data overlap another member's"),
    Reason.CONTRADICTORY: N_("what the archive says about it contradicts itself"),
    Reason.ENCRYPTED: N_("it is encrypted"),
    Reason.UNSUPPORTED: N_("it is packed by a method snaptui does not know"),
    Reason.TOO_MANY: N_("more members than allowed were chosen"),
    Reason.TOO_LARGE: N_("it would take more bytes than allowed"),
    Reason.RATIO: N_("it would grow far more than honest files do"),
    Reason.THROUGH_SYMLINK: N_("a symbolic link in the target folder is in its way"),
    Reason.SYMLINK_THERE: N_("a symbolic link has its name in the target folder"),
    Reason.OBSTRUCTED: N_("something else has its name in the target folder"),
    Reason.OTHER_FILE_SYSTEM: N_("its folder is on another disk than the target"),
    Reason.DAMAGED: N_("its content is damaged"),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One member that is not unpacked. ``path`` is safe to show."""

    path: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be unpacked at once: members, bytes, and growth (size / compressed size) above a size.

    Deflate cannot exceed a ratio of about 1,032; text and databases stay far below 500.
    """

    members: int = 500_000
    total_bytes: int = 64 * 1024**3
    ratio: float = 500.0
    ratio_from_bytes: int = 64 * 1024**2


DEFAULT_LIMITS = Limits()

# What no ordinary name has: found in one search so that the 100,000 good names cost little.
_SUSPECT = re.compile(r"[\x00-\x1f\x7f\\]|[^\x00-\x7e]|\A/|\A[A-Za-z]:|(?:\A|/)[. ]*(?=/|\Z)", re.ASCII)
_DRIVE = re.compile(r"[A-Za-z]:")
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LONGEST_NAME = 255
_LONGEST_PATH = 4096
MOST_FOLDERS_DEEP = 256


def parts_of(member: Member) -> tuple[str, ...]:
    """Return the components of a path that ``judge`` let pass."""
    return tuple(member.path.rstrip("/").split("/"))


def name_reason(path: str) -> Reason | None:
    """Return why a member's name is refused on any file system, or None."""
    name = path.removesuffix("/")
    if _SUSPECT.search(name):
        reason = _closer_look(name)
        if reason is not None:
            return reason
    if (len(name) > _LONGEST_NAME or not name.isascii()) and _too_long(name):
        return Reason.TOO_LONG
    if name.startswith(".") and name.partition("/")[0].casefold() == UNDO_FOLDER:
        return Reason.RESERVED
    return None


def _too_long(name: str) -> bool:
    encoded = name.encode("utf-8", "replace")
    if len(encoded) > _LONGEST_PATH or encoded.count(b"/") >= MOST_FOLDERS_DEEP:
        return True
    return any(len(part) > _LONGEST_NAME for part in encoded.split(b"/"))


def _closer_look(name: str) -> Reason | None:
    if any("\ud800" <= c <= "\udfff" for c in name):
        return Reason.NOT_TEXT
    if any(c in _TURNING or unicodedata.category(c) in ("Cc", "Zl", "Zp") for c in name):
        return Reason.CONTROL
    if "\\" in name:
        return Reason.BACKSLASH
    if name.startswith("/"):
        return Reason.ABSOLUTE
    if _DRIVE.match(name):
        return Reason.DRIVE
    parts = name.split("/")
    if ".." in parts:
        return Reason.OUTSIDE
    for part in parts:
        # Some file systems drop dots and spaces at the end, some tools fold look-alikes of the dot and the slash.
        folded = unicodedata.normalize("NFKC", part)
        if not part.strip(". ") or not folded.strip(". ") or "/" in folded or "\\" in folded:
            return Reason.NOT_NORMAL
    return None


def member_reason(member: Member, limits: Limits = DEFAULT_LIMITS) -> Reason | None:
    """Return why one member is refused whatever the others are, or None."""
    reason = name_reason(member.path)
    if reason is not None:
        return reason
    kind = member.kind
    if kind is Kind.SYMLINK:
        return Reason.SYMLINK
    if kind is Kind.SPECIAL:
        return Reason.SPECIAL
    if member.encrypted:
        return Reason.ENCRYPTED
    size = member.size
    if kind is Kind.DIRECTORY:
        return Reason.CONTRADICTORY if size else None
    if member.method not in (STORED, DEFLATED):
        return Reason.UNSUPPORTED
    if member.method == STORED and size != member.compressed_size:
        return Reason.CONTRADICTORY
    if size > limits.total_bytes:
        return Reason.TOO_LARGE
    if size > limits.ratio_from_bytes and size > limits.ratio * member.compressed_size:
        return Reason.RATIO
    return None


def judge(
    directory: Directory, *, limits: Limits = DEFAULT_LIMITS, case_insensitive: bool = False
) -> dict[int, Reason]:
    """Return the refused members' numbers with the reason of each.

    ``case_insensitive`` says how the target's file system compares names. The bounds on the number of members and
    on their sum are not here, since they depend on what is chosen: see ``over_bounds``.
    """
    refused: dict[int, Reason] = {}
    for member in directory.members:
        reason = member_reason(member, limits)
        if reason is not None:
            refused[member.number] = reason
    for number in _overlapping(directory):
        refused.setdefault(number, Reason.OVERLAP)
    # Clashes count refused members too: a refused one may be what another tool would have written.
    for number, reason in _clashes(directory.members, case_insensitive):
        refused.setdefault(number, reason)
    return refused


def over_bounds(chosen: Iterable[Member], limits: Limits = DEFAULT_LIMITS) -> Reason | None:
    """Return which bound the chosen members break together, or None."""
    count = total = 0
    for member in chosen:
        count += 1
        total += member.size
    if count > limits.members:
        return Reason.TOO_MANY
    return Reason.TOO_LARGE if total > limits.total_bytes else None


def _overlapping(directory: Directory) -> set[int]:
    """Members whose least extent (header, name and data) reaches into another's or the directory."""
    bad: set[int] = set()
    reach, holder = 0, -1
    for start, end, number in _extents(directory):
        if start < 0 or end > directory.start:  # a plain lie, which says nothing against the others
            bad.add(number)
            continue
        if start < reach and holder >= 0:
            bad.update((holder, number))
        if end > reach:
            reach, holder = end, number
    return bad


def _extents(directory: Directory) -> Iterable[tuple[int, int, int]]:
    """Yield (start, least end, number) of every member, by start; honest writers have them in that order already."""
    extents = (
        (m.offset, m.offset + LOCAL_HEADER_BYTES + len(m.raw_name) + m.compressed_size, m.number)
        for m in directory.members
    )
    offsets = [member.offset for member in directory.members]
    return extents if all(map(le, offsets, offsets[1:])) else sorted(extents)


def _clashes(members: Sequence[Member], case_insensitive: bool) -> list[tuple[int, Reason]]:
    spelled: dict[str, set[str]] = {}
    known: set[str] = set()
    files: dict[str, int] = {}  # places, which the garbage collector does not walk
    again: dict[str, list[Member]] = {}
    for place, member in enumerate(members):
        name = member.path.rstrip("/")
        if not member.is_dir:
            key = _key(name, case_insensitive)
            if key in files:
                again.setdefault(key, [members[files[key]]]).append(member)
            files[key] = place
            name = name.rpartition("/")[0]
        if name not in known:
            known.add(name)
            _spell_folders(name, spelled, case_insensitive)
    clashes = [(member.number, _clash_of(member, same)) for same in again.values() for member in same]
    both = spelled.keys() & files.keys()
    for key in both:
        clashes += [(member.number, Reason.FILE_AND_FOLDER) for member in again.get(key, [members[files[key]]])]
    twice = {key for key, spellings in spelled.items() if len(spellings) > 1}
    if both or twice:
        clashes += _below(members, both, twice, case_insensitive)
    return clashes


def _key(path: str, case_insensitive: bool) -> str:
    if not path.isascii():
        path = unicodedata.normalize("NFC", path)
    if case_insensitive:
        path = unicodedata.normalize("NFC", path.casefold())
    return path


def _spell_folders(name: str, spelled: dict[str, set[str]], case_insensitive: bool) -> None:
    if name.count("/") >= MOST_FOLDERS_DEEP:  # refused for its length already
        return
    while name:
        spellings = spelled.setdefault(_key(name, case_insensitive), set())
        if name in spellings:
            return
        spellings.add(name)
        name = name.rpartition("/")[0]


def _clash_of(member: Member, same: Sequence[Member]) -> Reason:
    if any(other.path == member.path for other in same if other is not member):
        return Reason.DUPLICATE
    form = unicodedata.normalize("NFC", member.path)
    if any(unicodedata.normalize("NFC", other.path) == form for other in same if other is not member):
        return Reason.UNICODE_CLASH
    return Reason.CASE_CLASH


def _below(
    members: Sequence[Member], both: Set[str], twice: Set[str], case_insensitive: bool
) -> list[tuple[int, Reason]]:
    """Members under a folder that is also a file, or that is spelled in two ways."""
    found: list[tuple[int, Reason]] = []
    for member in members:
        if member.path.count("/") > MOST_FOLDERS_DEEP:
            continue
        name = _key(member.path.rstrip("/"), case_insensitive)
        if not member.is_dir:
            name = name.rpartition("/")[0]
        while name:
            if name in both:
                found.append((member.number, Reason.FILE_AND_FOLDER))
            if name in twice:
                reason = Reason.CASE_CLASH if case_insensitive else Reason.UNICODE_CLASH
                found.append((member.number, reason))
            name = name.rpartition("/")[0]
    return found
