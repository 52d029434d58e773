"""Google Cloud in memory: the documented limits, and what is there twice, missing or in use."""

import ipaddress
import itertools
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from provider.kinds import words

Properties = dict[str, Any]

PROJECT = "windtunnel-tests"
API = "https://www.googleapis.com/compute/v1/projects/"
_COMPUTE_NAME = r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?"  # RFC 1035, as the reference of the API has it
_LABEL_KEY, _LABEL_VALUE = r"[a-z][-_a-z0-9]{0,62}", r"[-_a-z0-9]{0,63}"
_LONGEST_METADATA = 256 * 1024  # bytes of one value


class RefusedError(ValueError):
    """What Google Cloud says when it does not do what it is asked for."""


@dataclass(frozen=True)
class Kind:
    """A kind of resource.

    Arguments:
        named: the property that is its name.
        pattern: of the name.
        updated: properties that change in place, by the reference of the API; all others replace.
        link: path of its self link, filled in with the properties; empty for none.
        id: by the reference of the provider; empty where it is all that was asked for.
        limits: what its properties keep to.
        added: what the cloud adds to what was asked for.
    """

    named: str
    pattern: str
    updated: frozenset[str] = frozenset()
    link: str = ""
    id: str = ""
    limits: Callable[[Properties], Iterator[str]] = lambda properties: iter(())
    added: Callable[[Properties], Properties] = lambda properties: {}


def _compute(updated: str, link: str, **more: Any) -> Kind:
    identified = {"id": f"projects/{link}", **more}
    return Kind("name", _COMPUTE_NAME, words(updated), link, **identified)


def _account(properties: Properties) -> Properties:
    email = f"{properties['accountId']}@{PROJECT}.iam.gserviceaccount.com"
    return {"email": email, "member": f"serviceAccount:{email}", "name": f"projects/-/{email}"}


def _network(properties: Properties) -> Iterator[str]:
    if not 1300 <= properties.get("mtu", 1460) <= 8896:
        yield "mtu: is from 1300 to 8896"


def _template(properties: Properties) -> Iterator[str]:
    texts = {**properties.get("metadata", {}), "": properties.get("metadataStartupScript", "")}
    if any(len(str(text).encode()) > _LONGEST_METADATA for text in texts.values()):
        yield "metadata: a value is longer than 256 KiB"
    for tag in properties.get("tags", []):
        if not re.fullmatch(_COMPUTE_NAME, tag):
            yield f"tags: '{tag}' is no tag"
    for disk in properties.get("disks", []):
        if disk.get("boot") and disk.get("diskSizeGb", 10) < 10:
            yield "disks: a boot disk holds 10 GB or more"
    spot = properties.get("scheduling", {}).get("provisioningModel") == "SPOT"
    if spot and properties["scheduling"].get("automaticRestart"):
        yield "scheduling: spot nodes are not restarted automatically"
    attached = properties.get("guestAccelerators")
    if attached and properties.get("scheduling", {}).get("onHostMaintenance") != "TERMINATE":
        yield "scheduling: nodes with GPUs are not migrated; onHostMaintenance is TERMINATE"


def _filestore(properties: Properties) -> Iterator[str]:
    least = {"BASIC_HDD": 1024, "BASIC_SSD": 2560, "ZONAL": 1024, "REGIONAL": 1024}
    size = properties["fileShares"]["capacityGb"]
    if size < least.get(properties["tier"], 1024):
        yield f"fileShares: {properties['tier']} holds {least[properties['tier']]} GB or more"
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,15}", properties["fileShares"]["name"]):
        yield "fileShares: a name has 16 letters at the most"


def _group(properties: Properties) -> Iterator[str]:
    if not 0 <= properties.get("targetSize", 0) <= 1000:
        yield "targetSize: is from 0 to 1000"
    policy = properties.get("updatePolicy", {})
    if not policy.get("maxUnavailableFixed", 1) and not policy.get("maxSurgeFixed", 1):
        yield "updatePolicy: one of maxSurge and maxUnavailable is more than 0"


KINDS = {
    "gcp:compute/network:Network": _compute(
        "routingMode mtu", "{project}/global/networks/{name}", limits=_network
    ),
    "gcp:compute/subnetwork:Subnetwork": _compute(
        "ipCidrRange privateIpGoogleAccess logConfig",
        "{project}/regions/{region}/subnetworks/{name}",
    ),
    "gcp:compute/router:Router": _compute(
        "description bgp", "{project}/regions/{region}/routers/{name}"
    ),
    "gcp:compute/routerNat:RouterNat": _compute(
        "logConfig natIpAllocateOption sourceSubnetworkIpRangesToNat minPortsPerVm",
        "",
        id="{project}/{region}/{router}/{name}",
    ),
    "gcp:compute/firewall:Firewall": _compute(
        "allows denies description sourceRanges sourceTags targetTags priority logConfig",
        "{project}/global/firewalls/{name}",
    ),
    "gcp:compute/resourcePolicy:ResourcePolicy": _compute(
        "", "{project}/regions/{region}/resourcePolicies/{name}"
    ),
    "gcp:compute/reservation:Reservation": _compute(
        "", "{project}/zones/{zone}/reservations/{name}"
    ),
    "gcp:compute/instanceTemplate:InstanceTemplate": _compute(
        "", "{project}/global/instanceTemplates/{name}", limits=_template
    ),
    "gcp:compute/instanceGroupManager:InstanceGroupManager": _compute(
        "targetSize versions updatePolicy waitForInstances waitForInstancesStatus",
        "{project}/zones/{zone}/instanceGroupManagers/{name}",
        limits=_group,
        added=lambda properties: {"instanceGroup": f"{properties['name']}-instances"},
    ),
    "gcp:storage/bucket:Bucket": Kind(
        "name",
        r"[a-z0-9][-_.a-z0-9]{1,61}[a-z0-9]",
        words(
            "labels versioning lifecycleRules logging encryption forceDestroy storageClass"
            " publicAccessPrevention uniformBucketLevelAccess softDeletePolicy"
        ),
        id="{name}",
        added=lambda properties: {"url": f"gs://{properties['name']}"},
    ),
    "gcp:storage/bucketIAMMember:BucketIAMMember": Kind("", ""),
    "gcp:serviceaccount/account:Account": Kind(
        "accountId",
        r"[a-z][-a-z0-9]{4,28}[a-z0-9]",
        words("displayName description"),
        id="projects/{project}/serviceAccounts/{accountId}@{project}.iam.gserviceaccount.com",
        added=_account,
    ),
    "gcp:filestore/instance:Instance": Kind(
        "name",
        r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?",
        words("description fileShares labels"),
        id="projects/{project}/locations/{location}/instances/{name}",
        limits=_filestore,
        added=lambda properties: {
            "networks": [{**one, "ipAddresses": ["10.0.0.2"]} for one in properties["networks"]]
        },
    ),
}


