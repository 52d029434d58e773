"""The Pulumi command line, driven by the tests."""

import contextlib
import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any


class EngineError(AssertionError):
    """The command line refused; the message is all that it printed."""


def _readable(printed: str) -> str:
    """What the engine told the user, where it told it as one event a line."""
    if not printed.startswith('{"sequence"'):
        return printed
    events = (json.loads(line).get("diagnosticEvent") for line in printed.splitlines())
    told = [event for event in events if event and event["severity"] != "debug"]
    return "".join(f"{event.get('urn', '')} {event['message']}" for event in told)


class Engine:
    """One Pulumi project with its own backend, in a folder of its own."""

    def __init__(self, executable: Path, folder: Path, environment: dict[str, str]) -> None:
        self.executable = executable
        self.folder = folder
        self.environment = environment
        self._running: subprocess.Popen[str] | None = None

    def run(self, *arguments: str, timeout: float = 300) -> str:
        """Standard output of one command; raises EngineError with all output if it fails."""
        command = [str(self.executable), "--non-interactive", "--color=never", *arguments]
        running = subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._running = running
        try:
            output, errors = running.communicate(timeout=timeout)
        except subprocess.TimeoutExpired as expired:
            self.kill()
            output, errors = running.communicate()
            raise EngineError(f"{command} ran past {timeout} s\n{output}{errors}") from expired
        if running.returncode:
            printed = f"{_readable(output)}\n{errors}"
            raise EngineError(f"{command} exited with {running.returncode}\n{printed}")
        return output

    def kill(self) -> None:
        """End the engine and all that it started at once, as a power cut would."""
        if self._running is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._running.pid, signal.SIGKILL)

    def init(self, stack: str) -> None:
        self.run("stack", "init", stack)

    def config_set(self, key: str, value: str, *, secret: bool = False) -> None:
        # Two dashes, because a value may begin with one.
        kind = "--secret" if secret else "--plaintext"
        self.run("config", "set", kind, "--", key, value)

    def config_set_all(self, values: dict[str, str]) -> None:
        given = [word for item in values.items() for word in ("--plaintext", "=".join(item))]
        self.run("config", "set-all", *given)

    def preview(self, *arguments: str) -> dict[str, Any]:
        """What the next `up` would do: `steps`, `changeSummary`, `diagnostics`."""
        found: dict[str, Any] = json.loads(self.run("preview", "--json", *arguments))
        return found

    def up(self, *arguments: str) -> dict[str, int]:
        """How many resources were created, updated, left the same."""
        return self._carry_out("up", *arguments)

    def refresh(self, *arguments: str) -> dict[str, int]:
        return self._carry_out("refresh", *arguments)

    def destroy(self, *arguments: str) -> dict[str, int]:
        return self._carry_out("destroy", *arguments)

    def _carry_out(self, command: str, *arguments: str) -> dict[str, int]:
        printed = self.run(command, "--yes", "--skip-preview", "--json", *arguments)
        summaries = (json.loads(line).get("summaryEvent") for line in printed.splitlines())
        changes: dict[str, int] = [found for found in summaries if found][-1]["resourceChanges"]
        return changes

    def export(self) -> dict[str, Any]:
        """The whole state, as the backend keeps it."""
        found: dict[str, Any] = json.loads(self.run("stack", "export"))
        return found

    def outputs(self) -> dict[str, Any]:
        """What the program exports, secrets in the clear."""
        found: dict[str, Any] = json.loads(self.run("stack", "output", "--json", "--show-secrets"))
        return found
