"""The policy pack as Pulumi's engine asks it: it has its say once a program is whole."""

from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.proto import analyzer_pb2 as messages
from pulumi.runtime.proto import analyzer_pb2_grpc, plugin_pb2

from infra.policy.verdict import hold, overlay
from models.reading.faults import InvalidDescription

VERSION = version("windtunnel")
PACK, OBJECTIVES, UNDERSTOOD = "windtunnel", "objectives", "understood"
_DESCRIPTIONS = {
    OBJECTIVES: "The stack is predicted to meet the objectives of the overlay.",
    UNDERSTOOD: "All resources are parts of the stack that is predicted.",
}


class Analyzer(analyzer_pb2_grpc.AnalyzerServicer):
    """Holds each program against the overlay of a policy pack.

    Arguments:
        file: the overlay.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._config: dict[str, str] = {}
        self._levels = {OBJECTIVES: messages.MANDATORY, UNDERSTOOD: messages.ADVISORY}

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: N802
        return messages.AnalyzerHandshakeResponse()

    def ConfigureStack(self, request: Any, context: grpc.ServicerContext) -> Any:  # noqa: N802
        self._config = dict(request.config)
        try:
            overlay(self._file)
        except InvalidDescription as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "\n".join(error.lines()))
        return messages.AnalyzerStackConfigureResponse()

    def Configure(self, request: Any, context: Any) -> Empty:  # noqa: N802
        for name, policy in request.policyConfig.items():
            if name in self._levels:
                self._levels[name] = policy.enforcementLevel
        return Empty()

    def GetAnalyzerInfo(self, request: Any, context: Any) -> Any:  # noqa: N802
        policies = [
            messages.PolicyInfo(
                name=name,
                description=text,
                enforcementLevel=self._levels[name],
                policy_type=messages.POLICY_TYPE_STACK,
            )
            for name, text in _DESCRIPTIONS.items()
        ]
        return messages.AnalyzerInfo(
            name=PACK, displayName=PACK, version=VERSION, policies=policies, supportsConfig=True
        )

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802
        return plugin_pb2.PluginInfo(version=VERSION)

    def Analyze(self, request: Any, context: Any) -> Any:  # noqa: N802
        return messages.AnalyzeResponse()

    def Remediate(self, request: Any, context: Any) -> Any:  # noqa: N802
        return messages.RemediateResponse()

    def Cancel(self, request: Any, context: Any) -> Empty:  # noqa: N802
        return Empty()

    def AnalyzeStack(self, request: Any, context: Any) -> Any:  # noqa: N802
        states = list(_states(request.resources))
        held = hold(states, self._config, overlay(self._file), self._file.parent)
        said = [(OBJECTIVES, held.missed), (UNDERSTOOD, held.untold)]
        return messages.AnalyzeResponse(
            diagnostics=[
                messages.AnalyzeDiagnostic(
                    policyName=name,
                    policyPackName=PACK,
                    policyPackVersion=VERSION,
                    description=_DESCRIPTIONS[name],
                    message="\n".join(sentences),
                    enforcementLevel=self._levels[name],
                )
                for name, sentences in said
                if sentences and self._levels[name] != messages.DISABLED
            ]
        )


def _states(resources: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    """Resources and their providers, as a state file has them."""
    providers = {}
    for one in resources:
        if one.provider.urn:
            providers[one.provider.urn] = one.provider
        yield {
            "urn": one.urn,
            "type": one.type,
            "inputs": MessageToDict(one.properties),
            "parent": one.parent,
            "provider": f"{one.provider.urn}::",
            "propertyDependencies": {
                key: list(of.urns) for key, of in one.propertyDependencies.items()
            },
        }
    for urn, provider in providers.items():
        inputs = MessageToDict(provider.properties)
        yield {"urn": urn, "type": provider.type, "inputs": inputs}