def faults(token: str, properties: Properties) -> Iterator[str]:
    """What the documented limits of a kind say against properties, each after its path.

    Arguments:
        token: of the kind.
        properties: as the program gives them.
    """
    kind = KINDS[token]
    name = properties.get(kind.named)
    if kind.named and isinstance(name, str) and not re.fullmatch(kind.pattern, name):
        yield f"{kind.named}: '{name}' does not match {kind.pattern}"
    labels = properties.get("labels", {})
    if len(labels) > 64:
        yield "labels: are more than 64"
    for key, value in labels.items():
        if not re.fullmatch(_LABEL_KEY, key) or not re.fullmatch(_LABEL_VALUE, str(value)):
            yield f"labels: '{key}: {value}' is no label"
    if len(properties.get("description", "")) > 2048:
        yield "description: is longer than 2048"
    yield from kind.limits(properties)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


@dataclass
class GoogleCloud:
    """What there is, by kind and id.

    Arguments:
        living: states.
    """

    living: dict[tuple[str, str], Properties] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _counter: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def create(self, token: str, inputs: Properties) -> Properties:
        """Make a resource; its state.

        Arguments:
            token: of its kind.
            inputs: its properties.

        Raises:
            RefusedError: it exists, or what it names does not.
        """
        kind, filled = KINDS[token], {"project": PROJECT, **inputs}
        state = {**filled, **kind.added(filled)}
        if kind.link:
            state["selfLink"] = API + kind.link.format(**filled)
            state["selfLinkUnique"] = f"{state['selfLink']}?uniqueId={next(self._counter)}"
        state["id"] = kind.id.format(**filled) if kind.id else "/".join(map(str, inputs.values()))
        with self._lock:
            if (token, state["id"]) in self.living:
                raise RefusedError(f"googleapi: Error 409: '{state['id']}' already exists")
            self._has_all(inputs)
            self._apart(inputs)
            self.living[token, state["id"]] = state
        return state

    def update(self, token: str, state: Properties, inputs: Properties) -> Properties:
        """Change a resource in place; its state.

        Arguments:
            token: of its kind.
            state: before.
            inputs: its properties from now on.
        """
        with self._lock:
            self._has_all(inputs)
            known = self._known(token, state["id"])
            self.living[token, state["id"]] = {**known, **inputs}
            return self.living[token, state["id"]]

    def read(self, token: str, identifier: str) -> Properties | None:
        """The state of a resource; None where there is none.

        Arguments:
            token: of its kind.
            identifier: of it.
        """
        with self._lock:
            return self.living.get((token, identifier))

    def delete(self, token: str, identifier: str) -> None:
        """End a resource.

        Arguments:
            token: of its kind.
            identifier: of it.

        Raises:
            RefusedError: another uses it.
        """
        with self._lock:
            state = self._known(token, identifier)
            link = state.get("selfLink")
            for (_, user), other in self.living.items():
                used = {one.partition("?")[0] for one in _strings(other)} - {other.get("selfLink")}
                if link and user != identifier and link in used:
                    raise RefusedError(
                        "googleapi: Error 400: The resource is already being used by"
                        f" '{user}', resourceInUseByAnotherResource"
                    )
            del self.living[token, identifier]

    def _known(self, token: str, identifier: str) -> Properties:
        if (token, identifier) not in self.living:
            raise RefusedError(f"googleapi: Error 404: '{identifier}' was not found")
        return self.living[token, identifier]

    def _apart(self, inputs: Properties) -> None:
        """Interfaces of one machine are in networks and address ranges of their own."""
        kind = "gcp:compute/subnetwork:Subnetwork"
        found = [
            self._known(kind, one["subnetwork"]) for one in inputs.get("networkInterfaces", [])
        ]
        if len({one["network"] for one in found}) < len(found):
            raise RefusedError("googleapi: Error 400: networkInterfaces are in one network")
        ranges = [ipaddress.ip_network(one["ipCidrRange"]) for one in found]
        if any(one.overlaps(other) for one, other in itertools.combinations(ranges, 2)):
            raise RefusedError("googleapi: Error 400: networkInterfaces in ranges that overlap")

    def _has_all(self, inputs: Properties) -> None:
        links = {one["selfLink"] for one in self.living.values() if "selfLink" in one}
        for text in _strings(inputs):
            if text.startswith(API + PROJECT) and text.partition("?")[0] not in links:
                raise RefusedError(f"googleapi: Error 404: '{text}' was not found")
