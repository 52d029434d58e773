"""Conditions of a statement: operators, keys and values, against what is known of a request."""

import ipaddress
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from models.laws.access.truth import Truth, all_of, any_of, opposite, truth
from models.laws.access.wildcards import arn_matches, known_match, matches

# Operator, key and values, as a statement has them; all must hold, and one of the values.
Conditions = tuple[tuple[str, str, tuple[str, ...]], ...]
_IF_EXISTS, _ALL, _ANY = "ifexists", "forallvalues", "foranyvalue"


@dataclass(frozen=True)
class Context:
    """What is known of a request beside who, what and on what.

    Arguments:
        values: by condition key; a key with several values has them all.
        complete: a key that is not there is not in the request; else nobody knows its value.
    """

    values: Mapping[str, tuple[str, ...]]
    complete: bool = True

    def get(self, key: str) -> tuple[str, ...] | None:
        """The values of a key, whose name has no case; None where there are none.

        Arguments:
            key: its name.
        """
        for name, values in self.values.items():
            if name.lower() == key.lower():
                return values
        return None


NOTHING_KNOWN = Context({}, complete=False)
NOTHING_MORE = Context({})  # no key at all is in the request


def _equal(wanted: str, value: str) -> bool:
    return wanted == value


def _equal_in_any_case(wanted: str, value: str) -> bool:
    return wanted.lower() == value.lower()


def _in_range(wanted: str, value: str) -> bool:
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        return False


def _number(compared: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    def holds(wanted: str, value: str) -> bool:
        try:
            return compared(float(value), float(wanted))
        except ValueError:
            return False

    return holds


OPERATORS = (  # that AWS has, those that are not known here among them
    *(f"String{end}" for end in ("Equals", "NotEquals", "EqualsIgnoreCase", "NotEqualsIgnoreCase")),
    *("StringLike", "StringNotLike", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"),
    *(
        f"{kind}{end}"
        for kind in ("Numeric", "Date")
        for end in ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan")
    ),
    *("NumericGreaterThanEquals", "DateGreaterThanEquals", "Bool", "BinaryEquals"),
    *("IpAddress", "NotIpAddress", "Null"),
)
_WRITTEN = {one.lower() for one in OPERATORS}

# Of each operator what compares a value of the statement with one of the request, and whether
# the operator asks for the opposite.
_OPERATORS: dict[str, tuple[Callable[[str, str], bool], bool]] = {
    "stringequals": (_equal, False),
    "stringnotequals": (_equal, True),
    "stringequalsignorecase": (_equal_in_any_case, False),
    "stringnotequalsignorecase": (_equal_in_any_case, True),
    "stringlike": (matches, False),
    "stringnotlike": (matches, True),
    "arnequals": (arn_matches, False),
    "arnlike": (arn_matches, False),
    "arnnotequals": (arn_matches, True),
    "arnnotlike": (arn_matches, True),
    "bool": (_equal_in_any_case, False),
    "ipaddress": (_in_range, False),
    "notipaddress": (_in_range, True),
    "numericequals": (_number(operator.eq), False),
    "numericnotequals": (_number(operator.eq), True),
    "numericlessthan": (_number(operator.lt), False),
    "numericlessthanequals": (_number(operator.le), False),
    "numericgreaterthan": (_number(operator.gt), False),
    "numericgreaterthanequals": (_number(operator.ge), False),
}


def met(conditions: Conditions, context: Context) -> Truth:
    """Whether all conditions of a statement hold; an operator that is not known here says nothing.

    Arguments:
        conditions: of the statement.
        context: what is known of the request.

    Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
    """
    return all_of(_met(*one, context) for one in conditions)


def not_said(conditions: Conditions, context: Context) -> list[str]:
    """Why it can't be said of conditions whether they hold, a few words each.

    Arguments:
        conditions: of a statement.
        context: what is known of the request.
    """
    found = []
    for written, key, values in conditions:
        if _met(written, key, values, context) is not Truth.UNKNOWN:
            continue
        named = _split(written)[1]
        if named not in _OPERATORS and named != "null":
            found.append(f"the operator {written} is not known here")
        elif context.get(key) is None:
            found.append(f"it depends on {key}")
        else:
            found.append(f"{key} is compared with a variable")
    return found


def is_operator(written: str) -> bool:
    """Whether AWS has an operator, with its set qualifier and its ending.

    Arguments:
        written: as in a policy.
    """
    qualifier, name, _ = _split(written)
    return name in _WRITTEN and qualifier in ("", _ALL, _ANY)


def _split(written: str) -> tuple[str, str, bool]:
    """Set qualifier, operator and whether the key may be missing."""
    qualifier, _, name = written.lower().rpartition(":")
    return qualifier, name.removesuffix(_IF_EXISTS), name.endswith(_IF_EXISTS)


def _met(written: str, key: str, wanted: tuple[str, ...], context: Context) -> Truth:
    qualifier, name, if_exists = _split(written)
    known = (name in _OPERATORS or name == "null") and qualifier in ("", _ALL, _ANY)
    values = context.get(key)
    if not known or (values is None and not context.complete):
        return Truth.UNKNOWN
    if name == "null":
        return any_of(truth((one.lower() == "true") == (not values)) for one in wanted)
    compared, opposed = _OPERATORS[name]
    if not values:
        if qualifier == _ANY:
            return Truth.NO
        return truth(if_exists or opposed or qualifier == _ALL)
    each = [_one(compared, opposed, wanted, value) for value in values]
    # Without a qualifier a key has one value; of several it is enough that one is meant, and of
    # what must not be meant that none is.
    every = qualifier == _ALL or (not qualifier and opposed)
    return all_of(each) if every else any_of(each)


def _one(
    compared: Callable[[str, str], bool], opposed: bool, wanted: Sequence[str], value: str
) -> Truth:
    found = any_of(known_match(one, compared(one, value)) for one in wanted)
    return opposite(found) if opposed else found
