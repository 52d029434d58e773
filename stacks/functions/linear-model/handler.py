"""A linear model in a function: POST {"features": [...]} answers {"score": ...}."""

import json
from pathlib import Path

MODEL = json.loads((Path(__file__).parent / "model.json").read_text())


def handle(event, context):
    """Answers one request of an HTTP API, payload format 2.0."""
    try:
        features = [float(one) for one in json.loads(event["body"])["features"]]
    except (KeyError, TypeError, ValueError):
        return _answer(400, {"error": 'write {"features": [numbers]}'})
    weights = MODEL["weights"]
    if len(features) != len(weights):
        return _answer(400, {"error": f"the model takes {len(weights)} features"})
    products = (weight * one for weight, one in zip(weights, features, strict=True))
    return _answer(200, {"score": MODEL["constant"] + sum(products)})


def _answer(status, body):
    headers = {"content-type": "application/json"}
    return {"statusCode": status, "headers": headers, "body": json.dumps(body)}
