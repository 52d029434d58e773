"""windtunnel schema: what an editor must know of a file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from pydantic import BaseModel

Described = Literal["stack", "network", "diagram", "array"]


def command(
    of: Annotated[Described, typer.Argument(help="what the file describes")] = "stack",
) -> None:
    """Print the JSON Schema of a stack, network, diagram or array file, for editors."""
    from reports.output import say_json

    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_model(of).model_json_schema(),
    }
    say_json(json.dumps(schema, indent=2, ensure_ascii=False))


def _model(of: Described) -> type[BaseModel]:
    match of:
        case "stack":
            from models.parts.kinds import STACK

            return STACK
        case "network":
            from models.queueing.network import Network

            return Network
        case "diagram":
            from models.reliability.block_diagram import BlockDiagram

            return BlockDiagram
        case "array":
            from models.raid.array_description import ArrayFile

            return ArrayFile
