"""The stack on Google Cloud."""

import pulumi_gcp

from infra.narrow_sdk import narrow

narrow(pulumi_gcp)
