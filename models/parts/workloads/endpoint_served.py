"""What answers on the nodes of an endpoint, and what its load balancer shows to callers."""

from typing import Annotated

from pydantic import Field

from models.description.fields import Part
from models.description.text_patterns import Pattern

Certificate = Annotated[
    str,
    Pattern(
        r"arn:aws[a-z-]*:acm:[a-z0-9-]{5,30}:[0-9]{12}:certificate/[A-Za-z0-9-]{1,64}",
        "the ARN of a certificate, such as arn:aws:acm:us-east-1:123456789012:certificate/...",
    ),
]
PackageInS3 = Annotated[
    str,
    Pattern(
        r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[A-Za-z0-9._/=+-]{1,900}\.tar\.gz",
        "an archive in S3, such as s3://bucket/shop-1.4.0.tar.gz",
    ),
]
ContentType = Annotated[
    str,
    Pattern(
        r"[a-z]{1,20}/[a-z0-9][a-z0-9.+-]{0,99}", "a type of content, such as text/csv, lower-case"
    ),
]


class Application(Part):
    """A Python application that is called as web servers call one (WSGI, such as Flask)."""

    package: PackageInS3 = Field(
        description="where its code and its requirements.txt are, such as s3://bucket/shop.tar.gz"
    )
    module: Annotated[
        str,
        Pattern(
            r"[A-Za-z_][A-Za-z0-9_.]{0,99}:[A-Za-z_][A-Za-z0-9_]{0,99}",
            "a module and a variable of it, such as app:app",
        ),
    ] = Field("app:app", description="module and variable of the application")
    accepts: Annotated[tuple[ContentType, ...], Field(max_length=20)] = Field(
        (),
        description="types of what it is sent, such as text/csv; others get the status 415. Any,"
        " if none is given",
    )
