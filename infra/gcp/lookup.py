"""What Google Cloud calls a resource whose creation nobody heard the end of.

Its IDs follow from names, so that nobody has to be asked for them: where there is none of that ID,
`pulumi refresh` takes it out of the state again.
"""

import re
from collections.abc import Mapping
from typing import Any

_GLOBAL = "projects/{project}/global"
_REGION = "projects/{project}/regions/{region}"
_ZONE = "projects/{project}/zones/{zone}"
# As the import of each resource has it (reference of the provider, 2026-11-28).
_IDS = {
    "gcp:compute/firewall:Firewall": f"{_GLOBAL}/firewalls/{{name}}",
    "gcp:compute/instanceGroupManager:InstanceGroupManager": (
        f"{_ZONE}/instanceGroupManagers/{{name}}"
    ),
    "gcp:compute/instanceTemplate:InstanceTemplate": f"{_GLOBAL}/instanceTemplates/{{name}}",
    "gcp:compute/network:Network": f"{_GLOBAL}/networks/{{name}}",
    "gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager": (
        f"{_REGION}/instanceGroupManagers/{{name}}"
    ),
    "gcp:compute/reservation:Reservation": f"{_ZONE}/reservations/{{name}}",
    "gcp:compute/resourcePolicy:ResourcePolicy": f"{_REGION}/resourcePolicies/{{name}}",
    "gcp:compute/router:Router": f"{_REGION}/routers/{{name}}",
    "gcp:compute/routerNat:RouterNat": "{project}/{region}/{router}/{name}",
    "gcp:compute/subnetwork:Subnetwork": f"{_REGION}/subnetworks/{{name}}",
    "gcp:filestore/instance:Instance": "projects/{project}/locations/{location}/instances/{name}",
    "gcp:serviceaccount/account:Account": (
        "projects/{project}/serviceAccounts/{accountId}@{project}.iam.gserviceaccount.com"
    ),
    "gcp:storage/bucket:Bucket": "{name}",
}
# What is the same when it is made again: that does no harm.
SET_AGAIN = frozenset({"gcp:storage/bucketIAMMember:BucketIAMMember"})


def presumed_id(kind: str, inputs: Mapping[str, Any], project: str) -> str | None:
    """The ID that a resource has if it was made; None of a type whose IDs are not known.

    Arguments:
        kind: its type.
        inputs: its properties.
        project: that the provider is set to.
    """
    pattern = _IDS.get(kind)
    known = {"project": project, **inputs}
    if pattern is None or not all(known.get(one) for one in re.findall(r"{(\w+)}", pattern)):
        return None
    return pattern.format(**known)
