"""An observation for machines."""

from models.prediction.observation_answer import Observation
from reports.json_report import tree_of, write

SCHEMA = "windtunnel-observation/1"


def as_json(seen: Observation) -> str:
    """Write an observation as JSON: figures in SI units of their measures.

    Arguments:
        seen: the observation.
    """
    tree = {"schema": SCHEMA, **tree_of(seen), "fine": seen.fine}
    for one, figure in zip(tree["figures"], seen.figures, strict=True):
        one |= {"gap": None if figure.mean == 0 else figure.gap, "inside": figure.inside}
    return write(tree)
