"""Traces shaped like those of public GPU clusters: drawn from their published means and medians.

Source of the figures: the summary beside the Acme trace (Hu et al., 2024, Characterization of
Large Language Model Development in the Datacenter), for its cluster Kalos and for Philly (Jeon et
al., 2019, Analysis of Large-Scale Multi-Tenant GPU Clusters for DNN Training Workloads).
"""

import math
from dataclasses import dataclass

import numpy as np

from models.parts.workloads.job_resources import JobShape, Resources
from sim.jobs.jobs_contract import JobSet, NodePool

GPUS_OF_A_NODE = 8


@dataclass(frozen=True)
class TraceShape:
    """What a trace is drawn from.

    Arguments:
        name: of the cluster.
        nodes: of eight GPUs each.
        median_run: s.
        mean_run: s; run times are lognormal.
        longest_run: s; none takes longer.
        sizes: GPUs of a job, each with how often it comes.
        load: share of the GPUs that would be busy in the mean, if nobody had to wait in vain.
    """

    name: str
    nodes: int
    median_run: float
    mean_run: float
    longest_run: float
    sizes: tuple[tuple[int, float], ...]
    load: float


PHILLY = TraceShape(
    "Philly-like",
    100,
    874.0,
    18_006.0,
    4.24e6,
    ((1, 0.79), (2, 0.09), (4, 0.06), (8, 0.046), (16, 0.009), (32, 0.003), (128, 0.0005)),
    0.8,
)
KALOS = TraceShape(
    "Kalos-like",
    302,
    124.0,
    1_259.7,
    6.26e5,
    ((1, 0.62), (2, 0.05), (4, 0.04), (8, 0.13), (32, 0.08), (128, 0.05), (256, 0.02), (512, 0.01)),
    0.6,
)


def trace(shape: TraceShape, jobs: int, seed: int) -> tuple[JobSet, NodePool]:
    """Jobs of a seed, and the nodes that they run on.

    Arguments:
        shape: of the trace.
        jobs: how many.
        seed: the same gives the same trace.
    """
    random = np.random.default_rng(seed)
    gpus = np.array([size for size, _ in shape.sizes])
    weights = np.array([weight for _, weight in shape.sizes])
    kinds = random.choice(len(gpus), jobs, p=weights / weights.sum())
    sigma = math.sqrt(2 * math.log(shape.mean_run / shape.median_run))
    drawn = random.lognormal(math.log(shape.median_run), sigma, jobs)
    run_time = np.ceil(np.minimum(drawn, shape.longest_run))
    work = float((run_time * gpus[kinds]).sum())
    span = work / (shape.load * shape.nodes * GPUS_OF_A_NODE)
    submitted = np.floor(np.sort(random.uniform(0, span, jobs)))
    shapes = tuple(
        JobShape(
            Resources(accelerators=float(min(size, GPUS_OF_A_NODE))),
            max(1, size // GPUS_OF_A_NODE),
        )
        for size in gpus.tolist()
    )
    zeros = np.zeros(jobs, np.int64)
    names = tuple(f"{size}-gpu" for size in gpus.tolist())
    node = Resources(accelerators=float(GPUS_OF_A_NODE))
    return (
        JobSet(names, shapes, submitted, run_time, run_time, kinds, kinds, zeros),
        NodePool(node, shape.nodes),
    )
