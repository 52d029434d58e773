"""The stack on AWS.

A module of pulumi_aws is imported as a whole, some 10 MiB, once one of its classes is named: in the
type of an argument, too. So modules that name those of services which few stacks have read their
types late (`from __future__ import annotations`).
"""
