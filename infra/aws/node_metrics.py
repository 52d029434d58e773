"""What nodes on AWS report themselves: how full their volumes are, and that they are broken."""

from collections.abc import Sequence
from dataclasses import dataclass

from infra.aws.policies import Grant
from infra.measures import Metric
from infra.names import unique_name
from infra.startup import HOME
from models.parts.alarms import REPORTED_EVERY

BROKEN, FULL = "BrokenAccelerators", "Fullness"
_SCRIPT = f"""\
mkdir -p {HOME}
cat >{HOME}/fullness <<'END'
#!/bin/bash
# Tells how full the volumes of this node are, in per cent.
for store in STORES; do
    used=$(df --output=pcent "/mnt/$store" | tail -n 1 | tr -dc 0-9)
    TELL
done
END
chmod 755 {HOME}/fullness
cat >/etc/systemd/system/windtunnel-fullness.service <<'END'
[Unit]
Description=How full the volumes of this node are
[Service]
Type=oneshot
ExecStart={HOME}/fullness
END
cat >/etc/systemd/system/windtunnel-fullness.timer <<'END'
[Unit]
Description=Looks at the volumes of this node
[Timer]
OnActiveSec={REPORTED_EVERY}s
OnUnitActiveSec={REPORTED_EVERY}s
[Install]
WantedBy=timers.target
END
systemctl daemon-reload && systemctl enable --now windtunnel-fullness.timer\\
    || fail 'volumes are not watched'"""


@dataclass(frozen=True)
class NodeMetrics:
    """The metrics of a Pulumi stack that its nodes report.

    Arguments:
        stack: name of the stack.
        region: where they are reported.
    """

    stack: str
    region: str

    @property
    def namespace(self) -> str:
        """Where they are: no other stack reports there."""
        return f"windtunnel/{unique_name(self.stack, 'nodes', longest=100)}"

    def grant(self) -> Grant:
        """What the role of a node needs: CloudWatch knows no resource to report to."""
        return Grant(
            "*",
            lambda every: [
                {
                    "Effect": "Allow",
                    "Action": ["cloudwatch:PutMetricData"],
                    "Resource": every,
                    "Condition": {"StringEquals": {"cloudwatch:namespace": self.namespace}},
                }
            ],
        )

    def broken(self, group: str) -> Metric:
        """Nodes of a group that have said that an accelerator is broken, before they went.

        Arguments:
            group: its name.
        """
        return Metric(self.namespace, BROKEN, {"Group": group}, "Sum")

    def full(self, group: str, store: str) -> Metric:
        """How full the volume of a store is on the node of a group where it is fullest, per cent.

        Arguments:
            group: its name.
            store: name of the store.
        """
        dimensions = {"Group": group, "Store": store}
        return Metric(self.namespace, FULL, dimensions, "Maximum", REPORTED_EVERY)

    def tell_broken(self, group: str) -> str:
        """The command that reports a broken accelerator.

        Arguments:
            group: of the node.
        """
        return self._tell(f"--metric-name {BROKEN} --dimensions Group={group} --value 1")

    def fullness_lines(self, group: str, stores: Sequence[str]) -> list[str]:
        """Lines of a startup script from which on a node reports how full its volumes are.

        Arguments:
            group: of the node.
            stores: whose volumes it has.
        """
        if not stores:
            return []
        tell = self._tell(
            f"--metric-name {FULL} --dimensions Group={group},Store=$store --unit Percent"
            ' --value "$used"'
        )
        return [_SCRIPT.replace("STORES", " ".join(stores)).replace("TELL", tell)]

    def _tell(self, what: str) -> str:
        where = f"--region {self.region} --namespace {self.namespace}"
        return f"timeout 60 aws cloudwatch put-metric-data {where} {what}"
