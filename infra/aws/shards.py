"""The log of a stream on AWS: provisioned shards of Kinesis, encrypted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import kinesis

from infra.aws.node_group import NodeGroup
from infra.aws.policies import Grant, allow
from infra.builders import BuiltWorkload
from infra.names import tags, unique_name

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


class Shards(BuiltWorkload[Grant, NodeGroup]):
    """The log of a stream: for each of its sources a stream of Kinesis with its shards."""

    def __init__(
        self,
        name: str,
        sources: Mapping[str, ShardsArguments],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build it.

        Arguments:
            name: of the workload.
            sources: by name.
            opts: of the component.
        """
        super().__init__("windtunnel:aws:Shards", name, None, opts)
        self._sources = sources
        self._streams = {
            source: kinesis.Stream(
                f"{name}.{source}",
                name=unique_name(one.stack, f"{name}.{source}", longest=LONGEST_STREAM),
                shard_count=one.count,
                stream_mode_details={"stream_mode": "PROVISIONED"},
                # With the key that AWS keeps for Kinesis, which needs no permission of a role.
                encryption_type="KMS",
                kms_key_id="alias/aws/kinesis",
                tags=tags(one.stack, f"{name}.{source}"),
                opts=pulumi.ResourceOptions(parent=self),
            )
            for source, one in sources.items()
        }
        self._names = {f"{name}.{source}": one.name for source, one in self._streams.items()}
        self.register_outputs(self._names)

    def outputs(self) -> Mapping[str, Mapping[str, pulumi.Output[Any]]]:
        return {"streams": self._names}

    def grants(self, group: str) -> Iterator[Grant]:
        for source, one in self._sources.items():
            if group not in one.readers:
                continue
            arn = self._streams[source].arn
            yield Grant(arn, lambda arn: [allow(ACTIONS, ["read"], arn)])
            if one.fan_out:
                # A consumer has an ARN of its own, below that of the stream.
                yield Grant(arn, lambda arn: [allow(SENT, ["read"], f"{arn}/consumer/*")])
