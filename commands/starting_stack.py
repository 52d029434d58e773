"""Stack files to start from: a kind of workload at a place, each line with what it is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["training", "endpoint", "jobs", "batch", "stream", "edge"]
Place = Literal["aws", "gcp", "on-premises"]


@dataclass(frozen=True)
class Start:
    """What a new stack file is made of.

    Arguments:
        name: of the stack.
        kind: of its workload.
        place: a cloud, or on premises.
        region: of the cloud; empty for the place's usual one.
        instance: of the nodes; empty for one that fits the kind.
        nodes: how many.
        purchase: how a cloud sells them.
        accelerated: the instance has accelerators.
    """

    name: str
    kind: Kind
    place: Place
    region: str = ""
    instance: str = ""
    nodes: int = 4
    purchase: Literal["on_demand", "spot", "reserved"] = "on_demand"
    accelerated: bool = True


_REGIONS: dict[Place, tuple[str, str]] = {
    "aws": ("us-east-1", "us-east-1a"),
    "gcp": ("us-central1", "us-central1-a"),
}
_INSTANCES: dict[tuple[Place, Kind], str] = {
    ("aws", "training"): "p4d.24xlarge",
    ("aws", "endpoint"): "g4dn.xlarge",
    ("aws", "jobs"): "c5.18xlarge",
    ("aws", "batch"): "r5.24xlarge",
    ("aws", "stream"): "c5.18xlarge",
    ("aws", "edge"): "g6.xlarge",
    ("gcp", "training"): "a2-highgpu-8g",
    ("gcp", "endpoint"): "g2-standard-8",
    ("gcp", "jobs"): "n1-standard-96",
    ("gcp", "batch"): "n2-highmem-80",
    ("gcp", "stream"): "n1-standard-96",
    ("gcp", "edge"): "g2-standard-8",
    ("on-premises", "training"): "dgx-1-p100",
    ("on-premises", "endpoint"): "dgx-1-p100",
    ("on-premises", "jobs"): "dgx-1-p100",
    ("on-premises", "batch"): "dgx-1-p100",
    ("on-premises", "stream"): "dgx-1-p100",
    ("on-premises", "edge"): "dgx-1-p100",
}
_OBJECTS = {"aws": "s3-standard", "gcp": "gcs-standard"}
_FILES = {
    "aws": ("fsx-lustre-scratch-2", "1200 GiB"),
    "gcp": ("filestore-basic-ssd", "2560 GiB"),
}
_PERMISSIONS: dict[Kind, tuple[tuple[str, str], ...]] = {
    "training": (("data", "read"), ("checkpoints", "read_write")),
    "jobs": (("results", "write"),),
    "batch": (("data", "read_write"),),
}


def text_of(start: Start) -> str:
    """The file, YAML with comments.

    Arguments:
        start: what it is made of.
    """
    parts = [_head(start), _nodes(start), _storage(start), _identities(start), _workload(start)]
    return "\n".join(part for part in parts if part)


def _head(start: Start) -> str:
    lines = [
        "# Begun by `windtunnel init`. Change what is not yours, then",
        "#   windtunnel predict FILE    what it will do and cost",
        "#   windtunnel report FILE     the same as a report to hand on",
        "# Every key is explained in docs/stack-file.md; `windtunnel catalog` lists what there is.",
        f"name: {start.name}",
        f"cloud: {start.place}",
    ]
    if start.place == "on-premises":
        return "\n".join([*lines, _FACILITY])
    region, zone = _REGIONS[start.place]
    lines.append(f"region: {start.region or region}    # windtunnel catalog regions")
    if not start.region or start.region == region:
        lines.append(f"zones: [{zone}]    # more zones stand more failures")
    return "\n".join([*lines, ""])


_FACILITY = """
facility:                 # the building; what is redundant in it decides how often all is dark
  pue: 1.4                # power of the whole building to that of its computers
  power:
    feeds: 2
    ups: {redundancy: N+1, capacity: 100 kW, autonomy: 10 min}
    generators: {redundancy: N+1, capacity: 200 kW, start: 15 s, fuel: 48 h}
  cooling: {redundancy: N+1, capacity: 100 kW}
  racks: 4
  nodes_per_rack: 8
  electricity: {price: 0.12 USD/kWh, grid: germany}
