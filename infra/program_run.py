"""What runs a program on nodes: once all are there, again after a failure, and told how it goes."""

import hashlib
import json
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from infra.startup import HOME, PYTHON

# How often it is begun again in an hour before it is left alone: a program that can't start must
# not cost for ever, and a run that goes on from its checkpoint bears as many failures.
ATTEMPTS = 20
DIGEST = 10  # hexadecimal digits
_RUN = """\
#!/bin/bash
# Runs NAME on COUNT nodes; one more of them waits until it is needed.
set -uo pipefail
FUNCTIONS
crew() { peers | sort | head -n COUNT; }
case "$(told)" in "Completed ID"*) exit 0 ;; esac
until
    nodes=$(crew)
    [ "$(grep -c . <<<"$nodes")" -eq COUNT ] && grep -qx "$(this_node)" <<<"$nodes"
do
    sleep 10
done
rank=$(($(grep -nx "$(this_node)" <<<"$nodes" | cut -d: -f1) - 1))
export PATH="PYTHON/bin:$PATH"
export NODES=COUNT RANK=$rank MASTER_PORT=29500
export MASTER_ADDR=$(head -n 1 <<<"$nodes" | awk '{print $NF}')
cd HOME/NAME || exit 1
# As mpirun reads it; who starts only there needs it, and all have it.
export HOST_FILE=HOME/hosts-NAME
awk '{print $NF " slots=SLOTS"}' <<<"$nodes" >"$HOST_FILE"
[ "$rank" -ne 0 ] || report "Running ID"
setsid bash -c COMMAND &
program=$!
while sleep 15 && kill -0 "$program" 2>/dev/null; do
    now=$(crew)
    # Who waits for a node that is gone may wait for ever.
    if [ -n "$now" ] && [ "$now" != "$nodes" ]; then
        report "Restarting ID: its nodes have changed"
        kill -- "-$program"
        break
    fi
done
wait "$program"
code=$?
if [ "$code" -ne 0 ]; then
    report "Failed ID: exit status $code on node $rank; it is tried again"
    exit "$code"
fi
[ "$rank" -ne 0 ] || report "Completed ID"
"""
_LEFT = """\
#!/bin/bash
FUNCTIONS
report "Failed ID: left alone after ATTEMPTS failures in an hour"
"""
_UNITS = """\
cat >/etc/systemd/system/windtunnel-NAME.service <<'END'
[Unit]
Description=NAME
After=network-online.target
StartLimitIntervalSec=3600
StartLimitBurst=ATTEMPTS
OnFailure=windtunnel-NAME-left.service
[Service]
VARIABLES
ExecStart=HOME/run-NAME
Restart=on-failure
RestartSec=10
[Install]
WantedBy=multi-user.target
END
cat >/etc/systemd/system/windtunnel-NAME-left.service <<'END'
[Unit]
Description=Tells that NAME is left alone
[Service]
Type=oneshot
ExecStart=HOME/left-NAME
END
systemctl daemon-reload
systemctl enable windtunnel-NAME.service
systemctl start --no-block windtunnel-NAME.service"""


@dataclass(frozen=True)
class Door:
    """How a node of a cloud asks and tells, as functions of a shell.

    Arguments:
        report: a body that tells "$1" to who looks.
        told: a body that prints what was told last.
        peers: a body that prints a line for each running node of the group, which sort as they
            were started and end with the address.
        this_node: a body that prints the line of this node.
        fetch: a command that prints a package; its address follows.
    """

    report: str
    told: str
    peers: str
    this_node: str
    fetch: str

    def functions(self) -> str:
        """All of them, as a shell reads them."""
        bodies = {
            "report": self.report,
            "told": self.told,
            "peers": self.peers,
            "this_node": self.this_node,
        }
        return "\n".join(f"{name}() {{ {body}; }}" for name, body in bodies.items())


@dataclass(frozen=True)
class ProgramRun:
    """A program that the nodes of a group run together.

    Arguments:
        name: of the workload.
        command: one line of a shell.
        package: what is unpacked where it runs; None for nothing.
        count: nodes that it needs.
        variables: of its environment.
        door: to the cloud.
        slots: processes of a node, in the file of hosts.
    """

    name: str
    command: str
    package: str | None
    count: int
    variables: Mapping[str, str]
    door: Door
    slots: int = 1

    @property
    def identifier(self) -> str:
        """Sets the run apart from those of other commands: each is completed once."""
        return digest(self.command, self.package, self.count)

    def first(self) -> str:
        """Lines before all else: what fails at the start of a node is told."""
        return self.door.functions()

    def startup(self) -> Sequence[str]:
        """Lines of a startup script, done again at every start with the same result."""
        words = {
            **shared_words(self.name, self.command, self.identifier, self.variables),
            "FUNCTIONS": self.door.functions(),
            "COUNT": str(self.count),
            "SLOTS": str(self.slots),
            "ATTEMPTS": str(ATTEMPTS),
        }
        return [
            *unpacked(self.name, self.package, self.door.fetch),
            f"cat >{HOME}/run-{self.name} <<'END_OF_RUN'\n{filled(_RUN, words)}END_OF_RUN",
            f"cat >{HOME}/left-{self.name} <<'END_OF_LEFT'\n{filled(_LEFT, words)}END_OF_LEFT",
            f"chmod 755 {HOME}/run-{self.name} {HOME}/left-{self.name}",
            filled(_UNITS, words),
        ]


def filled(text: str, words: Mapping[str, str]) -> str:
    """A text with values for its words, of which each is looked for in the text alone.

    Arguments:
        text: with the words.
        words: their values.
    """
    pattern = re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))
    return pattern.sub(lambda found: words[found[0]], text)


def digest(*told: object) -> str:
    """Sets what is told apart from anything else.

    Arguments:
        told: as JSON has it.
    """
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:DIGEST]


def shared_words(
    name: str, command: str, identifier: str, variables: Mapping[str, str]
) -> dict[str, str]:
    """What stands for the words of scripts of any program.

    Arguments:
        name: of the workload.
        command: one line of a shell.
        identifier: that sets it apart.
        variables: of its environment.
    """
    return {
        "COMMAND": shlex.quote(command),
        "NAME": name,
        "HOME": HOME,
        "PYTHON": PYTHON,
        "ID": identifier,
        "VARIABLES": "\n".join(f'Environment="{k}={v}"' for k, v in variables.items()),
    }


def unpacked(name: str, package: str | None, fetch: str) -> list[str]:
    """Lines that make the folder of a program, with what is unpacked there.

    Arguments:
        name: of the workload.
        package: its address; None for nothing.
        fetch: a command that prints a package; its address follows.
    """
    home = f"{HOME}/{name}"
    if package is None:
        return [f"mkdir -p {home}"]
    return [
        f"mkdir -p {home}",
        f"try_often {fetch} {shlex.quote(package)} {home}.tar.gz",
        f"tar --extract --gzip --file {home}.tar.gz --directory {home}",
    ]
