"""Jobs that nodes on AWS take from a queue of SQS; what fails three times is put aside."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi
from pulumi_aws import sqs, ssm

from infra.aws.node_door import FETCH, may, node_door, places, read_package, state_name
from infra.aws.node_group import NodeGroup
from infra.aws.policies import Grant
from infra.aws.site import Site
from infra.builders import BuiltWorkload, NodeSide
from infra.names import plain_name, tags
from infra.queue_run import QueueDoor, QueueRun, values_of
from models.parts.workloads.jobs import Jobs
from models.parts.workloads.program import Program
from models.queueing.distributions import mean

LONGEST_NAME = 80  # characters of a queue
TRIES = 3
KEPT = 14 * 86_400  # seconds that a job waits at the most, which is the most that SQS keeps one
# Amazon SQS developer guide, "Amazon SQS visibility timeout": 12 hours at the most (2026-11-28).
_VISIBLE_AGAIN = (60, 43_200)


class QueuedJobs(BuiltWorkload[Grant, NodeGroup]):
    """A queue of jobs, one for those that fail, and the parameter that has their state."""

    def __init__(
        self,
        name: str,
        jobs: Jobs,
        program: Program,
        at_once: int,
        site: Site,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build it.

        Arguments:
            name: of the workload.
            jobs: as described, with a grid of values.
            program: that each of them is.
            at_once: jobs on a node.
            site: where it is built.
            opts: of the component.
        """
        super().__init__("windtunnel:aws:QueuedJobs", name, None, opts)
        self._name, self._jobs, self._program, self._site = name, jobs, program, site
        self._at_once = at_once
        self._inside = pulumi.ResourceOptions(parent=self)
        stack = site.place.stack.name
        self._state = state_name(stack, name)
        self._parameter = ssm.Parameter(
            name,
            name=self._state,
            type="String",
            insecure_value="Described",
            description=f"How {name} of {stack} goes",
            tags=tags(stack, name),
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["insecureValue"]),
        )
        aside = self._queue(f"{name}.failed")
        self._waiting = self._queue(
            name,
            visibility_timeout_seconds=self._again,
            redrive_policy=aside.arn.apply(
                lambda arn: json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": TRIES})
            ),
        )
        self._aside = aside
        self.register_outputs({"queue": self._waiting.url})

    def outputs(self) -> Mapping[str, Mapping[str, pulumi.Output[Any]]]:
        return {
            "states": {self._name: self._parameter.name},
            "queues": {self._name: self._waiting.url, f"{self._name}.failed": self._aside.url},
        }

    def grants(self, group: str) -> Iterator[Grant]:
        if group != self._jobs.nodes:
            return
        yield from read_package(self._program, self._state, self._site.place)
        yield Grant(
            self._waiting.arn,
            lambda arn: [
                may(
                    arn,
                    "sqs:ChangeMessageVisibility",
                    "sqs:DeleteMessage",
                    "sqs:GetQueueAttributes",
                    "sqs:ReceiveMessage",
                    "sqs:SendMessage",
                )
            ],
        )

    def node_side(self, group: str) -> NodeSide:
        if group != self._jobs.nodes:
            return NodeSide()
        found = places(self._site, group)
        known = pulumi.Output.all(self._waiting.url, *found.values())
        run = known.apply(lambda one: self._run(one[0], dict(zip(found, one[1:], strict=True))))
        return NodeSide(
            startup=[run.apply(lambda one: "\n".join(one.startup()))],
            first=[run.apply(lambda one: one.first())],
        )

    @property
    def _again(self) -> int:
        """Time after which a job of a node that is gone comes back, s."""
        least, most = _VISIBLE_AGAIN
        time = 0.0 if self._jobs.run_time is None else mean(self._jobs.run_time)
        return min(most, max(least, math.ceil(2 * time)))

    def _queue(self, name: str, **settings: Any) -> sqs.Queue:
        stack = self._site.place.stack.name
        return sqs.Queue(
            name,
            name=plain_name(stack, name, longest=LONGEST_NAME),
            message_retention_seconds=KEPT,
            sqs_managed_sse_enabled=True,
            tags=tags(stack, name),
            opts=self._inside,
            **settings,
        )

    def _run(self, queue: str, variables: Mapping[str, str]) -> QueueRun:
        place, again = self._site.place, self._again
        where = f"--region {place.region} --queue-url {queue}"
        sqs_ = "timeout 60 aws sqs"
        attributes = "ApproximateNumberOfMessages ApproximateNumberOfMessagesNotVisible"
        bodies = {
            **node_door(place, self._jobs.nodes, self._state),
            "send": f'{sqs_} send-message {where} --message-body "$1" >/dev/null',
            "receive": f"{sqs_} receive-message {where} --wait-time-seconds 20"
            " --query 'Messages[0].[ReceiptHandle,Body]' --output text | grep -v '^None'",
            "keep": f'{sqs_} change-message-visibility {where} --receipt-handle "$1"'
            f" --visibility-timeout {again}",
            "finish": f'{sqs_} delete-message {where} --receipt-handle "$1"',
            "waiting": f"{sqs_} get-queue-attributes {where} --attribute-names {attributes}"
            " --query 'sum(values(Attributes)[].to_number(@))' --output text",
        }
        return QueueRun(
            self._name,
            self._program.command,
            self._program.package,
            values_of(self._jobs),
            self._at_once,
            again // 2,
            {"AWS_REGION": place.region, **variables},
            QueueDoor(bodies, FETCH),
        )
