"""Forwards what is posted to an HTTP API to an endpoint of SageMaker, or to Rekognition."""

import base64
import json
import os
from typing import Any

import boto3
from botocore.exceptions import ClientError

STATUS = {"ValidationError": 400, "InvalidImageFormatException": 400, "ImageTooLargeException": 413}
BUSY = {"ThrottlingException", "ProvisionedThroughputExceededException", "ServiceUnavailable"}


def to_model(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Posts the body to the endpoint that ENDPOINT names, and answers what that answers."""
    given = event.get("headers", {}).get("content-type", "application/json")
    try:
        answer = boto3.client("sagemaker-runtime").invoke_endpoint(
            EndpointName=os.environ["ENDPOINT"], ContentType=given, Body=_body(event)
        )
    except ClientError as error:
        return _refusal(error)
    content = base64.b64encode(answer["Body"].read()).decode()
    headers = {"content-type": answer["ContentType"]}
    return {"statusCode": 200, "headers": headers, "body": content, "isBase64Encoded": True}


def to_labels(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Asks Rekognition what is on the image in the body."""
    try:
        found = boto3.client("rekognition").detect_labels(Image={"Bytes": _body(event)})
    except ClientError as error:
        return _refusal(error)
    labels = [{"name": one["Name"], "confidence": one["Confidence"]} for one in found["Labels"]]
    return _answer(200, {"labels": labels})


def _body(event: dict[str, Any]) -> bytes:
    body: str = event.get("body") or ""
    return base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()


def _refusal(error: ClientError) -> dict[str, Any]:
    code = error.response["Error"]["Code"]
    if code in BUSY:
        return _answer(429, {"error": "too many requests at once"})
    if code in STATUS:
        return _answer(STATUS[code], {"error": error.response["Error"]["Message"]})
    print(json.dumps({"level": "ERROR", "message": str(error)}))
    return _answer(502, {"error": "the service behind this function did not answer"})


def _answer(status: int, body: dict[str, Any]) -> dict[str, Any]:
    headers = {"content-type": "application/json"}
    return {"statusCode": status, "headers": headers, "body": json.dumps(body)}
