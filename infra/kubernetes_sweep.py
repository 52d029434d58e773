"""Jobs of a parameter grid in a Kubernetes cluster: an index of one Job for each of them."""

import math
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from infra.kubernetes_indexed import indexed_job, of_a_job
from infra.kubernetes_manifest import INDEX, NAME, NO_MORE_RIGHTS, literal, variables
from infra.program_run import digest
from infra.queue_run import Value, text_of
from models.parts.workloads.job_variables import variable_of

TRIES = 3
MOST_JOBS = 100_000  # indexes of a Job (Kubernetes API reference, JobSpec, completions)
MOST_AT_ONCE = 10_000  # of them that run, where there are more than that
# Linux takes 128 KiB for an argument, and kubectl keeps a copy of an object of 256 KiB.
LONGEST_SCRIPT = 100_000  # characters


@dataclass(frozen=True)
class Sweep:
    """A command that is run once for each combination of a parameter grid.

    Arguments:
        workload: name of the workload.
        group: node group that it runs on.
        account: that its containers run as, which says what they may do in the cloud.
        image: of the containers.
        command: one line of a shell.
        grid: the values of each parameter.
        at_once: jobs that run on all nodes.
        devices: that each job asks for, by what the cluster calls them.
        vcpus: likewise; None where nothing says it.
        memory: likewise, bytes.
        variables: of the environment.
    """

    workload: str
    group: str
    account: str
    image: str
    command: str
    grid: Mapping[str, Sequence[Value]]
    at_once: int
    devices: Mapping[str, int]
    vcpus: float | None
    memory: float | None
    variables: Mapping[str, str]

    @cached_property
    def name(self) -> str:
        """Sets the jobs apart from those of other commands: a Job is never changed."""
        grid = [(name, list(values)) for name, values in self.grid.items()]
        told = (self.command, self.image, grid, self.at_once, self._resources)
        return f"{self.workload}-{digest(*told, sorted(self.variables.items()))}"

    @property
    def jobs(self) -> int:
        """How many there are."""
        return math.prod(map(len, self.grid.values()))

    @property
    def script(self) -> str:
        """Lines of a shell that say the parameters of a job by its number, then run it.

        The last parameter changes with each job, as where a queue has them.
        """
        lines, each = ['pick() { shift $(($1 + 1)); printf %s "$1"; }'], self.jobs
        for name, values in self.grid.items():
            each //= len(values)
            listed = shlex.join(map(text_of, values))
            number = f"$((JOB / {each} % {len(values)}))"
            lines.append(f'export {variable_of(name)}="$(pick {number} {listed})"')
        return "\n".join([*lines, 'exec /bin/sh -c "$1"', ""])

    def objects(self, namespace: str) -> Iterator[dict[str, Any]]:
        """A Job.

        Arguments:
            namespace: in which it is.
        """
        # What fails three times is put aside, and the others go on.
        yield indexed_job(
            self.name,
            namespace,
            self.workload,
            {"completions": self.jobs, "parallelism": min(self.jobs, self.at_once)},
            TRIES,
            self._pod(),
        )

    def _pod(self) -> dict[str, Any]:
        return {
            **of_a_job(self.account, self.group),
            # As predicted: as many on each node as on the others.
            "topologySpreadConstraints": [
                {
                    "maxSkew": 1,
                    "topologyKey": "kubernetes.io/hostname",
                    "whenUnsatisfiable": "DoNotSchedule",
                    "nodeTaintsPolicy": "Honor",
                    "labelSelector": {"matchLabels": {NAME: self.name}},
                }
            ],
            "containers": [self._container()],
        }

    @property
    def _resources(self) -> dict[str, Any]:
        limits: dict[str, Any] = dict(self.devices)
        requests = dict(limits)
        if self.memory is not None:
            limits["memory"] = requests["memory"] = str(round(self.memory))
        if self.vcpus is not None:
            requests["cpu"] = f"{math.floor(1000 * self.vcpus)}m"
        return {"requests": requests, "limits": limits}

    def _container(self) -> dict[str, Any]:
        job = {"name": "JOB", "valueFrom": {"fieldRef": {"fieldPath": INDEX}}}
        return {
            "name": "job",
            "image": self.image,
            "command": ["/bin/sh", "-c", literal(self.script), "windtunnel"],
            "args": [literal(self.command)],
            "env": [job, *variables(self.variables)],
            "resources": self._resources,
            "securityContext": NO_MORE_RIGHTS,
        }
