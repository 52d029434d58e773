"""Brokers of Amazon MSK and what they are set to."""

from typing import Any

from provider.kinds import Call, Change, Kind, Properties, words

_CLUSTER = {"ClusterArn": "$id"}
_CONFIGURATION = {"Arn": "$id"}


def _cluster(inputs: Properties) -> Properties:
    """Who may come is a structure for each way there."""
    sent = dict(inputs)
    ways, encrypted = sent.pop("clientAuthentication"), dict(sent["encryptionInfo"])
    if key := encrypted.pop("encryptionAtRestKmsKeyArn", None):
        encrypted["encryptionAtRest"] = {"dataVolumeKMSKeyId": key}
    return {
        **sent,
        "encryptionInfo": encrypted,
        "clientAuthentication": {
            "sasl": {name: {"enabled": one} for name, one in ways.get("sasl", {}).items()},
            "unauthenticated": {"enabled": ways.get("unauthenticated", False)},
        },
    }


def _configuration(inputs: Properties) -> Properties:
    return {**inputs, "serverProperties": inputs["serverProperties"].encode()}


def _revise(change: Change) -> None:
    change.call(
        "update_configuration",
        Arn=change.state["id"],
        ServerProperties=change.new["serverProperties"].encode(),
    )


def _ask(change: Change, operation: str, **wanted: Any) -> None:
    """A change of a cluster names the one before."""
    known = change.call("describe_cluster", ClusterArn=change.state["id"])["ClusterInfo"]
    version = known["CurrentVersion"]
    change.call(operation, ClusterArn=change.state["id"], CurrentVersion=version, **wanted)


def _more(change: Change) -> None:
    wanted = int(change.new["numberOfBrokerNodes"])
    _ask(change, "update_broker_count", TargetNumberOfBrokerNodes=wanted)


def _brokers(change: Change) -> None:
    """Their volumes, then what they are; all else of them is another cluster."""
    old, new = (one["brokerNodeGroupInfo"] for one in (change.old, change.new))
    sizes = [int(one["storageInfo"]["ebsStorageInfo"]["volumeSize"]) for one in (old, new)]
    if sizes[0] != sizes[1]:
        wanted = [{"KafkaBrokerNodeId": "All", "VolumeSizeGB": sizes[1]}]
        _ask(change, "update_broker_storage", TargetBrokerEBSVolumeInfo=wanted)
    if old["instanceType"] != new["instanceType"]:
        _ask(change, "update_broker_type", TargetInstanceType=new["instanceType"])


def _configure(change: Change) -> None:
    said = change.new["configurationInfo"]
    wanted = {"Arn": said["arn"], "Revision": int(said["revision"])}
    _ask(change, "update_cluster_configuration", ConfigurationInfo=wanted)


def _retag(change: Change) -> None:
    arn = change.state["id"]
    old, new = change.old.get("tags", {}), change.new.get("tags", {})
    if gone := sorted(old.keys() - new.keys()):
        change.call("untag_resource", ResourceArn=arn, TagKeys=gone)
    if new:
        change.call("tag_resource", ResourceArn=arn, Tags=new)


KINDS = {
    "msk/cluster:Cluster": Kind(
        "kafka",
        create=Call("create_cluster", with_inputs=True),
        id="ClusterArn",
        read=Call("describe_cluster", _CLUSTER, "ClusterInfo"),
        delete=Call("delete_cluster", _CLUSTER),
        prepare=_cluster,
        update={
            "tags": _retag,
            "numberOfBrokerNodes": _more,
            "brokerNodeGroupInfo": _brokers,
            "configurationInfo": _configure,
        },
        outputs={
            "arn": "ClusterArn",
            # The stand-in for AWS has no addresses of brokers.
            "bootstrapBrokersSaslIam": "b-1.$clusterName.kafka.$region.amazonaws.com:9098",
        },
        replaces=words("clientAuthentication encryptionInfo"),
        name="clusterName",
        tag_type="cluster",
    ),
    "msk/configuration:Configuration": Kind(
        "kafka",
        create=Call("create_configuration", with_inputs=True),
        id="Arn",
        read=Call("describe_configuration", _CONFIGURATION),
        delete=Call("delete_configuration", _CONFIGURATION),
        prepare=_configuration,
        revise=_revise,
        outputs={"arn": "Arn", "latestRevision": "LatestRevision.Revision"},
        replaces=words("kafkaVersions"),
        name="name",
    ),
}
