"""The settings of a Pulumi stack: which there are, and those that are lists or values by path."""

import difflib
from typing import Any

import pulumi
from pulumi.runtime import config as given

PREFIX = "windtunnel:"
SETTINGS = (
    *("stack", "enforce", "seed", "replications", "set", "protect", "expendable", "versionDays"),
    *("roll", "newestImages", "owner", "costCenter", "emrCertificates"),
)


def refuse_unknown_settings() -> None:
    """Stop at a setting that nothing reads: one that is misspelt would hold for nothing.

    Raises:
        pulumi.RunError: with each, and the nearest that there is.
    """
    found = {**given.get_config_env(), **given.CONFIG.get()}
    names = (key.removeprefix(PREFIX) for key in found if key.startswith(PREFIX))
    unknown = [name for name in names if name not in SETTINGS]
    if unknown:
        raise pulumi.RunError("\n".join(map(_unknown, unknown)))


def _unknown(name: str) -> str:
    folded = {one.casefold(): one for one in SETTINGS}
    [near] = difflib.get_close_matches(name.casefold(), folded, 1) or [""]
    known = f"did you mean '{folded[near]}'?" if near else f"there are {', '.join(SETTINGS)}"
    return f"{PREFIX}{name} is no setting; {known} To take it out: pulumi config rm {PREFIX}{name}"


def structured(key: str, kind: type, form: str) -> Any:
    """A setting that is a list or values by name; an empty one where it is not set.

    Arguments:
        key: of the setting.
        kind: list or dict.
        form: what it must be, with an example.

    Raises:
        pulumi.RunError: it is something else.
    """
    try:
        value = pulumi.Config("windtunnel").get_object(key)
    except pulumi.ConfigTypeError:
        value = ""
    if value is None:
        return kind()
    if not isinstance(value, kind):
        raise pulumi.RunError(f"{PREFIX}{key} must {form}")
    return value
