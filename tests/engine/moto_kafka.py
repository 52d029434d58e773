"""What moto lacks of Amazon MSK: configurations, changes of a cluster, and that one can be gone."""

import base64
import json
import secrets
from typing import Any
from urllib.parse import unquote

from moto.kafka import urls
from moto.kafka.exceptions import BadRequestException, NotFoundException
from moto.kafka.models import FakeKafkaCluster, KafkaBackend
from moto.kafka.responses import KafkaResponse


def _configurations(response: KafkaResponse) -> dict[str, dict[str, Any]]:
    """By ARN; an attribute of moto's backend, so a reset of moto ends them."""
    kept = response.kafka_backend.__dict__.setdefault("_configurations", {})
    found: dict[str, dict[str, Any]] = kept
    return found


def _named(response: KafkaResponse) -> dict[str, Any]:
    arn = unquote(response.parsed_url.path.split("/configurations/")[-1])
    if arn not in _configurations(response):
        raise NotFoundException(f"The configuration {arn} does not exist")
    return _configurations(response)[arn]


def _checked(response: KafkaResponse) -> str:
    """Properties are lines of a name and a value."""
    text = base64.b64decode(response._get_param("serverProperties")).decode()
    assert all("=" in line for line in text.splitlines()), text
    return text


def _create(response: KafkaResponse) -> str:
    name, _ = response._get_param("name"), _checked(response)
    where = f"{response.region}:{response.current_account}"
    arn = f"arn:aws:kafka:{where}:configuration/{name}/{secrets.token_hex(8)}-1"
    revision = {"revision": 1, "creationTime": "2026-11-28T00:00:00Z"}
    made = {"arn": arn, "name": name, "state": "ACTIVE", "latestRevision": revision}
    _configurations(response)[arn] = {
        **made,
        "kafkaVersions": response._get_param("kafkaVersions"),
        "description": response._get_param("description"),
        "creationTime": revision["creationTime"],
    }
    return json.dumps(made)


def _describe(response: KafkaResponse) -> str:
    return json.dumps(_named(response))


def _update(response: KafkaResponse) -> str:
    known = _named(response)
    _checked(response)
    last = known["latestRevision"]
    known["latestRevision"] = {**last, "revision": last["revision"] + 1}
    return json.dumps({"arn": known["arn"], "latestRevision": known["latestRevision"]})


def _delete(response: KafkaResponse) -> str:
    known = _named(response)
    del _configurations(response)[known["arn"]]
    return json.dumps({"arn": known["arn"], "state": "DELETING"})


def _cluster(response: KafkaResponse) -> FakeKafkaCluster:
    """Whoever changes a cluster must know the last change of it."""
    arn = unquote(response.parsed_url.path.split("/clusters/")[1])
    arn = arn.partition("/nodes/")[0].removesuffix("/configuration")
    found = response.kafka_backend.clusters[arn]
    if response._get_param("currentVersion") != found.current_version:
        raise BadRequestException("The current version of the cluster is another")
    found.current_version = f"{float(found.current_version) + 1:g}"
    return found


def _more(response: KafkaResponse) -> str:
    """Brokers come, as many in each zone, and none goes this way."""
    found, wanted = _cluster(response), response._get_param("targetNumberOfBrokerNodes")
    brokers = found.broker_node_group_info or {}
    if wanted <= (found.number_of_broker_nodes or 0) or wanted % len(brokers["clientSubnets"]):
        raise BadRequestException("The number of brokers can only grow, by as many in each zone")
    found.number_of_broker_nodes = wanted
    return json.dumps({"clusterArn": found.arn})


def _larger(response: KafkaResponse) -> str:
    found = _cluster(response)
    [wanted] = response._get_param("targetBrokerEBSVolumeInfo")
    storage = (found.broker_node_group_info or {})["storageInfo"]["ebsStorageInfo"]
    if wanted["volumeSizeGB"] <= storage["volumeSize"]:
        raise BadRequestException("The volumes of brokers can only grow")
    storage["volumeSize"] = wanted["volumeSizeGB"]
    return json.dumps({"clusterArn": found.arn})


def _other(response: KafkaResponse) -> str:
    found = _cluster(response)
    wanted = response._get_param("targetInstanceType")
    (found.broker_node_group_info or {})["instanceType"] = wanted
    return json.dumps({"clusterArn": found.arn})


def _configure(response: KafkaResponse) -> str:
    found = _cluster(response)
    found.configuration_info = response._get_param("configurationInfo")
    return json.dumps({"clusterArn": found.arn})


def fill_gaps_of_kafka() -> None:
    """Adds what is lacking to the moto of this process, once, before its server starts."""
    urls.url_paths["{0}/v1/configurations$"] = KafkaResponse.dispatch
    urls.url_paths["{0}/v1/configurations/(?P<arn>.+)$"] = KafkaResponse.dispatch
    operations = {"create": _create, "describe": _describe, "update": _update, "delete": _delete}
    for verb, operation in operations.items():
        setattr(KafkaResponse, f"{verb}_configuration", operation)
    changes = {
        "broker_count": _more,
        "broker_storage": _larger,
        "broker_type": _other,
        "cluster_configuration": _configure,
    }
    for what, operation in changes.items():
        setattr(KafkaResponse, f"update_{what}", operation)
    describe = KafkaBackend.describe_cluster

    def found(self: KafkaBackend, cluster_arn: str) -> dict[str, Any]:
        if cluster_arn not in self.clusters:
            raise NotFoundException(f"Resource not found: {cluster_arn}")
        return describe(self, cluster_arn)

    setattr(KafkaBackend, "describe_cluster", found)  # noqa: B010
