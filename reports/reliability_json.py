"""The answers about a block diagram for machines: JSON by law and by simulation."""

from models.reliability.diagram_answer import DiagramAnswer, Verdict
from reports.json_report import tree_of, write

SCHEMA = "windtunnel-reliability/1"


def as_json(
    digest: str,
    law: DiagramAnswer,
    simulated: DiagramAnswer | None,
    verdicts: tuple[Verdict, ...],
) -> str:
    """Write both answers as JSON: sorted keys, infinities null.

    Arguments:
        digest: SHA-256 of the description, hexadecimal.
        law: what the laws say.
        simulated: what the simulation says, if there was one.
        verdicts: on its objectives.

    Raises:
        ValueError: a figure that is not a number.
    """
    return write(
        {
            "schema": SCHEMA,
            "diagram_hash": digest,
            "law": tree_of(law),
            "simulation": tree_of(simulated),
            "objectives": tree_of(verdicts),
        }
    )
