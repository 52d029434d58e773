"""Functions and who may call them."""

import io
import zipfile
from pathlib import Path
from typing import Any

from provider.kinds import UNKNOWN, Call, Change, Kind, Properties, words
from provider.tag_maps import retag_map

_FUNCTION = {"FunctionName": "$name"}


def _archive(code: Any) -> bytes:
    """What the engine sends of a folder or a ZIP file, as the API takes it."""
    path = Path(code["path"])
    if path.is_file():
        return path.read_bytes()
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for file in sorted(path.rglob("*")):
            # Of no time at all, so that the same files are the same code.
            if file.is_file():
                archive.writestr(zipfile.ZipInfo(str(file.relative_to(path))), file.read_bytes())
    return content.getvalue()


def _prepare(inputs: Properties) -> Properties:
    if "code" not in inputs or inputs["code"] == UNKNOWN:
        return inputs
    return {**inputs, "code": {"zipFile": _archive(inputs["code"])}}


def _set_code(change: Change) -> None:
    code = (
        {"ZipFile": _archive(change.new["code"])}
        if "code" in change.new
        else {"ImageUri": change.new["imageUri"]}
    )
    change.call("update_function_code", FunctionName=change.state["name"], **code)


def _set_concurrency(change: Change) -> None:
    name, count = change.state["name"], change.new.get("reservedConcurrentExecutions", -1)
    if count < 0:
        change.call("delete_function_concurrency", FunctionName=name)
    else:
        change.call(
            "put_function_concurrency", FunctionName=name, ReservedConcurrentExecutions=count
        )


KINDS = {
    "lambda/function:Function": Kind(
        "lambda",
        create=Call("create_function", with_inputs=True),
        id="$name",
        read=Call("get_function", _FUNCTION, "Configuration"),
        delete=Call("delete_function", _FUNCTION),
        prepare=_prepare,
        rename={"name": "FunctionName", "imageUri": "Code.ImageUri"},
        apply={"reservedConcurrentExecutions": _set_concurrency},
        update={"code": _set_code, "imageUri": _set_code, "tags": retag_map("Resource")},
        revise=Call("update_function_configuration", _FUNCTION, with_inputs=True),
        outputs={
            "arn": "FunctionArn",
            "invokeArn": "arn:aws:apigateway:$region:lambda:path/2015-03-31/functions/"
            "arn:aws:lambda:$region:$account:function:$name/invocations",
        },
        replaces=words("packageType"),
        name="name",
        tag_type="function",
    ),
    "lambda/permission:Permission": Kind(
        "lambda",
        create=Call("add_permission", with_inputs=True),
        id="$statementId",
        read=Call(
            "get_policy",
            {"FunctionName": "$function"},
            "contains(Policy, '$statementId')",
        ),
        delete=Call(
            "remove_permission", {"FunctionName": "$function", "StatementId": "$statementId"}
        ),
        rename={"function": "FunctionName"},
        replaces=words("function action principal sourceArn sourceAccount"),
        name="statementId",
    ),
}
