"""The stack on AWS.

A package of pulumi_aws is imported once one of its classes is named: in the type of an argument,
too. So modules that name those of services which few stacks have read their types late
(`from __future__ import annotations`).
"""

import pulumi_aws

from infra.narrow_sdk import narrow

narrow(pulumi_aws)
