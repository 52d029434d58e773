"""What fleets, jobs and spot instances went through, predicted without what they told.

A rate that stems from a report is worked out anew without that report, from those of other fleets
and the spread between fleets, before the report is compared with it.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.published.comparison import Comparison
from models.catalog.records import Catalog, Place
from models.catalog.reported_rates import reported_rates
from models.description.quantities import DAY, HOUR
from models.parts import node_failures
from models.parts.facts import Facts
from models.parts.failure import Component
from models.parts.read_stack import StackFile, read_stack
from models.prediction.training_answer import TrainingPrediction
from sim.predict import predict

_YEARS = 100  # of the simulated run
_A100 = (
    "{accelerator: A100-SXM-80GB, accelerators: 8, vcpus: 96, memory: 1 TB, network: 1600 Gbps,"
    " network_link: infiniband-hdr, intra_link: nvswitch2}"
)
_H100 = (
    "{accelerator: H100-SXM-80GB, accelerators: 8, vcpus: 192, memory: 2 TB, network: 3200 Gbps,"
    " network_link: efa-3200g, intra_link: nvswitch3}"
)
_RUN = """
name: run
cloud: on-premises
nodes:
  trainers: {{machine: {machine}, count: {nodes}, spares: {spares}}}
storage:
  data: {{kind: nas, size: 1 PB, bandwidth: 2 TB/s}}
workloads:
  train:
    kind: training
    nodes: trainers
    model: {{parameters: 3e9, forward: 50 TFLOP}}
    dataset:
      {{store: data, samples: {samples}, sample_size: 100 B, preparation: {{where: accelerator}}}}
    epochs: 1
    batch: 4
    rate: 10
    optimizer: adam
    uncertainty: 0 %
    checkpoint: {{store: data, interval: 10 min}}
"""
_SPOT = """
name: spot
cloud: {cloud}
region: {region}
nodes: {{workers: {{instance: {instance}, count: 1, purchase: spot, price: 1 USD/h}}}}
workloads:
  run: {{kind: jobs, nodes: workers, count: 1, each: {{vcpus: 1}}, run_time: 1 h}}
