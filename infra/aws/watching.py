"""What of a stack on AWS is watched, and what its nodes do for it; nothing without `alerts`."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from infra.aws.alarms import Built, alarms
from infra.aws.alerts import Alerts, AlertsArguments
from infra.aws.node_group import NodeGroup
from infra.aws.node_metrics import NodeMetrics
from infra.aws.policies import Grant
from infra.builders import Place
from infra.health import health_lines
from infra.stores import BuiltStores
from infra.workloads import BuiltWorkloads
from models.description.quantities import HOUR, MONTH
from models.parts.alarms import watched
from models.parts.solve import SolvedStack

ALERTS = "alerts"


class Watching:
    """The parts of a stack that tell when they are not as they were predicted.

    Arguments:
        solved: the stack.
        place: where it is built.
    """

    def __init__(self, solved: SolvedStack, place: Place) -> None:
        self._solved, self._place, stack = solved, place, solved.stack
        self._metrics = NodeMetrics(stack.name, place.region)
        self._parts = watched(stack, place.facts) if stack.alerts is not None else None

    def grants(self, group: str) -> Iterator[Grant]:
        """What the role of a group needs so that its nodes can report.

        Arguments:
            group: its name.
        """
        parts = self._parts
        if parts and (group in parts.accelerators or group in parts.volumes.values()):
            yield self._metrics.grant()

    def lines(self, group: str, accelerators: int) -> list[str]:
        """Lines of the startup script of a group that watch its nodes.

        Arguments:
            group: its name.
            accelerators: of a node, that can be watched.
        """
        if self._parts is None:
            return health_lines(accelerators)
        stores = [name for name, owner in self._parts.volumes.items() if owner == group]
        told = self._metrics.tell_broken(group)
        return [
            *health_lines(accelerators, told),
            *self._metrics.fullness_lines(group, stores),
        ]

    def build(
        self,
        stores: BuiltStores[Grant],
        workloads: BuiltWorkloads[Grant, NodeGroup],
        node_groups: Mapping[str, NodeGroup],
    ) -> dict[str, Any]:
        """Build alarms, dashboard and budget; the outputs of the Pulumi stack for them.

        Arguments:
            stores: that stand for themselves.
            workloads: that are built.
            node_groups: by name.
        """
        stack, parts = self._solved.stack, self._parts
        if parts is None or stack.alerts is None:
            return {}
        groups = {name: one.group for name, one in node_groups.items()}
        built = Built(groups, stores.filling(), workloads.answering(), self._metrics)
        hourly = math.fsum(line.least_hourly for line in self._solved.cost_lines)
        arguments = AlertsArguments(
            stack.name,
            stack.alerts.email,
            self._place.owner,
            self._place.region,
            hourly * MONTH / HOUR,
            list(alarms(stack, parts, built)),
        )
        return {"dashboards": {stack.name: Alerts(ALERTS, arguments).dashboard}}
