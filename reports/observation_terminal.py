"""An observation on a terminal of 80 columns, or in a pipe."""

from typing import TYPE_CHECKING

from models.prediction.observation_answer import Observation
from reports import observation_tables
from reports.terminal import drawn

if TYPE_CHECKING:
    from rich.console import RenderableType


def summary(seen: Observation) -> "RenderableType":
    """What `windtunnel observe` shows.

    Arguments:
        seen: the observation.
    """
    from rich.console import Group
    from rich.text import Text

    parts: list[RenderableType] = [Text(f"{seen.stack}, measured in {seen.file}"), Text("")]
    for table in observation_tables.tables(seen):
        parts += [Text(table.caption, style="bold"), drawn(table), Text("")]
    parts += map(Text, observation_tables.sentences(seen))
    return Group(*parts)
