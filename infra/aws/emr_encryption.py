"""How a cluster of EMR encrypts what is on its disks and what its nodes tell each other."""

import json
import re
from typing import Any

import pulumi

_OBJECT = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(\S{1,1000}\.zip)")


def certificates() -> str | None:
    """Where the certificate of the nodes and its key are: a zip file of PEM files in S3.

    Amazon EMR Management Guide, "Providing certificates for encrypting data in transit".

    Raises:
        pulumi.RunError: the setting is no such place.
    """
    place = pulumi.Config("windtunnel").get("emrCertificates")
    if place and not _OBJECT.fullmatch(place):
        raise pulumi.RunError(
            f"windtunnel:emrCertificates: {place!r} is no zip file in S3; write it like"
            " s3://bucket/folder/certificates.zip"
        )
    return place or None


def arn_of(place: str) -> str:
    """What policies call an object.

    Arguments:
        place: of it, as s3://bucket/key.
    """
    return f"arn:aws:s3:::{place.removeprefix('s3://')}"


def encryption(key: str, certificates: str | None) -> str:
    """A security configuration, as EMR reads it.

    Arguments:
        key: ARN of the key of the disks.
        certificates: of the nodes; what they tell each other is in the clear without.
    """
    at_rest = {
        "S3EncryptionConfiguration": {"EncryptionMode": "SSE-S3"},
        "LocalDiskEncryptionConfiguration": {
            "EncryptionKeyProviderType": "AwsKms",
            "AwsKmsKey": key,
            "EnableEbsEncryption": True,
        },
    }
    said: dict[str, Any] = {
        "EnableAtRestEncryption": True,
        "AtRestEncryptionConfiguration": at_rest,
        "EnableInTransitEncryption": certificates is not None,
    }
    if certificates is not None:
        said["InTransitEncryptionConfiguration"] = {
            "TLSCertificateConfiguration": {
                "CertificateProviderType": "PEM",
                "S3Object": certificates,
            }
        }
    return json.dumps(
        {
            "EncryptionConfiguration": said,
            "InstanceMetadataServiceConfiguration": {
                "MinimumInstanceMetadataServiceVersion": 2,
                "HttpPutResponseHopLimit": 1,
            },
        }
    )
