"""A command that containers of a Kubernetes cluster run together, one on each node: a Job."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from infra.kubernetes_indexed import indexed_job, of_a_job
from infra.kubernetes_manifest import INDEX, NO_MORE_RIGHTS, literal, named, variables
from infra.kubernetes_plugins import EFA
from infra.program_run import digest

# How often one of the containers may fail before all are left alone: a program that can't start
# must not cost for ever, and a run that goes on from its checkpoint bears as many failures.
ATTEMPTS = 20
PORT = 29500
# Of what Kubernetes leaves of a node: that much is surely there, and no other pod takes it.
ASKED = 0.8
# Where the control plane hears nothing of a node for a minute, its container is given up.
GIVEN_UP = 10  # seconds after the node is called unreachable, which takes 50
ENDING = 100  # seconds that a program has to save what it can when its node goes
_JOB = "batch.kubernetes.io/job-name"
# Containers of a Job are begun anew one by one, and those that work together only together: who
# finds an address that was not there before knows that another has begun anew, and does so too.
_RUN = """\
said() { echo "windtunnel: $*" >&2; }
peers() { getent ahostsv4 "$PEERS" | sed 's/ .*//' | sort -u; }
settled() {
    first=$(peers)
    [ "$(echo "$first" | grep -c .)" -eq "$NODES" ] || return 1
    sleep 20
    [ "$(peers)" = "$first" ]
}
renewed() {
    now=$(peers)
    [ -n "$now" ] || return 1
    before=$last last=$now
    for one in $now; do
        echo "$before" | grep -qxF "$one" || return 0
    done
    return 1
}
end() {
    kill -s TERM -- "-$program" 2>/dev/null
    for second in $(seq "$1"); do
        kill -0 "-$program" 2>/dev/null || return 0
        sleep 1
    done
    kill -s KILL -- "-$program" 2>/dev/null
}
for tool in getent setsid; do
    command -v "$tool" >/dev/null || { said "the image has no $tool"; exit 127; }
done
program=0
trap '[ "$program" -eq 0 ] || end 90; exit 143' TERM
while :; do
    said "waits for $NODES containers"
    since=$(date +%s)
    until [ "$NODES" -eq 1 ] || settled; do
        sleep 5
        # Those that are done do not come back.
        [ $(($(date +%s) - since)) -lt 3600 ] || { said "waits no longer"; exit 75; }
    done
    last=${first:-} alone=yes
    said "begins, $RANK of $NODES"
    setsid sh -c "$1" &
    program=$!
    while kill -0 "$program" 2>/dev/null; do
        sleep 10
        [ "$NODES" -eq 1 ] || ! renewed || { alone=""; break; }
    done
    if [ -n "$alone" ]; then
        wait "$program"
        code=$?
        [ "$code" -eq 0 ] || { said "fails, exit status $code"; exit "$code"; }
        [ "$NODES" -gt 1 ] || exit 0
        # Who fails at the very end needs the others once more.
        for look in 1 2 3 4 5 6 7 8 9 10 11 12; do
            sleep 10
            ! renewed || { alone=""; break; }
        done
        [ -z "$alone" ] || exit 0
    fi
    said "begins anew, as another container does"
    end 30
    program=0
done
"""


@dataclass(frozen=True)
class Together:
    """A command that works only where all nodes of a group run it.

    Arguments:
        workload: name of the workload.
        group: node group that it runs on.
        account: that its containers run as, which says what they may do in the cloud.
        image: of the containers.
        command: one line of a shell.
        count: nodes that it needs.
        devices: of a node, by what the cluster calls them.
        vcpus: of a node, that Kubernetes leaves.
        memory: likewise, bytes.
        variables: of the environment.
    """

    workload: str
    group: str
    account: str
    image: str
    command: str
    count: int
    devices: Mapping[str, int]
    vcpus: float
    memory: float
    variables: Mapping[str, str]

    @cached_property
    def name(self) -> str:
        """Sets the run apart from others: a Job is never changed, and is completed once."""
        told = (
            self.command,
            self.image,
            self.count,
            self._resources,
            sorted(self.variables.items()),
        )
        return f"{self.workload}-{digest(*told)}"

    def objects(self, namespace: str) -> Iterator[dict[str, Any]]:
        """A Job, and the Service by which its containers find each other.

        Arguments:
            namespace: in which they are.
        """
        service = {
            "clusterIP": "None",
            # They wait for each other before any of them is ready.
            "publishNotReadyAddresses": True,
            "selector": {_JOB: self.name},
        }
        yield named("v1", "Service", self.name, namespace, spec=service)
        yield indexed_job(
            self.name,
            namespace,
            self.workload,
            {"completions": self.count, "parallelism": self.count, "maxFailedIndexes": 0},
            ATTEMPTS,
            self._pod(),
        )

    @property
    def _resources(self) -> dict[str, Any]:
        limits = dict(self.devices)
        asked = {
            "cpu": f"{int(ASKED * self.vcpus * 1000)}m",
            "memory": str(int(ASKED * self.memory)),
        }
        return {"requests": {**asked, **limits}, "limits": limits}

    def _pod(self) -> dict[str, Any]:
        gone = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
        return {
            **of_a_job(self.account, self.group),
            "subdomain": self.name,
            "terminationGracePeriodSeconds": ENDING,
            "affinity": {
                "podAntiAffinity": {
                    "requiredDuringSchedulingIgnoredDuringExecution": [
                        {
                            "labelSelector": {"matchLabels": {_JOB: self.name}},
                            "topologyKey": "kubernetes.io/hostname",
                        }
                    ]
                }
            },
            "tolerations": [
                {
                    "key": key,
                    "operator": "Exists",
                    "effect": "NoExecute",
                    "tolerationSeconds": GIVEN_UP,
                }
                for key in gone
            ],
            "containers": [self._container()],
            # Processes of a node pass samples to each other through it.
            "volumes": [{"name": "shared-memory", "emptyDir": {"medium": "Memory"}}],
        }

    def _container(self) -> dict[str, Any]:
        rank = {"name": "RANK", "valueFrom": {"fieldRef": {"fieldPath": INDEX}}}
        known = {
            "NODES": str(self.count),
            "MASTER_ADDR": f"{self.name}-0.{self.name}",
            "MASTER_PORT": str(PORT),
            "PEERS": self.name,
            # Pages that are set aside at the start of a node are asked for by nobody.
            **({"FI_PROVIDER": "efa", "FI_EFA_USE_HUGE_PAGE": "0"} if EFA in self.devices else {}),
            **self.variables,
        }
        return {
            "name": "program",
            "image": self.image,
            "command": ["/bin/sh", "-c", literal(_RUN), "windtunnel"],
            "args": [literal(self.command)],
            "env": [rank, *variables(known)],
            "resources": self._resources,
            "securityContext": NO_MORE_RIGHTS,
            "volumeMounts": [{"name": "shared-memory", "mountPath": "/dev/shm"}],
        }
