"""Buckets and what is set on them."""

from provider.kinds import Action, Call, Change, Kind, Properties

_BUCKET = {"Bucket": "$bucket"}


def _delete_bucket(change: Change) -> None:
    bucket = change.state["bucket"]
    if change.state.get("forceDestroy"):
        found = change.call("list_object_versions", Bucket=bucket)
        for item in [*found.get("Versions", []), *found.get("DeleteMarkers", [])]:
            change.call(
                "delete_object", Bucket=bucket, Key=item["Key"], VersionId=item["VersionId"]
            )
    change.call("delete_bucket", Bucket=bucket)


def _stop_logging(change: Change) -> None:
    change.call("put_bucket_logging", Bucket=change.state["bucket"], BucketLoggingStatus={})


def _retag(change: Change) -> None:
    pairs = [{"Key": key, "Value": value} for key, value in change.new.get("tags", {}).items()]
    bucket = change.state["bucket"]
    change.call("put_bucket_tagging", Bucket=bucket, Tagging={"TagSet": pairs})


def _setting(noun: str, found: str, delete: Action | None = None, **others: object) -> Kind:
    """What put_NOUN sets on a bucket, get_NOUN finds and delete_NOUN takes away."""
    put = Call(f"put_{noun}", _BUCKET, with_inputs=True)
    return Kind(
        "s3",
        create=put,
        revise=put,
        id="$bucket",
        read=Call(f"get_{noun}", _BUCKET, found),
        delete=delete or Call(f"delete_{noun}", _BUCKET),
        replaces=frozenset({"bucket"}),
        local=frozenset({"bucket", "skipDestroy"}),
        **others,  # type: ignore[arg-type]
    )


def _logging(inputs: Properties) -> Properties:
    return {"BucketLoggingStatus": {"LoggingEnabled": inputs}}


KINDS = {
    "s3/bucket:Bucket": Kind(
        "s3",
        create=Call(
            "create_bucket",
            {"CreateBucketConfiguration": {"LocationConstraint": "$elsewhere"}},
            with_inputs=True,
        ),
        id="$bucket",
        read=Call("head_bucket", _BUCKET),
        delete=_delete_bucket,
        rename={"objectLockEnabled": "ObjectLockEnabledForBucket"},
        apply={"tags": _retag},
        outputs={
            "arn": "arn:aws:s3:::$bucket",
            "bucketDomainName": "$bucket.s3.amazonaws.com",
            "bucketRegionalDomainName": "$bucket.s3.$region.amazonaws.com",
        },
        replaces=frozenset({"objectLockEnabled"}),
        local=frozenset({"forceDestroy"}),
        name="bucket",
        tag_type="bucket",
    ),
    "s3/bucketPublicAccessBlock:BucketPublicAccessBlock": _setting(
        "public_access_block",
        "PublicAccessBlockConfiguration",
        within="PublicAccessBlockConfiguration",
    ),
    "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": _setting(
        "bucket_encryption",
        "ServerSideEncryptionConfiguration",
        rename={"rules": "ServerSideEncryptionConfiguration.Rules"},
    ),
    "s3/bucketVersioning:BucketVersioning": _setting(
        "bucket_versioning",
        "@",
        Call(
            "put_bucket_versioning",
            {**_BUCKET, "VersioningConfiguration": {"Status": "Suspended"}},
        ),
    ),
    "s3/bucketLogging:BucketLogging": _setting(
        "bucket_logging", "LoggingEnabled", _stop_logging, prepare=_logging
    ),
    "s3/bucketPolicy:BucketPolicy": _setting("bucket_policy", "Policy"),
    "s3/bucketOwnershipControls:BucketOwnershipControls": _setting(
        "bucket_ownership_controls",
        "OwnershipControls",
        rename={"rule": "OwnershipControls.Rules"},
    ),
    "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": _setting(
        "bucket_lifecycle_configuration",
        "Rules",
        Call("delete_bucket_lifecycle", _BUCKET),
        rename={"rules": "LifecycleConfiguration.Rules"},
    ),
}
