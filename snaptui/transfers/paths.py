"""Where archives go, and how much room is there."""

from __future__ import annotations

import shutil
from pathlib import Path

from snaptui.models import SnapshotKey


def default_folder(configured: Path | None, cwd: Path) -> Path:
    """The configured folder, else the official clients' own: ``discloud/backups`` below the current one."""
    return configured.expanduser() if configured is not None else cwd / "discloud" / "backups"


def file_name(key: SnapshotKey) -> str:
    """``APPID-VERSION.zip``."""
    return f"{key.app_id}-{key.version}.zip"


def target_path(where: Path, key: SnapshotKey) -> Path:
    """The file that a person means by ``where``: a folder (there, or written with a slash) or a file name."""
    return where / file_name(key) if where.is_dir() or where.suffix.lower() != ".zip" else where


def free_bytes(folder: Path) -> int | None:
    """Bytes free where ``folder`` is, or would be; None where the system does not say."""
    for place in (folder, *folder.parents):
        try:
            return shutil.disk_usage(place).free
        except FileNotFoundError:
            continue
        except OSError:
            return None
    return None
