"""In what a prediction falls short of what its stack is to do, in sentences."""

from models.prediction import ObjectiveResult, Prediction, Verdict

_GROWS = "has no steady state: its queue grows without end"
_WHY_UNKNOWN = "it can't be said whether it is met, which counts as missed"


def falls_short(prediction: Prediction) -> list[str]:
    """Sentences on overloads, on objectives that are missed, and on those that are open.

    Arguments:
        prediction: of a stack; nothing is said where all is met.
    """
    missed = [one for one in prediction.objectives if one.verdict is Verdict.MISSED]
    unknown = [one for one in prediction.objectives if one.verdict is Verdict.UNKNOWN]
    return [
        *(f"workloads.{name}: {_GROWS}" for name in prediction.overloaded),
        *(_in_words(objective) for objective in missed),
        *(f"{_in_words(objective)}: {_WHY_UNKNOWN}" for objective in unknown),
        *(f"no price is known of {what}" for what in prediction.cost.unpriced if unknown),
    ]


def _in_words(objective: ObjectiveResult) -> str:
    return (
        f"{objective.name}: {objective.target}; predicted: {objective.predicted} "
        f"(probability {objective.probability:.1%}, required {objective.required:.1%})"
    )
