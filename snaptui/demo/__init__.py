"""A Discloud look-alike over loopback HTTP, with a deterministic world; needs the ``demo`` extra."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from snaptui.errors import UsageError
from snaptui.i18n import _

_CHECKOUT = Path(__file__).parents[2] / "pyproject.toml"


def require_demo_extra() -> None:
    """Raise UsageError, naming the command that mends it, where the demo's libraries are not installed."""
    if find_spec("starlette") is None or find_spec("uvicorn") is None:
        raise UsageError(
            _("The demo needs two more libraries: install them with {command}.").format(
                command="pip install -e '.[demo]'" if _CHECKOUT.is_file() else "pip install 'snaptui[demo]'"
            )
        )
