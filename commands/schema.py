"""windtunnel schema: what an editor must know of a stack or network file."""

from __future__ import annotations

import json
from typing import Annotated, Literal

import typer


def command(
    of: Annotated[
        Literal["stack", "network"], typer.Argument(help="what the file describes")
    ] = "stack",
) -> None:
    """Print the JSON Schema of a stack or network file, for editors."""
    from models.parts.kinds import STACK
    from models.queueing.network import Network

    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **(Network if of == "network" else STACK).model_json_schema(),
    }
    from reports.output import say_json

    say_json(json.dumps(schema, indent=2, ensure_ascii=False))
