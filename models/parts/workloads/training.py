"""Training: a synchronous data-parallel run, as users describe it."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.description.fields import (
    CatalogName,
    Count,
    CountOrNone,
    Name,
    Part,
    Positive,
    Precision,
    one_of,
)
from models.description.quantities import Computation, Duration, Fraction, Size
from models.description.stack import Workload
from models.parts.workloads.convolutional import ConvolutionalDimensions
from models.parts.workloads.managed_training import ManagedTraining
from models.parts.workloads.program import Program
from models.parts.workloads.transformer import (
    LayoutDescription,
    LowRankDescription,
    TransformerDimensions,
)


class Model(Part):
    """A neural network described by hand, where the catalog has no such network."""

    parameters: Annotated[float, Field(strict=True, gt=0, le=1e14)] = Field(
        description="trainable parameters"
    )
    forward: Annotated[Computation, Positive] = Field(
        description="computation of one forward pass of one sample"
    )
    activations: Size = Field(
        0.0, description="activations kept of one sample, in the training precision"
    )


class RateAt(Part):
    """A rate that was measured with a batch."""

    batch: Annotated[int, Field(strict=True, ge=1, le=10**9)] = Field(
        description="samples of one step on one accelerator"
    )
    rate: Annotated[float, Field(strict=True, gt=0, le=1e12)] = Field(
        description="measured samples/s of one accelerator"
    )


class Preparation(Part):
    """How samples are decoded and augmented."""

    where: Literal["cpu", "accelerator"] = Field(
        "cpu", description="where it happens; on the accelerator it is part of the measured rate"
    )
    rate: Annotated[float, Field(strict=True, gt=0, le=1e9)] | None = Field(
        None, description="samples/s that one vCPU prepares, over the catalog's"
    )


class Dataset(Part):
    """What is read, and from where."""

    store: Name = Field(description="the store that it is read from")
    samples: Annotated[int, Field(strict=True, ge=1, le=10**15)] = Field(
        description="samples of one epoch"
    )
    sample_size: Annotated[Size, Positive] = Field(description="bytes read for one sample")
    object_size: Annotated[Size, Positive] | None = Field(
        None, description="size of the objects that hold the samples; one sample each if not given"
    )
    preparation: Preparation = Field(Preparation(), description="decoding and augmentation")


class Checkpoint(Part):
    """When the state of a run is saved, where and how."""

    store: Name = Field(description="the store that it is written to")
    interval: Literal["optimal", "none"] | Annotated[Duration, Positive] = Field(
        "optimal",
        description="productive time between two; optimal: what loses least; none: only at the end",
    )
    size: Annotated[Size, Positive] | None = Field(
        None, description="bytes of one, over those of the parameters and the optimizer's state"
    )
    sharded: bool = Field(
        False,
        strict=True,
        description="whether every node writes its share, and reads it at a restart; else one node"
        " writes all of it, and every node reads it",
    )
    write_time: Annotated[Duration, Positive] | None = Field(
        None, description="how long one is written, over what the store allows"
    )
    read_time: Duration | None = Field(
        None, description="how long one is read at a restart, over what the store allows"
    )
    asynchronous: bool = Field(
        False,
        strict=True,
        description="whether training goes on while one is written, and waits only for its copy"
        " into main memory",
    )
    stall: Duration | None = Field(
        None,
        description="how long training waits for that copy, over what the accelerators' links"
        " to their host allow",
    )

    @model_validator(mode="after")
    def _stalls_for_a_copy(self) -> "Checkpoint":
        if self.stall is not None and not self.asynchronous:
            raise ValueError(
                "has a stall, which is of asynchronous saving; otherwise training waits for all"
                " of the write_time"
            )
        return self


class ParameterServer(Part):
    """Servers that hold the parameters, to which nodes push gradients, instead of all-reduce."""

    mode: Literal["synchronous", "asynchronous"] = Field(
        "synchronous",
        description="whether an update waits for the gradients of all workers, each a node, or"
        " every gradient is used as soon as it is there, as stale as it may be",
    )
    servers: Count | None = Field(
        None, description="over which the parameters are spread; as many as workers if not given"
    )
    nodes: Name | None = Field(
        None, description="node group of the servers; the workers' own nodes if not given"
    )
    backup_workers: CountOrNone = Field(
        0, description="workers whose gradients an update does not wait for, the slowest"
    )

    @model_validator(mode="after")
    def _waits_for_some(self) -> "ParameterServer":
        if self.mode == "asynchronous" and self.backup_workers:
            raise ValueError("has backup_workers, which are of synchronous updates")
        return self


class SlowNodes(Part):
    """Nodes that compute more slowly than the others: worn, hot or shared."""

    count: Count = Field(description="how many of the nodes")
    factor: Annotated[float, Field(strict=True, ge=1, le=1000)] = Field(
        description="how many times as long they compute"
    )


class Training(Workload):
    """A synchronous data-parallel training run on a node group."""

    kind: Literal["training"]
    nodes: Name = Field(description="the node group that it runs on")
    sagemaker: ManagedTraining | None = Field(
        None,
        description="the training job, where its nodes are instances of SageMaker, such as"
        " ml.p3.2xlarge",
    )
    program: Program | None = Field(
        None, description="what its nodes start, on AWS; if not given it is yours to start"
    )
    network: CatalogName | None = Field(None, description="a neural network of the catalog")
    model: Model | None = Field(None, description="a neural network described by hand, instead")
    transformer: TransformerDimensions | None = Field(
        None, description="a transformer by its dimensions, instead"
    )
    lora: LowRankDescription | None = Field(
        None, description="of a transformer that is fine-tuned by low-rank adaptation"
    )
    convolutional: ConvolutionalDimensions | None = Field(
        None, description="a convolutional network by its architecture, instead"
    )
    layout: Literal["auto"] | LayoutDescription = Field(
        "auto",
        description="of a transformer over the accelerators; auto: the fastest of those that fit",
    )
    dataset: Dataset = Field(description="what it learns from")
    epochs: Annotated[float, Field(strict=True, gt=0, le=1e6)] = Field(
        description="passes over the data set"
    )
    batch: Count | None = Field(None, description="samples of one step on one accelerator")
    global_batch: Count | None = Field(
        None, description="samples of one step on all accelerators, instead"
    )
    precision: Precision = Field("fp16", description="precision of the computation")
    gradient_precision: Precision = Field(
        "fp16", description="precision of the gradients on the wire"
    )
    optimizer: Literal["sgd", "momentum", "adam", "adam-bf16"] = Field(
        "momentum",
        description="decides what is kept for a parameter; adam-bf16: its state in bf16, and no"
        " master copy of the parameters",
    )
    software: CatalogName = Field(
        "pytorch",
        description="software of the catalog: its measured rates, its overlap, its jitter",
    )
    rate: Annotated[float, Field(strict=True, gt=0, le=1e12)] | None = Field(
        None, description="measured samples/s of one accelerator, over the catalog's and `rates`"
    )
    rates: tuple[RateAt, ...] = Field(
        (),
        description="measured samples/s of one accelerator with two batches or more, over the"
        " catalog's: a step is a part that is fixed, and one for each sample",
    )
    efficiency: Fraction | None = Field(
        None, description="share of the peak rate reached, where no rate was measured"
    )
    overlap: bool | None = Field(
        None,
        strict=True,
        description="whether communication hides behind the backward pass, over the software's",
    )
    jitter: Duration | None = Field(
        None, description="standard deviation of one accelerator's step, over the software's"
    )
    uncertainty: Fraction | None = Field(
        None, description="relative standard error of the step time, over the calibrated one"
    )
    parameter_server: ParameterServer | None = Field(
        None, description="synchronisation by parameter servers instead of all-reduce"
    )
    slow_nodes: SlowNodes | None = Field(
        None, description="nodes for which the others wait, unless updates are asynchronous"
    )
    startup: Duration = Field(
        120.0, description="from nodes ready to the first step, at the start and after each failure"
    )
    detection: Duration = Field(60.0, description="from a failure to its discovery")
    checkpoint: Checkpoint = Field(description="how its state is saved")

    @model_validator(mode="after")
    def _one_network(self) -> "Training":
        for keys in (
            ("network", "model", "transformer", "convolutional"),
            ("batch", "global_batch"),
        ):
            wrong = one_of(self, *keys)
            if wrong is not None:
                raise ValueError(wrong)
        if self.transformer is None and self.layout != "auto":
            raise ValueError("has a layout, which is of a transformer")
        if self.transformer is not None and self.parameter_server is not None:
            raise ValueError("has parameter_server, which a transformer in a layout does not know")
        if self.lora is not None and self.transformer is None:
            raise ValueError("has lora, which is of a transformer")
        if self.sagemaker is not None and self.parameter_server is not None:
            raise ValueError("has parameter_server, which a job of SageMaker does not know")
        batches = {one.batch for one in self.rates}
        if len(batches) < len(self.rates):
            raise ValueError("has rates of one batch twice; give one of each batch")
        if len(batches) == 1:
            raise ValueError("has rates of one batch alone; give another, or 'rate'")
        return self
