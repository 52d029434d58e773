"""Predictions made up for tests of what is done with them."""

from models.prediction import (
    AvailabilityPrediction,
    CostPrediction,
    Distribution,
    Estimate,
    ObjectiveResult,
    Prediction,
)
from models.prediction.deployment_mode import DeploymentMode
from models.prediction.training_answer import Memory, StepTime, TrainingPrediction


def _distribution(p50: float, p95: float) -> Distribution:
    return Distribution(*(Estimate.exact(value) for value in (p50, p50, p95)), samples=(p50, p95))


def prediction(stack: str, *, probability: float = 0.99) -> Prediction:
    """A prediction whose one objective is met with a probability; 95 % are required."""
    time = _distribution(3000.0, 3300.0)
    one = _distribution(1.0, 1.0)
    training = TrainingPrediction(
        name="train",
        kind="training",
        mode=DeploymentMode.BATCH,
        completion=time,
        unavailability=0.001,
        available=Estimate.exact(0.999),
        accelerators=32,
        batch=8192,
        regime="several nodes",
        step_error=0.1,
        throughput=Estimate.exact(75_000.0),
        step=StepTime(0.1, 0.01, 0.001, 0.001, 0.0, 0.0),
        stages=(),
        bottleneck="accelerators",
        headroom=2.0,
        speedup=30.0,
        efficiency=0.94,
        memory=Memory(1e9, 2e9, 40e9),
        work=2900.0,
        checkpoint_interval=600.0,
        checkpoint_size=1e9,
        checkpoint_write=1.0,
        checkpoint_stall=1.0,
        checkpoint_read=4.0,
        checkpoints=4,
        startup=46.0,
        ideal_throughput=79_800.0,
        ideal_time=2800.0,
        failure_free_time=2950.0,
        time_to_train=time,
        goodput=one,
        restarts=one,
        yearly_goodput=one,
        yearly_restarts=one,
        cost=_distribution(90.0, 99.0),
    )
    return Prediction(
        stack=stack,
        version="0.1.0",
        stack_hash="5" * 64,
        catalog_hash="7" * 64,
        seed=1,
        replications=1000,
        workloads=(training,),
        availability=AvailabilityPrediction((), 0.001, Estimate.exact(0.999), 31536.0, 3.0, ()),
        cost=CostPrediction((), 98.0, 71540.0, "the run", _distribution(90.0, 99.0), (), None, ""),
        objectives=(ObjectiveResult("deadline", "train within 1 h", "55 min", probability, 0.95),),
        assumptions=(),
        sources=(),
    )
