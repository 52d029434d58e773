"""The description of MapReduce and Spark: stages of tasks that wait for each other."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.description.fields import Count, FileName, Name, Part, Positive
from models.description.quantities import Bandwidth, Duration, Fraction, HourlyPrice, Size
from models.description.stack import Workload
from models.description.text_patterns import Pattern

MOST_TASKS = 1_000_000
MOST_STAGES = 500  # with those of all iterations
Amount = Annotated[float, Field(strict=True, gt=0, le=1e6)]
MIB = 2.0**20
RunColumn = Literal["machines", "scale", "time"]
Application = Literal[  # of EMR releases 6 and 7, as it writes them
    "Hadoop", "Spark", "Livy", "Hive", "HBase", "HCatalog", "Flink", "Hue", "JupyterHub",
    "JupyterEnterpriseGateway", "Oozie", "Phoenix", "Pig", "Presto", "Sqoop", "TensorFlow", "Tez",
    "Trino", "Zeppelin", "ZooKeeper", "Delta", "Hudi", "Iceberg", "AmazonCloudWatchAgent",
]  # fmt: skip


class YarnContainer(Part):
    """What YARN gives each task."""

    vcpus: Amount = Field(1.0, description="vCPUs of each task")
    memory: Annotated[Size, Positive] = Field(description="main memory of each task")


class BatchNodes(Part):
    """The node groups of a cluster, as EMR calls them."""

    master: Name | None = Field(
        None, description="the node group of the resource manager, the namenode and the driver"
    )
    core: Name = Field(description="the node group that runs tasks and holds HDFS, where it is")
    task: Name | None = Field(
        None, description="a node group that runs tasks alone, and whose loss loses no data"
    )


class HdfsOnNodes(Part):
    """HDFS on the disks of the core nodes."""

    store: Name = Field(description="the disks of the core nodes: a store of kind block or local")
    replication: Annotated[int, Field(strict=True, ge=1, le=10)] = Field(
        3, description="replicas of each block, on different core nodes"
    )


class BatchData(Part):
    """What a stage reads or writes in a store."""

    store: Name = Field(description="a store; that of hdfs means HDFS")
    size: Annotated[Size, Positive] = Field(description="bytes of all tasks together")


class Pairs(Part):
    """Key-value pairs that tasks write for the stages after them."""

    records: Annotated[float, Field(strict=True, gt=0, le=1e15)] = Field(
        description="records of all tasks together"
    )
    keys: Annotated[int, Field(strict=True, ge=1, le=10**12)] = Field(
        description="keys that differ, all equally likely"
    )
    pair: Annotated[Size, Positive] = Field(description="bytes of one pair")
    combine: bool = Field(
        True,
        strict=True,
        description="each task sends one pair for each key that it has met, as a combiner,"
        " reduceByKey and combineByKey do; without, one for each record, as groupByKey does",
    )


class BatchStage(Part):
    """Equal tasks that may run side by side: a map, a reduce, a stage of Spark."""

    after: tuple[Name, ...] = Field(
        (),
        max_length=50,
        description="stages that must be complete before; it fetches what they shuffle",
    )
    input: BatchData | None = Field(None, description="what its tasks read")
    split: Annotated[Size, Positive] = Field(
        128 * MIB,
        description="bytes of input of one task, a block of HDFS, where tasks is not given",
    )
    tasks: Annotated[int, Field(strict=True, ge=1, le=MOST_TASKS)] | None = Field(
        None, description="how many tasks; one for each split of its input without it"
    )
    time: Duration | None = Field(None, description="what one task computes, in a container")
    rate: Annotated[Bandwidth, Positive] | None = Field(
        None, description="bytes of input, or of what it fetches, that a container works through"
    )
    shuffle: Annotated[Size, Positive] | Pairs | None = Field(
        None,
        description="what all tasks write for the stages after them, on the disks of their nodes:"
        " a size, or pairs",
    )
    output: BatchData | None = Field(None, description="what its tasks write into a store")
    broadcast: Size = Field(0.0, description="bytes that every node fetches before its tasks")
    cache: bool = Field(
        False,
        strict=True,
        description="Spark keeps its input in memory, so that iterations after the first read what"
        " has no room there alone; Hadoop reads all of it each time",
    )

    @model_validator(mode="after")
    def _does_something(self) -> "BatchStage":
        if self.tasks is None and self.input is None:
            raise ValueError("has no input to be split; say how many `tasks` it has")
        if self.time is not None and self.rate is not None:
            raise ValueError("has a time and a rate; give one of them")
        if self.cache and self.input is None:
            raise ValueError("has a cache without an input")
        return self


class Iterations(Part):
    """Stages that are run again and again."""

    count: Annotated[int, Field(strict=True, ge=1, le=MOST_STAGES)] = Field(
        description="how many times"
    )
    stages: tuple[Name, ...] = Field(
        min_length=1,
        max_length=50,
        description="which; those that wait for none of them wait for the iteration before",
    )


class Stragglers(Part):
    """Tasks that are slower than the others for no reason of their own."""

    share: Fraction = Field(description="share of the tasks")
    slowdown: Annotated[float, Field(strict=True, ge=1, le=1000)] = Field(
        description="times as long as they would take"
    )


class Speculation(Part):
    """Copies of tasks that take long, on other nodes; the first to end counts."""

    quantile: Annotated[Fraction, Positive] = Field(
        0.9, description="share of the tasks of a stage that must be complete before any is copied"
    )
    multiplier: Annotated[float, Field(strict=True, ge=1, le=1000)] = Field(
        3.0, description="times the median of those that are complete, after which one is copied"
    )


class RunsFile(Part):
    """Measured runs of the same job: a CSV file beside the description."""

    file: FileName = Field(
        description="name of the file, in the folder of the description or below: a run a line"
    )
    columns: dict[RunColumn, Annotated[str, Field(min_length=1, max_length=200)]] = Field(
        {},
        description="headers by what they hold, where they differ from it: machines, time"
        " (seconds), and scale of the data, 1 without such a column",
    )
    counts: Literal["nodes", "containers"] = Field(
        "nodes", description="what the machines of the runs are here"
    )
    scale: Annotated[float, Field(strict=True, ge=0, le=1e15)] = Field(
        1.0, description="of the data of this job, in the unit of the runs"
    )


class BatchJob(Workload):
    """MapReduce or Spark on a cluster with YARN: a graph of stages, each of equal tasks."""

    kind: Literal["batch"]
    engine: Literal["spark", "hadoop"] = Field(
        "spark", description="spark keeps in memory what is cached; hadoop reads it again"
    )
    nodes: BatchNodes = Field(description="the node groups that it runs on")
    container: YarnContainer = Field(description="what YARN gives each task")
    slots: Count | None = Field(
        None, description="tasks of a node at the most, if fewer than containers fit"
    )
    reserved: Size | None = Field(
        None,
        description="memory of each node that no container gets; without it 8 GiB, and a quarter of"
        " nodes of less than 32 GiB, as EMR has it",
    )
    service: Literal["emr"] | None = Field(
        None, description="the service that runs the cluster; without it nodes of your own do"
    )
    release: (
        Annotated[
            str, Pattern(r"emr-[4-9]\.[0-9]{1,2}\.[0-9]{1,2}", "a release, such as emr-7.5.0")
        ]
        | None
    ) = Field(None, description="release of the service, such as emr-7.5.0")
    applications: tuple[Application, ...] = Field(
        (),
        max_length=20,
        description="what the service installs; without them Hadoop, and Spark where that is the"
        " engine",
    )
    notebook: Name | None = Field(
        None,
        description="a node group whose nodes, and no others, reach Livy on the master; without it"
        " nobody does",
    )
    hdfs: HdfsOnNodes | None = Field(None, description="HDFS on the disks of the core nodes")
    scratch: tuple[Name, ...] = Field(
        (),
        max_length=10,
        description="disks of node groups, of kind block or local, that hold what is shuffled and"
        " spilled; without them that stays in memory",
    )
    stages: dict[Name, BatchStage] = Field(
        min_length=1, max_length=100, description="the stages by name"
    )
    iterations: Iterations | None = Field(None, description="stages that are run again and again")
    fee: HourlyPrice | None = Field(
        None,
        description="what is billed for each node beside its price; without it what the catalog has"
        " of the service",
    )
    runs: RunsFile | None = Field(
        None, description="measured runs, to which Ernest's law is fitted"
    )
    startup: Duration = Field(0.0, description="from the submission to the first task")
    task_startup: Duration = Field(
        0.0, description="of each task before it works, such as the start of a Java machine"
    )
    variation: Annotated[float, Field(strict=True, ge=0, le=10)] = Field(
        0.0, description="coefficient of variation of the times of equal tasks, log-normal"
    )
    stragglers: Stragglers | None = Field(None, description="tasks that are slower than the others")
    speculation: Speculation | None = Field(None, description="copies of tasks that take long")

    @property
    def installed(self) -> tuple[Application, ...]:
        """What the service installs; nothing where no service runs the cluster."""
        if self.service is None:
            return ()
        return self.applications or (("Hadoop", "Spark") if self.engine == "spark" else ("Hadoop",))

    def fetched(self, name: str) -> tuple[str, ...]:
        """The stages whose shuffled data one fetches.

        Arguments:
            name: of the stage.
        """
        return tuple(one for one in self.stages[name].after if self.stages[one].shuffle is not None)

    def order(self) -> tuple[str, ...]:
        """The stages, each after those that it waits for; without those on a circle."""
        found: dict[str, None] = {}
        left = list(self.stages)
        while left:
            ready = [name for name in left if all(one in found for one in self.stages[name].after)]
            if not ready:
                break
            found |= dict.fromkeys(ready)
            left = [name for name in left if name not in found]
        return tuple(found)