"""


def without(catalog: Catalog, fleet: str) -> Catalog:
    """A catalog that never heard of a fleet, whose rates are of the others alone.

    Arguments:
        catalog: the facts.
        fleet: of a report.
    """
    reports = {name: one for name, one in catalog.failure_reports.items() if name != fleet}
    of_all = reported_rates(catalog.failure_reports.values())
    of_others = reported_rates(reports.values())
    rates = {name: one for name, one in catalog.failure_rates.items() if name not in of_all}
    for name, of in of_others.items():
        if name in catalog.failure_rates:
            low, high = of.mttf / of.factor, of.mttf * of.factor
            given = catalog.failure_rates[name]
            rates[name] = replace(given, mttf=of.mttf, mttf_low=low, mttf_high=high)
    return replace(catalog, failure_reports=reports, failure_rates=rates)


def comparisons(catalog: Catalog) -> list[Comparison]:
    """Fleets, jobs and spot instances beside what is predicted of them.

    Arguments:
        catalog: the facts.
    """
    return [
        *_fleets(catalog),
        _llama(without(catalog, "llama-3")),
        *_jobs_by_size(without(catalog, "rsc-1")),
        _bloom(without(catalog, "bloom")),
        *_spot(catalog),
    ]


def _fleets(catalog: Catalog) -> Iterator[Comparison]:
    """The rate of each fleet that was reported, from the reports of the others."""
    for name, report in catalog.failure_reports.items():
        others = without(catalog, name).failure_rates
        of_all = "gpu-node" if report.place is Place.ON_PREMISES else "cloud-gpu-instance"
        rate = others.get(f"{of_all}-{report.generation}", others[of_all])
        ends = (rate.mttf, rate.mttf_high or rate.mttf, rate.mttf_low or rate.mttf)
        days = [1000 * DAY / time for time in ends]
        yield Comparison(
            f"{name}: {report.generation}, {report.place}",
            "failures in 1,000 node-days, left out",
            1000 * DAY * report.failures / report.node_time,
            days[0],
            days[1],
            days[2],
            report.source.split(":")[0],
        )


def _llama(catalog: Catalog) -> Comparison:
    """Stops of the simulated run, each year at the rate of another fleet."""
    file = _read(
        _RUN.format(machine=_H100, nodes=2048, spares=64, samples=764_411_904_000), catalog
    )
    [answer] = predict(file, catalog, replications=_YEARS).workloads
    assert isinstance(answer, TrainingPrediction)
    low, high = answer.restarts.middle_95
    return Comparison(
        "Llama 3: 54 days on 16,384 H100",
        "stops, simulated, the report left out",
        419,
        answer.restarts.p50.mean,
        low,
        high,
        "Llama Team 2024, arXiv 2407.21783, table 5",
    )


def _jobs_by_size(catalog: Catalog) -> Iterator[Comparison]:
    """Mean time to failure of a job on as many A100; of the chance of a failure there is none."""
    for accelerators, hours in ((16_384, 1.8), (131_072, 0.23)):
        nodes = _nodes(_A100, accelerators // 8, catalog)
        mttf, low, high = (time / nodes.required / HOUR for time in _times(nodes))
        yield Comparison(
            f"RSC: a job on {accelerators:,} A100",
            "h to a failure, RSC-1 left out",
            hours,
            mttf,
            low,
            high,
            "Kokolis et al. 2024, arXiv 2410.21680, figure 7",
        )


def _bloom(catalog: Catalog) -> Comparison:
    mttf, low, high = (time / (7 * DAY) for time in _times(_nodes(_A100, 48, catalog)))
    return Comparison(
        "BLOOM: 384 A100",
        "failures a week, the report left out",
        1.0,
        48 / mttf,
        48 / high,
        48 / low,
        "BigScience, BLOOM training chronicles",
    )


def _spot(catalog: Catalog) -> Iterator[Comparison]:
    """Hours to a reclaim, from what is said of the family or of like instances."""
    for cloud, instance, rate, hours in (
        ("aws", "p3.2xlarge", "spot-reclaim-aws-p3.2xlarge", 431 / 202),
        ("aws", "p3.16xlarge", "spot-reclaim-aws-p3.16xlarge", 0.8),
        ("aws", "p3.16xlarge", "spot-reclaim-aws-p3.16xlarge", 1.2),
        ("gcp", "c3-standard-88", "spot-reclaim-gcp-c3", 60.0),
    ):
        others = {name: one for name, one in catalog.failure_rates.items() if name != rate}
        region = "us-west-2" if cloud == "aws" else "us-central1"
        text = _SPOT.format(cloud=cloud, region=region, instance=instance)
        solved = _read(text, replace(catalog, failure_rates=others)).solved
        [nodes] = (one for one in solved.components if one.name == "workers")
        [reclaim] = (cause for cause in nodes.causes if cause.name == "reclaim")
        mttf, low, high = (time / HOUR for time in _times(replace(nodes, causes=(reclaim,))))
        yield Comparison(
            f"spot: {instance}, {hours:.2g} h",
            f"h to a reclaim, its row left out: {reclaim.rate}",
            hours,
            mttf,
            low,
            high,
            "SkyPilot spot traces of 2022 and 2023 (Wu et al. 2024)",
        )


def _times(nodes: Component) -> tuple[float, float, float]:
    """Mean time to failure of one node, and its interval, s."""
    ends = nodes.mttf_interval()
    assert ends is not None  # nothing is certain of them
    return (nodes.mttf, *ends)


def _nodes(machine: str, count: int, catalog: Catalog) -> Component:
    text = _RUN.format(machine=machine, nodes=count, spares=0, samples=1)
    stack = _read(text, catalog).stack
    return node_failures.component("trainers", stack.nodes["trainers"], stack, Facts(catalog))


def _read(text: str, catalog: Catalog) -> StackFile:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stack.yaml"
        path.write_text(text, encoding="utf-8")
        return read_stack(path, catalog)
