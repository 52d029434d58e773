"""windtunnel explore: a what-if page in the browser, on this machine alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from commands.leaving import WORLD_REFUSED, leave, say
from commands.options import Changes, Seed, StackArgument

if TYPE_CHECKING:
    from bokeh.document import Document as Page


def command(
    stack: StackArgument,
    port: Annotated[int, typer.Option(min=0, max=65535, help="of the page; 0 for any")] = 8765,
    look: Annotated[bool, typer.Option("--open/--no-open", help="show it in the browser")] = True,
    changes: Changes = None,
    seed: Seed = 1,
) -> None:
    """Move count, instance, purchase, stores and demand in the browser, and see what follows.

    The page is on 127.0.0.1 alone, and needs no network. Ctrl-C ends it.
    """
    from models.catalog.load import load_catalog
    from models.parts.read_stack import read_stack
    from models.reading.changes import parse_changes
    from models.reading.document import read_document

    catalog = load_catalog()
    document = read_document(stack, parse_changes(changes or ()))
    read_stack(document, catalog)
    try:
        from commands.explore_page import Explorer
        from commands.explore_server import PortInUse, serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("bokeh", "tornado"):
            raise
        leave("the page needs Bokeh: python -m pip install 'windtunnel[explore]'", WORLD_REFUSED)

    def make(page: Page) -> None:
        Explorer(page, document, catalog, seed)

    def ready(address: str) -> None:
        say(f"{address} (Ctrl-C ends it)")
        if look:
            import webbrowser

            webbrowser.open(address)

    try:
        serve(make, port, ready)
    except PortInUse as error:
        leave(str(error), WORLD_REFUSED)
    say("the page is closed", error=True)
