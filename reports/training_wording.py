"""What is said of a training run: its limit and its checkpoints."""

import math

from models.parts.workloads.training import Training
from models.prediction.training_answer import TrainingPrediction
from reports.wording import duration, rate, times


def checkpoints(training: TrainingPrediction, workload: Training) -> str:
    """Write how often a run saves its state.

    Arguments:
        training: the prediction of the workload.
        workload: the description.
    """
    if math.isinf(training.checkpoint_interval):
        return "at the end only"
    every = duration(training.checkpoint_interval)
    if training.checkpoints > 1:
        return f"every {every} of work"
    best = "best interval" if workload.checkpoint.interval == "optimal" else "interval"
    return f"at the end only (the {best}, {every}, is longer than the run)"


def saving(training: TrainingPrediction) -> str:
    """Write what one checkpoint takes, and what training waits for it where that is not all of it.

    Arguments:
        training: the prediction of the workload.
    """
    text = f"{duration(training.checkpoint_write)} to write"
    if training.checkpoint_stall == training.checkpoint_write:
        return text
    return f"{text}, {duration(training.checkpoint_stall)} of waiting"


def headroom(training: TrainingPrediction) -> str:
    """Write what limits a workload and by how much, as one clause.

    Arguments:
        training: the prediction of the workload.
    """
    limiting = next((stage for stage in training.stages if stage.name == training.bottleneck), None)
    by = f"limited by {training.bottleneck}"
    by += f" at {rate(limiting.rate)}" if limiting is not None else ""
    rest = sorted(
        (stage for stage in training.stages if stage.name != training.bottleneck),
        key=lambda stage: (stage.rate, stage.name),
    )
    if not rest or not math.isfinite(training.headroom):
        return f"{by}; nothing else comes near"
    return f"{by}; next is {rest[0].name} at {times(training.headroom)}"