"""


def _nodes(start: Start) -> str:
    instance = start.instance or _INSTANCES[start.place, start.kind]
    lines = [
        "nodes:",
        "  workers:",
        f"    instance: {instance}    # windtunnel catalog instances",
        f"    count: {start.nodes}",
    ]
    if start.place == "on-premises":
        lines += [
            "    spares: 1             # take over when a node fails",
            "    power: 3.2 kW         # of one node at work",
            "    price: 12 USD/h       # of one node, written off over its life",
        ]
    else:
        lines.append(f"    purchase: {start.purchase}   # on_demand, spot or reserved")
    return "\n".join([*lines, ""])


def _storage(start: Start) -> str:
    if start.kind in ("endpoint", "stream", "edge"):
        return ""
    name = "results" if start.kind == "jobs" else "data"
    if start.place == "on-premises":
        lines = ["storage:", *_array(name)]
        lines += _array("checkpoints") if start.kind == "training" else []
        return "\n".join([*lines, ""])
    lines = [
        "storage:",
        f"  {name}:",
        "    kind: object",
        f"    service: {_OBJECTS[start.place]}",
        "    size: 150 GB",
    ]
    if start.kind == "training":
        service, size = _FILES[start.place]
        lines += [
            "  checkpoints:",
            "    kind: nas",
            f"    service: {service}",
            f"    size: {size}",
        ]
    return "\n".join([*lines, ""])


def _identities(start: Start) -> str:
    """The role of the nodes, without which a cloud lets them at no store."""
    permissions = _PERMISSIONS.get(start.kind, ())
    if start.place == "on-premises" or not permissions:
        return ""
    lines = [
        "identities:",
        "  worker:                 # the role of the nodes; it may what is listed here alone",
        "    nodes: workers",
        "    permissions:",
        *(f"      - {{store: {store}, access: {access}}}" for store, access in permissions),
    ]
    return "\n".join([*lines, ""])


def _array(name: str) -> list[str]:
    return [
        f"  {name}:",
        "    kind: raid",
        '    level: "6"            # any two of its disks may fail',
        "    disks: 8",
        "    disk: nvme-ssd        # windtunnel catalog disks",
        "    bandwidth: 100 Gbps   # link of the server that they are in",
        "    price: 600 USD/month  # disks and server, written off over their life",
    ]


def _workload(start: Start) -> str:
    text = _WORKLOADS[start.kind].replace("REPLICAS", str(start.nodes))
    text = text.replace("COPIES", str(min(3, start.nodes)))
    if start.accelerated:
        return text
    return text.replace(_OF_REPLICAS, "").replace(_COMPUTED, _MEASURED)


_TRAINING = """\
workloads:
  train:
    kind: training
    nodes: workers
    network: resnet-50        # of the catalog, or describe your own
    dataset:
      store: data
      samples: 1281167
      sample_size: 110 kB
      object_size: 128 MB     # samples are packed in objects of this size
      preparation: {where: accelerator}
    epochs: 90
    batch: 64                 # samples on one accelerator
    precision: fp32
    optimizer: momentum
    checkpoint:
      store: checkpoints
      interval: optimal       # or a time such as 30 min

objectives:                   # what must hold; exit code 1 where it does not
  deadline: {workload: train, within: 12 h, probability: 95 %}
  availability: {at_least: 95 %, probability: 80 %}
  # budget: {at_most: 1000 USD, probability: 95 %}
"""
_OF_REPLICAS = "        accelerators: 1       # of each replica\n"
_ENDPOINT = """\
workloads:
  serve:
    kind: endpoint
    requests: {rate: 20/s}    # of all users together, at random
    target: 500 ms            # the response that each should be within
    stages:
      model:
        nodes: workers
        replicas: REPLICAS
        accelerators: 1       # of each replica
        service: {distribution: exponential, mean: 50 ms}    # as you measured it
        startup: {distribution: deterministic, value: 90 s}  # a replica loads the model first

objectives:                   # what must hold; exit code 1 where it does not
  latency: {workload: serve, percentile: 95, at_most: 500 ms}
  loss: {workload: serve, at_most: 0.1 %}
  # monthly_cost: {at_most: 5000 USD}
