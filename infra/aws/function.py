"""A function of an endpoint on AWS: Lambda, with a role that may write its own logs."""

import ast
import difflib
import math
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pulumi
from pulumi_aws import lambda_

from infra.aws.log_group import log_group, writes
from infra.aws.policies import Grant
from infra.aws.service_role import ServiceRole
from infra.environment import beside_stack
from infra.names import plain_name, tags
from models.parts.workloads.endpoint_managed import Function as Description

LONGEST_NAME = 64  # characters of a function
RUNTIME = "python3.13"
MEBIBYTE = 2.0**20
LEAST_MEMORY = 128  # mebibytes


@dataclass(frozen=True)
class FunctionArguments:
    """What a function is made of.

    Arguments:
        stack: name of the stack.
        stage: of the endpoint that it is.
        description: the function as described.
        code: folder or archive of its code; None where it is an image.
        handler: module and function of the code.
        variables: of its environment.
        grants: what it may do beside writing its logs.
    """

    stack: str
    stage: str
    description: Description
    code: Path | None
    handler: str
    variables: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    grants: Sequence[Grant] = ()


class Function(pulumi.ComponentResource):
    """A function of Lambda, its role and its logs.

    Attributes:
        name: of the function in the account.
        invoke_arn: by which an HTTP API calls it.
    """

    def __init__(
        self,
        name: str,
        arguments: FunctionArguments,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Build it.

        Arguments:
            name: of the endpoint and the stage.
            arguments: what it is made of.
            opts: of the component.
        """
        super().__init__("windtunnel:aws:Function", name, None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        stack, described = arguments.stack, arguments.description
        called = plain_name(stack, name, longest=LONGEST_NAME)
        logs = log_group(name, f"/aws/lambda/{called}", stack, inside)
        role = ServiceRole(
            name, stack, "lambda.amazonaws.com", [writes(logs), *arguments.grants], inside
        )
        # What waits for another service is no less there: it is not held to a number.
        reserved = "concurrency" in described.model_fields_set and not arguments.variables
        function = lambda_.Function(
            name,
            name=called,
            role=role.arn,
            memory_size=max(LEAST_MEMORY, math.ceil(described.memory / MEBIBYTE)),
            timeout=round(described.timeout),
            reserved_concurrent_executions=described.concurrency if reserved else None,
            # What Lambda itself would say of each request costs more than the request.
            logging_config={
                "log_group": logs.name,
                "log_format": "JSON",
                "application_log_level": "INFO",
                "system_log_level": "WARN",
            },
            environment={"variables": arguments.variables} if arguments.variables else None,
            tags=tags(stack, name),
            opts=inside,
            **_code(arguments),
        )
        self.name, self.invoke_arn = function.name, function.invoke_arn
        self.register_outputs({"name": self.name})


def _code(arguments: FunctionArguments) -> dict[str, pulumi.Input[object]]:
    if arguments.code is None:
        return {"package_type": "Image", "image_uri": str(arguments.description.image)}
    return {
        "runtime": RUNTIME,
        "handler": arguments.handler,
        "code": pulumi.FileArchive(str(arguments.code)),
    }


def code_of(path: str, description: Description) -> Path | None:
    """Where the code of a function is; None where it is an image.

    Arguments:
        path: of the function in the stack file.
        description: the function as described.

    Raises:
        pulumi.RunError: it has neither, or the code is not there.
    """
    if description.image is not None:
        return None
    if description.code is None:
        raise pulumi.RunError(
            f"{path}: to build a function, give it `code` (a folder or a ZIP file beside the stack"
            " file) or `image` (of a registry of the cloud)"
        )
    code = beside_stack(description.code)
    if code.is_dir():
        _refuse_missing(path, description, code)
    elif not zipfile.is_zipfile(code):
        raise pulumi.RunError(
            f"{path}.code: '{description.code}' is neither a folder nor a ZIP file beside the stack"
            " file"
        )
    return code


def _refuse_missing(path: str, description: Description, code: Path) -> None:
    """Lambda itself would only see it when it is called."""
    module, _, called = description.handler.rpartition(".")
    file = f"{module.replace('.', '/')}.py"
    if not (code / file).is_file():
        raise pulumi.RunError(
            f"{path}.handler: '{description.code}' has no {file}, in which"
            f" '{description.handler}' would be"
        )
    try:
        tree = ast.parse((code / file).read_bytes())
    except SyntaxError as error:
        raise pulumi.RunError(f"{path}.code: {file}, line {error.lineno}: {error.msg}") from None
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    found = [one.name for one in tree.body if isinstance(one, functions)]
    # A name may also be assigned or imported, which is not looked at more closely.
    others = {_name(one) for one in ast.walk(tree) if isinstance(one, ast.Name | ast.alias)}
    if not others & {called, "*"} and called not in found:
        near = difflib.get_close_matches(called, found, n=1, cutoff=0.5)
        hint = f"; did you mean '{module}.{near[0]}'?" if near else ""
        raise pulumi.RunError(f"{path}.handler: {file} has no function '{called}'{hint}")


def _name(one: ast.Name | ast.alias) -> str:
    return one.id if isinstance(one, ast.Name) else one.asname or one.name
