"""The answers about a disk or an array for machines: JSON by law and by simulation."""

from models.raid.array_answer import ArrayAnswer, ArrayVerdict, DiskRuns, Losses
from reports.json_report import tree_of, write

SCHEMA = "windtunnel-raid/1"


def as_json(
    digest: str,
    law: ArrayAnswer,
    simulated: Losses | None,
    runs: DiskRuns | None,
    verdicts: tuple[ArrayVerdict, ...],
) -> str:
    """Write both answers as JSON: sorted keys, infinities null.

    Arguments:
        digest: SHA-256 of the description, hexadecimal.
        law: what the laws say.
        simulated: what the simulation says of losses, if there was one.
        runs: what the simulation says of requests, if there was one.
        verdicts: on its objectives.

    Raises:
        ValueError: a figure that is not a number.
    """
    return write(
        {
            "schema": SCHEMA,
            "array_hash": digest,
            "law": tree_of(law),
            "simulation": tree_of(simulated),
            "simulated_requests": tree_of(runs),
            "objectives": tree_of(verdicts),
        }
    )