"""
_JOBS = """\
workloads:
  search:
    kind: jobs
    nodes: workers
    grid:                     # one job for each combination
      learning rate: [0.1, 0.03, 0.01, 0.003]
      layers: [1, 2, 3]
    run_time: 25 min          # of one job, as you measured it
    each: {vcpus: 4, memory: 4 GB}
    discipline: fcfs
    output: {store: results, size: 50 MB}

objectives:                   # what must hold; exit code 1 where it does not
  deadline: {workload: search, within: 4 h, probability: 95 %}
  # budget: {at_most: 100 USD, probability: 95 %}
"""
_BATCH = """\
workloads:
  count:
    kind: batch
    engine: spark             # or hadoop
    nodes: {core: workers}    # and master, and task, where those are groups of their own
    container: {vcpus: 4, memory: 16 GB}
    stages:
      map:
        input: {store: data, size: 100 GB}   # a task for each 128 MiB
        rate: 50 MB/s         # of one container, as you measured it
        shuffle: 10 GB        # or `records`, `keys` and `pair`, with a combiner
      reduce:
        after: [map]
        tasks: 64
        rate: 50 MB/s
        output: {store: data, size: 1 GB}
    variation: 0.2            # of the times of equal tasks
    fee: 0 USD/h              # of a node; instead `service: emr` with its `release` on AWS

objectives:                   # what must hold; exit code 1 where it does not
  deadline: {workload: count, within: 1 h, probability: 95 %}
  # budget: {at_most: 50 USD, probability: 95 %}
"""
_STREAM = """\
workloads:
  clicks:
    kind: stream
    sources:
      site:
        rate: 5000/s          # of all producers together, at random
        size: 500 B           # of one event
        keys: {count: 10000, skew: 0.5}    # users; 0 if all come equally often
        producers: 6
    log:
      kafka: {nodes: workers, partitions: 24, replicas: COPIES, append: 10 ms, retention: 24 h}
    operators:
      counts:
        inputs: [site]
        nodes: workers
        instances: 12         # each takes one event at a time
        by_key: true
        service: {distribution: exponential, mean: 1 ms}     # as you measured it
        window: {fixed: 5 s, watermark: 500 ms}
    sinks:
      dashboard: {inputs: [counts]}
    checkpoint: {interval: 1 min, restart: 20 s}

objectives:                   # what must hold; exit code 1 where it does not
  latency: {workload: clicks, percentile: 95, at_most: 2 s}
  loss: {workload: clicks, at_most: 1 %}
  # monthly_cost: {at_most: 5000 USD}
"""
_COMPUTED = "      efficiency: 40 %        # of the peak of its accelerator\n"
_MEASURED = "      rate: 20/s              # frames that one replica was measured to work on\n"
_EDGE = """\
workloads:
  cameras:
    kind: edge
    place: cloud              # or edge; the other is held against it
    sensors:
      count: 8
      rate: 10/s              # frames of each
      size: 60 kB             # of a frame as it is sent
      image: {width: 1280, height: 720}
    networks:                 # operations for an image of such a size, scaled to the frame's
      detect: {computation: 7.72 Gop, image: {width: 225, height: 225}}
    device:                   # beside the sensors
      count: 8
      peak: 21 TOPS
      efficiency: 30 %
      power: 20 W
      electricity: 0.15 USD/kWh
      price: 500 USD
      mttf: 5 years
      mttr: 2 days
    link:                     # to the cloud
      bandwidth: 100 Mbps
      round_trip: 20 ms
      mttf: 30 days
      mttr: 2 h
      buffer: 10 GB           # of frames, kept while it is away
      monthly: 100 USD
    cloud:
      nodes: workers
      replicas: REPLICAS
      efficiency: 40 %        # of the peak of its accelerator

objectives:                   # what must hold; exit code 1 where it does not
  latency: {workload: cameras, percentile: 95, at_most: 200 ms}
  loss: {workload: cameras, at_most: 1 %}
  # monthly_cost: {at_most: 5000 USD}
"""
_WORKLOADS: dict[Kind, str] = {
    "training": _TRAINING,
    "endpoint": _ENDPOINT,
    "jobs": _JOBS,
    "batch": _BATCH,
    "stream": _STREAM,
    "edge": _EDGE,
}
