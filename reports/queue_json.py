"""The answers about a queueing network for machines: JSON by law and by simulation."""

from collections.abc import Sequence

from models.queueing.network_answer import EnoughServers, NetworkAnswer
from models.queueing.worked_formulas import Worked
from reports.json_report import tree_of, write

SCHEMA = "windtunnel-queue/1"


def as_json(
    digest: str,
    law: NetworkAnswer,
    simulated: NetworkAnswer | None,
    enough: Sequence[EnoughServers] = (),
    formulas: Sequence[Worked] | None = None,
) -> str:
    """Write both answers as JSON: sorted keys, infinities null.

    Arguments:
        digest: SHA-256 of the description, hexadecimal.
        law: what the laws say.
        simulated: what the simulation says, if there was one.
        enough: how many servers are enough, where that was asked.
        formulas: of the stations with their numbers, where they were asked for.

    Raises:
        ValueError: a figure that is not a number.
    """
    return write(
        {
            "schema": SCHEMA,
            "network_hash": digest,
            "law": tree_of(law),
            "simulation": tree_of(simulated),
            "enough_servers": [tree_of(one) for one in enough],
            **({} if formulas is None else {"formulas": [tree_of(one) for one in formulas]}),
        }
    )
