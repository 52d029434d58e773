"""Changes of the example stacks, so that every branch of what is built is run."""

from collections.abc import Callable
from typing import Any

Stack = dict[str, Any]
TLS = {"Bool": {"aws:SecureTransport": True}}
Change = Callable[[Stack], Any]


def nodes(**keys: Any) -> Change:
    """Change the node group."""
    return lambda stack: stack["nodes"]["trainers"].update(keys)


def network(**keys: Any) -> Change:
    """Change the network."""
    return lambda stack: stack["network"].update(keys)


def file_system(service: str, access: str = "read_write", size: str = "4 TB") -> Change:
    """Add a file system called shared that the nodes may use."""

    def change(stack: Stack) -> None:
        stack["storage"]["shared"] = {"kind": "nas", "service": service, "size": size}
        permissions = stack["identities"]["trainer"]["permissions"]
        permissions.append({"store": "shared", "access": access})

    return change


def volume(service: str, **keys: Any) -> Change:
    """Add a volume called scratch to each node, and change the nodes."""
    store = {"kind": "block", "service": service, "size": "1 TB", "nodes": "trainers"}

    def change(stack: Stack) -> None:
        stack["storage"]["scratch"] = store
        nodes(**keys)(stack)

    return change


def joined(volumes: int, level: str = "0") -> Change:
    """Add volumes called scratch to each node, which are joined."""

    def change(stack: Stack) -> None:
        volume("ebs-gp3")(stack)
        stack["storage"]["scratch"] |= {"volumes": volumes, "level": level}

    return change


def bucket_access(access: str) -> Change:
    """Change what the nodes may do with the bucket."""

    def change(stack: Stack) -> None:
        stack["identities"]["trainer"]["permissions"][0]["access"] = access

    return change


def people(stack: Stack) -> None:
    """Add users, a group, a denial, and policies of stores."""
    file_system("efs-standard")(stack)
    stack["identities"] |= {
        "ann": {
            "kind": "user",
            "groups": ["staff"],
            "permissions": [{"store": "imagenet", "access": "read", "objects": "train/*"}],
        },
        "bob": {"kind": "user"},
        "staff": {"kind": "group", "permissions": [{"store": "*", "access": "list"}]},
    }
    stack["storage"]["imagenet"]["permissions"] = [
        {"identity": "bob", "access": "read_write", "when": TLS},
        {"identity": "*", "access": "write", "effect": "deny", "objects": "frozen/*"},
    ]
    stack["storage"]["shared"]["permissions"] = [
        {"identity": "bob", "access": "read"},
        {"identity": "trainer", "access": "write", "effect": "deny", "when": TLS},
    ]


def without(key: str) -> Change:
    """Leave a key out."""
    return lambda stack: stack.pop(key)


SHARED: dict[str, Change | None] = {
    "example": None,
    "spot": nodes(purchase="spot", spares=2),
    "spread": nodes(placement="spread"),
    "ssh": network(ssh_from=["203.0.113.7/32", "2001:db8::/32"]),
    "write": bucket_access("write"),
    "read and write": bucket_access("read_write"),
    "no identity": without("identities"),
    "no zones": without("zones"),
}
AWS: dict[str, Change | None] = {
    **SHARED,
    "cpu": nodes(instance="c7i.48xlarge", placement="none"),
    "arm": nodes(instance="c7g.16xlarge"),
    "p5": nodes(instance="p5.48xlarge"),
    "efs": file_system("efs-standard"),
    "efs read": file_system("efs-one-zone", "read"),
    "persistent": file_system("fsx-lustre-persistent-2-250"),
    "people": people,
    "gp3": volume("ebs-gp3"),
    "gp3 joined": joined(4, "10"),
    "io2": volume("ebs-io2"),
    "reservation": nodes(reservation={"make": True}),
    "block": nodes(purchase="capacity_block", reservation={"name": "cr-0a1b2c3d4e5f67890"}),
}
GCP: dict[str, Change | None] = {
    **SHARED,
    "cpu": nodes(instance="n2-standard-32", placement="none"),
    "attached": nodes(instance="n1-standard-96+8xV100", placement="none"),
    "zonal": file_system("filestore-zonal", "read"),
    "regional": file_system("filestore-regional"),
    "pd": volume("pd-ssd"),
    "reservation": nodes(reservation={"make": True}),
    "block": nodes(purchase="capacity_block", reservation={"name": "ours"}),
    "flex start": nodes(purchase="flex_start"),
    "hyperdisk": volume("hyperdisk-balanced", instance="c3-standard-88"),
}
