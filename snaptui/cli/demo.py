"""``snaptui demo-server``."""

from __future__ import annotations

import click

from snaptui.cli.output import say, write
from snaptui.errors import SnaptuiError
from snaptui.i18n import _
from snaptui.reasons import reason_of


@click.command("demo-server", help=_("Serve the made-up account on this computer until interrupted."))
@click.option(
    "--port",
    metavar="N",
    type=click.IntRange(0, 65535),
    default=0,
    help=_("The port to listen on; any free one without it."),
)
@click.option(
    "--latency",
    "latency_ms",
    metavar="N",
    type=click.IntRange(0, 60_000),
    default=0,
    help=_("Milliseconds before each answer."),
)
@click.option(
    "--requests-per-minute",
    metavar="N",
    type=click.IntRange(1, 1_000_000),
    default=60,
    help=_("The budget that the server keeps to."),
)
def demo_server(port: int, latency_ms: int, requests_per_minute: int) -> None:
    """Run the demo's server."""
    from snaptui.demo import require_demo_extra

    require_demo_extra()
    from snaptui.demo.run import DemoServer, describe

    server = DemoServer(port=port, latency=latency_ms / 1000, requests_per_minute=requests_per_minute)
    try:
        server.start()
    except OSError as error:
        raise SnaptuiError(
            _("The demo can't listen on port {port} ({reason}): choose another with --port.").format(
                port=port, reason=reason_of(error)
            )
        ) from None
    try:
        write(describe(server))
        _flush()
        server.wait()
    except KeyboardInterrupt:
        say(_("The demo has ended."))
    finally:
        server.stop()


def _flush() -> None:
    import sys

    if sys.stdout is not None:
        sys.stdout.flush()
