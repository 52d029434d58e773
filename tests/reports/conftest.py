"""Predictions made by hand, so that a report is tested without a simulation."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from models.description.stack import Stack
from models.parts.kinds import STACK
from models.parts.layers import layers
from models.parts.permissions import access
from models.prediction import (
    AvailabilityPrediction,
    Block,
    BlockResult,
    CostLine,
    CostPrediction,
    Distribution,
    Estimate,
    GroupDescription,
    ObjectiveResult,
    Prediction,
    Source,
    StoreDescription,
)
from models.prediction.deployment_mode import DeploymentMode
from models.prediction.training_answer import (
    LimitedBy,
    Memory,
    Stage,
    StepTime,
    TrainingPrediction,
)

from .reliability import BUCKET, RAID, states, weighed

STACKS = Path(__file__).parents[2] / "stacks"
RUNS = 1000
BY_STORE, BY_CHIPS = LimitedBy.BANDWIDTH, LimitedBy.ACCELERATORS


def distribution(values: Sequence[float]) -> Distribution:
    """What the simulation makes of its values, with normal error bars."""
    ordered = sorted(values)
    half = 1.96 * float(np.std(ordered)) / math.sqrt(len(ordered))
    mean, p50, p95 = (
        Estimate(value, value - half, value + half, 0.95, "simulation")
        for value in (float(np.mean(ordered)), *np.quantile(ordered, (0.5, 0.95)).tolist())
    )
    return Distribution(mean, p50, p95, tuple(values))


def read(name: str) -> Stack:
    """One of the example stacks, unchecked."""
    return STACK.model_validate(yaml.safe_load((STACKS / name).read_text(encoding="utf-8")))


def described() -> Stack:
    """The AWS example with a budget that is too small."""
    stack = read("resnet50-imagenet-aws.yaml")
    budget = stack.objectives.budget
    assert budget is not None
    tight = budget.model_copy(update={"at_most": 75.0})
    objectives = stack.objectives.model_copy(update={"budget": tight})
    return stack.model_copy(update={"objectives": objectives})


STORES = (
    StoreDescription("imagenet", "object store", "s3-standard, 10 prefixes", 150e9),
    StoreDescription("checkpoints", "shared file system", "fsx-lustre-scratch-2", 1.2e12),
)
GROUPS = (GroupDescription("trainers", "p4d.24xlarge", 4, 96, 32, "A100", 40e9),)
OWN_STORES = (
    StoreDescription("imagenet", "shared file system", "shared link of 5 GB/s", 1e12),
    StoreDescription("checkpoints", "RAID", "RAID 6 of 12 hdd, link of 5 GB/s", 76.8e12),
)


def training(name: str = "train", seed: int = 1) -> TrainingPrediction:
    """Thirty-two A100 that train ResNet-50: some runs restart."""
    random = np.random.default_rng(seed)
    restarts = random.poisson(0.04, RUNS).astype(float)
    work = 1863.0 * np.exp(random.normal(0.0, 0.03, RUNS))
    times = work + 121.0 + restarts * random.uniform(200, 1400, RUNS)
    step = StepTime(0.1034, 0.0061, 0.0021, 0.0169, 0.0030, 0.0)
    throughput = 8192 / step.total
    return TrainingPrediction(
        name=name,
        kind="training",
        mode=DeploymentMode.BATCH,
        completion=distribution(times.tolist()),
        unavailability=3.7e-3,
        available=Estimate(0.996, 0.995, 0.997, 0.95, "simulation"),
        accelerators=32,
        batch=8192,
        regime="several nodes",
        step_error=0.1,
        throughput=Estimate(
            throughput, throughput / 1.06, throughput * 1.06, 0.95, "approximation"
        ),
        step=step,
        stages=(
            Stage(
                "storage (imagenet)",
                113_600.0,
                "bandwidth of 4 nodes, 12.5 GB/s",
                LimitedBy.BANDWIDTH,
            ),
            Stage(
                "accelerators",
                throughput,
                "efficiency 16.3 % as measured on A100",
                LimitedBy.ACCELERATORS,
            ),
        ),
        bottleneck="accelerators",
        remedy="a faster `instance` or a higher `nodes.trainers.count`",
        headroom=113_600.0 / throughput,
        speedup=32 * 0.1034 / step.total,
        efficiency=0.1034 / step.total,
        memory=Memory(409e6, 22.6e9, 40e9),
        work=1863.0,
        checkpoint_interval=1400.0,
        checkpoint_size=204.4e6,
        checkpoint_write=0.34,
        checkpoint_stall=0.34,
        checkpoint_read=1.36,
        checkpoints=2,
        startup=120.32,
        ideal_throughput=throughput / (0.1034 / step.total),
        ideal_time=1456.0,
        failure_free_time=1984.0,
        time_to_train=distribution(times.tolist()),
        goodput=distribution((work / times).tolist()),
        restarts=distribution(restarts.tolist()),
        yearly_goodput=distribution(random.normal(0.991, 0.002, RUNS).tolist()),
        yearly_restarts=distribution(random.poisson(18.0, RUNS).astype(float).tolist()),
        cost=distribution((times / 3600 * 4 * 32.7726).tolist()),
    )


def availability() -> AvailabilityPrediction:
    """Four nodes of which all must work, two stores, a network and a region."""
    hour = 3600.0
    blocks = (
        BlockResult(Block("region us-east-1", 1, 1, math.inf, 0.0, "taken as given"), 0.0, True),
        BlockResult(Block("network", 1, 1, 8.7e8, hour, "EC2 region SLA, 2022"), 1e-4, True),
        BlockResult(Block("trainers", 4, 4, 4.4e6, 0.2 * hour, "Kokolis 2024"), 6.5e-4, True),
        BlockResult(Block("imagenet", 1, 1, 3.6e7, hour, "S3 SLA, 2022-05-05"), 1e-3, True),
        BlockResult(Block("checkpoints", 1, 1, 1.8e7, hour, "FSx SLA"), 2e-3, True),
    )
    away = 1 - math.prod(1 - result.unavailability for result in blocks)
    names = tuple(result.block.name for result in blocks)
    simulated = Estimate(1 - 1.02 * away, 1 - 1.06 * away, 1 - 0.98 * away, 0.95, "simulation")
    return weighed(
        AvailabilityPrediction(blocks, away, simulated, away * 31_536_000, -math.log10(away), names)
    )


def cost(run: Distribution) -> CostPrediction:
    """Nodes, two stores and their requests."""
    lines = (
        CostLine(
            "trainers", "p4d.24xlarge on-demand", 4, "nodes", 32.7726, False, 4 * 11.57,
            "AWS price list, 2025-06-01",
        ),
        CostLine(
            "trainers", "gp3 boot volumes", 800, "GB", 0.08 / 730, False, None,
            "AWS price list, 2025-06-01",
        ),
        CostLine(
            "imagenet", "S3 standard storage", 150, "GB", 0.023 / 730, False, None,
            "AWS price list, 2025-06-01",
        ),
        CostLine(
            "imagenet", "GET requests", 99_091, "requests", 4e-7, True, None,
            "AWS price list, 2025-06-01",
        ),
        CostLine(
            "checkpoints", "FSx for Lustre scratch", 1319, "GB", 0.14 / 730, False, None,
            "AWS price list, 2025-06-01",
        ),
    )  # fmt: skip
    hourly = math.fsum(line.hourly for line in lines)
    hours = run.mean.mean / hourly
    runs = tuple(
        line.quantity * line.unit_price if line.per_run else line.hourly * hours for line in lines
    )
    other = hourly - lines[0].hourly + 4 * 11.57
    return CostPrediction(lines, hourly, 730 * hourly, "the run", run, runs, other, "spot")


def predicted() -> Prediction:
    """A prediction of the AWS example, made by hand."""
    train = training()
    return Prediction(
        stack="resnet50-imagenet-aws",
        version="0.1.0",
        stack_hash="3a" * 32,
        catalog_hash="7c" * 32,
        seed=1,
        replications=RUNS,
        workloads=(train,),
        availability=availability(),
        cost=cost(train.cost),
        objectives=(
            ObjectiveResult(
                "deadline", "train within 1 h", "P50 33.1 min, P95 36 min", 0.998, 0.95
            ),
            ObjectiveResult(
                "budget", "at most 75.00 USD", "P50 72.3 USD, P95 79.1 USD", 0.81, 0.95
            ),
            ObjectiveResult("availability", "at least 99 % of a year", "P50 99.6 %", 1.0, 0.95),
        ),
        layers=layers(read("resnet50-imagenet-aws.yaml")),
        service_level="IaaS",
        assumptions=(
            "Units fail and return at constant rates, independently, and are repaired all at once.",
            "A workload uses its nodes alone; traffic of other tenants is not modelled.",
        ),
        sources=(
            Source("p4d.24xlarge: 32.7726 USD/h on demand", "2025-06-01", "AWS price list"),
            Source("A100, ResNet-50: 2,476 samples/s", "2021-07-01", "https://example.org/rates"),
        ),
        durability=(BUCKET,),
        stores=STORES,
        groups=GROUPS,
        access=access(described()),
    )


@pytest.fixture(scope="session")
def stack() -> Stack:
    return described()


@pytest.fixture(scope="session")
def prediction() -> Prediction:
    return predicted()


@pytest.fixture(scope="session")
def bare_stack(stack: Stack) -> Stack:
    """No objectives, no identities, no storage, as far as a report can tell."""
    return stack.model_copy(update={"storage": {}, "identities": {}, "description": ""})


@pytest.fixture(scope="session")
def constant(prediction: Prediction) -> Prediction:
    """Every run like the other: nothing fails, nothing varies, nothing else limits."""
    same = distribution([1984.0] * 20)
    price = distribution([72.5] * 20)
    train = replace(
        prediction.workloads[0],
        stages=prediction.workloads[0].stages[1:],
        headroom=math.inf,
        checkpoint_interval=math.inf,
        checkpoint_write=0.0,
        checkpoint_stall=0.0,
        checkpoints=1,
        startup=121.0,
        time_to_train=same,
        completion=same,
        restarts=distribution([0.0] * 20),
        cost=price,
    )
    up = AvailabilityPrediction((), 0.0, Estimate.exact(1.0), 0.0, math.inf, ())
    cost = replace(prediction.cost, run=price, alternative_hourly=None)
    return replace(
        prediction,
        workloads=(train,),
        availability=up,
        cost=cost,
        objectives=(),
        assumptions=(),
        sources=(),
        replications=20,
        durability=(),
    )


@pytest.fixture(scope="session")
def on_premises() -> tuple[Stack, Prediction]:
    """Three workloads on 130 nodes of which 128 are needed, with redundant parts."""
    base = predicted()
    stack = read("akiba-2017.yaml")
    train = stack.workloads["train"]
    names = ("train", "fine-tune", "a-workload-with-a-name-of-40-characters-x")
    stack = stack.model_copy(
        update={
            "workloads": {
                name: train if name == "train" else train.model_copy(update={"after": ("train",)})
                for name in names
            }
        }
    )
    redundant = (
        BlockResult(Block("power feeds", 1, 2, 3e6, 3600.0, "IEEE 493"), 1.4e-6, False),
        BlockResult(Block("switches", 1, 2, 3.1e7, 14400.0, "data sheet"), 2.1e-7, False),
        BlockResult(Block("disks of checkpoints", 10, 12, 7.2e9, 86400.0, "sheet"), 3e-13, False),
        BlockResult(Block("workers", 128, 130, 1.6e7, 21600.0, "Akiba 2017"), 2.6e-3, False),
        BlockResult(Block("server of the shared imagenet", 1, 1, 2e7, 9e3, "sheet"), 4.5e-4, True),
    )
    away = 1 - math.prod(1 - result.unavailability for result in redundant)
    availability = replace(
        base.availability,
        blocks=redundant,
        unavailability=away,
        downtime=away * 31_536_000,
        nines=-math.log10(away),
        single_points=("server of the shared imagenet",),
    )
    return stack, replace(
        base,
        stack=stack.name,
        workloads=tuple(training(name, seed) for seed, name in enumerate(names)),
        availability=weighed(availability),
        durability=(RAID,),
        stores=OWN_STORES,
        degraded=states("checkpoints", *names[:2]),
    )
