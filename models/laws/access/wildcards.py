"""Patterns of policies: `*` is any text and `?` any one sign, in actions, resources and values."""

import functools
import re
from collections.abc import Collection

from models.laws.access.truth import Truth, truth

ANY = "*"
_ARN_PARTS = 6  # arn:partition:service:region:account:resource
VARIABLE = "${"  # such as ${aws:username}: what it stands for is not known here


def matches(pattern: str, text: str, any_case: bool = False) -> bool:
    """Whether a text is one that a pattern means; `*` goes over `/`, too.

    Arguments:
        pattern: with wildcards.
        text: without.
        any_case: upper and lower case are one, as in actions.

    Source: IAM User Guide, "IAM JSON policy elements: Resource".
    """
    if any_case:
        return matches(pattern.lower(), text.lower())
    if pattern in (ANY, text):
        return True
    if "?" not in pattern:  # most patterns are names, or the beginnings of names
        first, star, rest = pattern.partition("*")
        if not star or not text.startswith(first):
            return False
        if not rest:
            return True
    return _compiled(pattern).fullmatch(text) is not None


def meant_by(pattern: str, names: Collection[str]) -> tuple[str, ...]:
    """The names that a pattern means; most are one name, which is looked up.

    Arguments:
        pattern: with wildcards.
        names: that there are.
    """
    if ANY not in pattern and "?" not in pattern:
        return (pattern,) if pattern in names else ()
    return tuple(name for name in names if matches(pattern, name))


@functools.lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    first, *rest = (
        "".join("." if sign == "?" else re.escape(sign) for sign in part)
        for part in re.sub(r"\*+", "*", pattern).split("*")
    )
    # What stands between two stars is taken where it comes first, for good (an atomic group):
    # else a pattern of many stars takes for ever not to match.
    between = "".join(f"(?>.*?{part})" for part in rest[:-1])
    text = first + between + (f".*{rest[-1]}" if rest else "")
    return re.compile(text, re.DOTALL)


def resource_matches(pattern: str, resource: str) -> bool:
    """Whether a resource is one that a pattern means.

    Parts of an ARN are compared one by one, so that `*` does not go over a colon between them; a
    pattern with fewer parts means any of those that it lacks.

    Arguments:
        pattern: of the names of resources.
        resource: its ARN, or another name.

    Source: IAM User Guide, "IAM JSON policy elements: Resource".
    """
    if pattern == "*" or not (pattern.startswith("arn:") and resource.startswith("arn:")):
        return matches(pattern, resource)
    lacking = _ARN_PARTS - len(_parts(pattern))
    return arn_matches(pattern + ":*" * lacking, resource)


def arn_matches(pattern: str, arn: str) -> bool:
    """Whether an ARN is one that a pattern means, part by part.

    Arguments:
        pattern: with wildcards in its parts.
        arn: of the request.

    Source: IAM User Guide, "IAM JSON policy elements: Condition operators", ARN operators.
    """
    wanted, parts = _parts(pattern), _parts(arn)
    return len(wanted) == len(parts) == _ARN_PARTS and all(map(matches, wanted, parts))


def _parts(arn: str) -> list[str]:
    return arn.split(":", _ARN_PARTS - 1)


def known_match(pattern: str, matched: bool) -> Truth:
    """What a comparison with a pattern says; nothing where the pattern has a variable.

    Arguments:
        pattern: with wildcards.
        matched: what the comparison of its text says.
    """
    return Truth.UNKNOWN if VARIABLE in pattern else truth(matched)
