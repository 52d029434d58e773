"""What takes jobs from a queue on nodes: as many at once as were predicted, until all are done."""

import itertools
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infra.program_run import digest, filled, shared_words, unpacked
from infra.startup import HOME
from models.parts.workloads.job_variables import variable_of
from models.parts.workloads.jobs import Jobs

Value = float | str | bool
_FILL = """\
#!/bin/bash
# Puts the jobs of NAME into the queue, once, from the first of its nodes.
set -uo pipefail
FUNCTIONS
case "$(told)" in *" ID"*) exit 0 ;; esac
[ "$(peers | sort | head -n 1)" = "$(this_node)" ] || exit 0
report "Queueing ID"
while read -r job; do send "$job" || exit 1; done <HOME/jobs-NAME
report "Running ID"
"""
_RUN = """\
#!/bin/bash
# Takes jobs of NAME from the queue until none is left.
set -uo pipefail
FUNCTIONS
export PATH="PYTHON/bin:$PATH"
cd HOME/NAME || exit 1
while :; do
    message=$(receive)
    if [ -z "$message" ]; then
        case "$(told)" in "Running ID"*|"Completed ID"*) ;; *) sleep 10; continue ;; esac
        [ "$(waiting)" = 0 ] && break
        sleep 10
        continue
    fi
    handle=${message%%$'\\t'*}
    (while sleep BEAT; do keep "$handle"; done) &
    keeper=$!
    (eval "export ${message#*$'\\t'}"; exec bash -c COMMAND)
    code=$?
    kill "$keeper"
    # What fails comes back, and after three times is put aside.
    [ "$code" -ne 0 ] || finish "$handle"
done
case "$(told)" in "Completed ID"*) ;; *) report "Completed ID" ;; esac
"""
_UNITS = """\
cat >/etc/systemd/system/windtunnel-NAME@.service <<'END'
[Unit]
Description=Jobs of NAME
After=network-online.target
[Service]
VARIABLES
ExecStart=HOME/run-NAME
Restart=on-failure
RestartSec=10
[Install]
WantedBy=multi-user.target
END
systemctl daemon-reload
try_often HOME/fill-NAME
for worker in $(seq AT_ONCE); do
    systemctl enable windtunnel-NAME@$worker.service
    systemctl start --no-block windtunnel-NAME@$worker.service
done"""


@dataclass(frozen=True)
class QueueDoor:
    """How a node asks and tells, as functions of a shell: bodies by name.

    Arguments:
        bodies: of report, told, peers and this_node, and of send, receive (the handle of a job, a
            tab, the job), keep, finish, waiting (how many jobs are not done).
        fetch: a command that prints a package; its address follows.
    """

    bodies: Mapping[str, str]
    fetch: str

    def functions(self) -> str:
        """All of them, as a shell reads them."""
        return "\n".join(f"{name}() {{ {body}; }}" for name, body in self.bodies.items())


@dataclass(frozen=True)
class QueueRun:
    """Jobs that the nodes of a group take from a queue.

    Arguments:
        name: of the workload.
        command: of each job, one line of a shell.
        package: what is unpacked where it runs; None for nothing.
        grid: the values of each parameter, of whose combinations each is a job.
        at_once: jobs on a node.
        beat: time between two signs that a job goes on, s.
        variables: of the environment.
        door: to the cloud.
    """

    name: str
    command: str
    package: str | None
    grid: Mapping[str, Sequence[Value]]
    at_once: int
    beat: int
    variables: Mapping[str, str]
    door: QueueDoor

    @property
    def identifier(self) -> str:
        """Sets the jobs apart from those of other commands: each is queued once."""
        return digest(self.command, self.package, _combinations(self.grid))

    def first(self) -> str:
        """Lines before all else: what fails at the start of a node is told."""
        return self.door.functions()

    def startup(self) -> list[str]:
        """Lines of a startup script, done again at every start with the same result."""
        words = {
            **shared_words(self.name, self.command, self.identifier, self.variables),
            "FUNCTIONS": self.door.functions(),
            "BEAT": str(self.beat),
            "AT_ONCE": str(self.at_once),
        }
        return [
            *unpacked(self.name, self.package, self.door.fetch),
            f"{_listed(self.grid)} >{HOME}/jobs-{self.name}",
            f"cat >{HOME}/fill-{self.name} <<'END_OF_FILL'\n{filled(_FILL, words)}END_OF_FILL",
            f"cat >{HOME}/run-{self.name} <<'END_OF_RUN'\n{filled(_RUN, words)}END_OF_RUN",
            f"chmod 755 {HOME}/fill-{self.name} {HOME}/run-{self.name}",
            filled(_UNITS, words),
        ]


def values_of(jobs: Jobs) -> dict[str, Sequence[Value]]:
    """The values of each parameter of the grid of jobs.

    Arguments:
        jobs: as described.
    """
    grid = jobs.grid or {}
    return {name: one for name, one in grid.items() if not isinstance(one, int)}


def _combinations(grid: Mapping[str, Sequence[Value]]) -> list[dict[str, Value]]:
    return [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]


def _listed(grid: Mapping[str, Sequence[Value]]) -> str:
    """Prints each job as a shell exports it: its number, and its parameters by names in capitals.

    Loops, since what a node is told at its start has no room for many combinations.
    """
    names = [f"v{number}" for number in range(len(grid))]
    loops = "".join(
        f"for {name} in {' '.join(shlex.quote(shlex.quote(text_of(one))) for one in values)}; do "
        for name, values in zip(names, grid.values(), strict=True)
    )
    told = " ".join(f"{variable_of(key)}=${name}" for key, name in zip(grid, names, strict=True))
    ends = "; done" * len(names)
    return f'job=0; {{ {loops}echo "JOB=$job {told}"; job=$((job + 1)){ends}; }}'


def text_of(value: Value) -> str:
    """A value of a parameter, as a shell has it.

    Arguments:
        value: of a grid.
    """
    if isinstance(value, bool):
        return str(value).lower()
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value) if whole else value)
