"""The log of a stream on AWS: provisioned shards of Kinesis, encrypted."""

from collections.abc import Iterator
from dataclasses import dataclass

import pulumi
from pulumi_aws import kinesis

from infra.aws.policies import Grant, allow
from infra.names import tags, unique_name
from models.parts.solve import SolvedStack
from models.parts.workloads.stream import Operator, Stream

ACTIONS = {
    "read": [
        "kinesis:DescribeStreamSummary",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
    ]
}
LONGEST_STREAM = 128  # characters of its name
SENT = {"read": ["kinesis:SubscribeToShard"]}  # of a consumer with enhanced fan-out


@dataclass(frozen=True)
class ShardsArguments:
    """What the log of a source is made of.

    Arguments:
        stack: name of the stack.
        count: of its shards.
        readers: node groups whose operators read it.
        fan_out: consumers are sent what comes.
    """

    stack: str
    count: int
    readers: frozenset[str]
    fan_out: bool


class Shards(pulumi.ComponentResource):
    """A stream of Kinesis with as many shards as were predicted.

    Attributes:
        address: its name.
    """

    def __init__(
        self, name: str, arguments: ShardsArguments, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("windtunnel:aws:Shards", name, None, opts)
        stream = kinesis.Stream(
            name,
            name=unique_name(arguments.stack, name, longest=LONGEST_STREAM),
            shard_count=arguments.count,
            stream_mode_details={"stream_mode": "PROVISIONED"},
            # With the key that AWS keeps for Kinesis, which needs no permission of a role.
            encryption_type="KMS",
            kms_key_id="alias/aws/kinesis",
            tags=tags(arguments.stack, name),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self._arguments, self._arn = arguments, stream.arn
        self.address = stream.name
        self.register_outputs({"arn": self._arn, "stream": self.address})

    def grants(self, group: str) -> Iterator[Grant]:
        """What lets the role of a node group read it, where its operators do.

        Arguments:
            group: its name.
        """
        if group not in self._arguments.readers:
            return
        yield Grant(self._arn, lambda arn: [allow(ACTIONS, ["read"], arn)])
        if self._arguments.fan_out:
            # A consumer has an ARN of its own, below that of the stream.
            yield Grant(self._arn, lambda arn: [allow(SENT, ["read"], f"{arn}/consumer/*")])


def planned(solved: SolvedStack) -> dict[str, ShardsArguments]:
    """The shards of all sources that are kept in Kinesis, by workload and source.

    Arguments:
        solved: the stack.

    Raises:
        pulumi.RunError: a log that is not built.
    """
    found = {}
    for name, workload in solved.workloads.items():
        stream = workload.described
        if not isinstance(stream, Stream):
            continue
        if stream.log.kafka is not None and stream.log.kafka.service is not None:
            raise pulumi.RunError(
                f"workloads.{name}.log.kafka.service: brokers of {stream.log.kafka.service} can be"
                " predicted and are not built; name the `nodes` of your own brokers"
            )
        if stream.log.kinesis is None:
            continue
        for source, log in workload.answer.logs.items():
            found[f"{name}.{source}"] = ShardsArguments(
                solved.stack.name, log.places, _readers(stream, source), stream.log.kinesis.fan_out
            )
    return found


def _readers(stream: Stream, source: str) -> frozenset[str]:
    steps = (stream.steps[one] for one in stream.feeds(source))
    return frozenset(one.nodes for one in steps if isinstance(one, Operator))
