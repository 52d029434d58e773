"""From the codes of the clouds to kinds of refusals."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from models.capacity.place import Place
from models.capacity.refusal import Kind, Refusal

# Google Cloud: errors of operations, reasons of refused requests, statuses of the API, TPU errors.
GOOGLE = {
    "ZONE_RESOURCE_POOL_EXHAUSTED": Kind.STOCKOUT,
    "ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS": Kind.STOCKOUT,
    "ZONE_RESOURCE_STOCKOUT": Kind.STOCKOUT,
    "REGION_RESOURCE_STOCKOUT": Kind.REGION_STOCKOUT,
    "REGION_RESOURCE_POOL_EXHAUSTED": Kind.REGION_STOCKOUT,
    "insufficientCapacity": Kind.STOCKOUT,
    "VM_MIN_COUNT_NOT_REACHED": Kind.STOCKOUT,
    "resource_availability": Kind.STOCKOUT,
    "QUOTA_EXCEEDED": Kind.QUOTA,
    "quotaExceeded": Kind.QUOTA,
    "UNSUPPORTED_OPERATION": Kind.PRE_EMPTED,
    "RESOURCE_NOT_READY": Kind.TRANSIENT,
    "resourceNotReady": Kind.TRANSIENT,
    "RESOURCE_OPERATION_RATE_EXCEEDED": Kind.TRANSIENT,
    "rateLimitExceeded": Kind.TRANSIENT,
    "RATE_LIMIT_EXCEEDED": Kind.TRANSIENT,
    "userRateLimitExceeded": Kind.TRANSIENT,
    "backendError": Kind.TRANSIENT,
    "internalError": Kind.TRANSIENT,
    "INTERNAL_ERROR": Kind.TRANSIENT,
    "RESOURCE_NOT_FOUND": Kind.VANISHED,
    "VPC_NOT_FOUND": Kind.CONFIGURATION,
    "DISK_SIZE_SMALLER_THAN_IMAGE": Kind.CONFIGURATION,
    "accessNotConfigured": Kind.CONFIGURATION,
    "SERVICE_DISABLED": Kind.CONFIGURATION,
    "invalid": Kind.CONFIGURATION,
    "required": Kind.CONFIGURATION,
    "badRequest": Kind.CONFIGURATION,
    "IAM_PERMISSION_DENIED": Kind.NO_PERMISSION,
    "forbidden": Kind.NO_PERMISSION,
    "authError": Kind.NO_PERMISSION,
    "required_login": Kind.NO_PERMISSION,
    "SUBNET_NOT_FOUND_FOR_VPC": Kind.NO_NETWORK,
    "8": Kind.TPU_STOCKOUT,
    "9": Kind.TPU_RESERVATION_SHORT,
    "3": Kind.PRE_EMPTED,
}
# What Google Cloud tells in words alone, beside a code that has several meanings.
_GOOGLE_WORDS = (
    (re.compile(r"Location .* (is not found|not found or).*unauthor", re.I), Kind.NO_ACCESS),
    (re.compile(r"size .*(can ?not|must not) be smaller than|smaller than .*image", re.I),
     Kind.CONFIGURATION),
    (re.compile(r"machine ?types?/\S+. was not found|machine type .* does not exist", re.I),
     Kind.NOT_OFFERED),
    (re.compile(r"accelerator ?types?/\S+. was not found", re.I), Kind.NOT_OFFERED),
)  # fmt: skip
# The limit of GPUs in all regions together, as QuotaExceededInfo and as the words name it.
_GLOBAL_LIMIT = "GPUS-ALL-REGIONS-per-project"
_GLOBAL_WORDS = re.compile(r"\bGPUS_ALL_REGIONS\b")

# Amazon EC2: error codes of its API.
AMAZON = {
    "InsufficientInstanceCapacity": Kind.STOCKOUT,
    "InsufficientHostCapacity": Kind.STOCKOUT,
    "InsufficientReservedInstanceCapacity": Kind.STOCKOUT,
    "InsufficientReservedInstancesCapacity": Kind.STOCKOUT,
    "InsufficientCapacity": Kind.STOCKOUT,
    "InsufficientCapacityOnHost": Kind.STOCKOUT,
    "UnfulfillableCapacity": Kind.STOCKOUT,
    "ReservationCapacityExceeded": Kind.STOCKOUT,
    "SpotMaxPriceTooLow": Kind.BID,
    "MaxSpotInstanceCountExceeded": Kind.QUOTA,
    "VcpuLimitExceeded": Kind.QUOTA,
    "InstanceLimitExceeded": Kind.QUOTA,
    "Unsupported": Kind.NOT_OFFERED,
    "UnsupportedInstanceTypeOnHost": Kind.NOT_OFFERED,
    "InvalidInstanceType": Kind.NOT_OFFERED,
    "InsufficientFreeAddressesInSubnet": Kind.NO_ADDRESSES,
    "VolumeLimitExceeded": Kind.VOLUME_QUOTA,
    "MaxIOPSLimitExceeded": Kind.VOLUME_QUOTA,
    "InsufficientVolumeCapacity": Kind.VOLUME_STOCKOUT,
    "UnauthorizedOperation": Kind.NO_PERMISSION,
    "AuthFailure": Kind.NO_PERMISSION,
    "AccessDenied": Kind.NO_PERMISSION,
    "AccessDeniedException": Kind.NO_PERMISSION,
    "InvalidClientTokenId": Kind.NO_PERMISSION,
    "SignatureDoesNotMatch": Kind.NO_PERMISSION,
    "UnrecognizedClientException": Kind.NO_PERMISSION,
    "ExpiredToken": Kind.NO_PERMISSION,
    "ExpiredTokenException": Kind.NO_PERMISSION,
    "RequestExpired": Kind.NO_PERMISSION,
    "OptInRequired": Kind.NO_PERMISSION,
    "Blocked": Kind.NO_PERMISSION,
    "DryRunOperation": Kind.WOULD_BE_ALLOWED,
    "RequestLimitExceeded": Kind.TRANSIENT,
    "Throttling": Kind.TRANSIENT,
    "ThrottlingException": Kind.TRANSIENT,
    "TooManyRequestsException": Kind.TRANSIENT,
    "EC2ThrottledException": Kind.TRANSIENT,
    "PendingVerification": Kind.TRANSIENT,
    "InternalError": Kind.TRANSIENT,
    "InternalFailure": Kind.TRANSIENT,
    "ServiceUnavailable": Kind.TRANSIENT,
    "Unavailable": Kind.TRANSIENT,
    "InvalidSubnetID.NotFound": Kind.NO_NETWORK,
    "VPCIdNotSpecified": Kind.NO_NETWORK,
    "MissingInput": Kind.NO_NETWORK,
    "InvalidAMIID.NotFound": Kind.CONFIGURATION,
    "InvalidAMIID.Malformed": Kind.CONFIGURATION,
    "InvalidBlockDeviceMapping": Kind.CONFIGURATION,
    "InvalidParameter": Kind.CONFIGURATION,
    "InvalidParameterCombination": Kind.CONFIGURATION,
    "InvalidParameterValue": Kind.CONFIGURATION,
    "MissingParameter": Kind.CONFIGURATION,
    "UnknownParameter": Kind.CONFIGURATION,
}
# Before the zones that have some, where EC2 names them: "... or choosing us-east-1a, us-east-1b."
_BEFORE_ZONES = " choosing "
# us-east-1a, and us-west-2-lax-1a of a local zone.
_ZONE = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d+(?:(?:-[a-z0-9]+)+-\d+)?[a-z]\b")


@dataclass(frozen=True)
class Told:
    """An error as a cloud's library gives it.

    Arguments:
        codes: of it, the most telling first.
        words: of it.
        details: what comes with it beside, such as `zonesAvailable`.
    """

    codes: tuple[str, ...]
    words: str
    details: Mapping[str, str] = field(default_factory=dict)


def google_refusal(told: Told, place: Place | None = None) -> Refusal:
    """What Google Cloud's refusal means.

    Arguments:
        told: by the API or an operation.
        place: that was asked for.
    """
    kind, code = _known(told.codes, GOOGLE)
    for pattern, meant in _GOOGLE_WORDS:
        if pattern.search(told.words):
            kind = meant
            break
    everywhere = told.details.get("limit_name") == _GLOBAL_LIMIT
    if kind is Kind.QUOTA and (everywhere or _GLOBAL_WORDS.search(told.words)):
        kind = Kind.GLOBAL_QUOTA
    zones = re.split(r"[,\s]+", told.details.get("zonesAvailable", "").strip())
    return _refusal(kind, code, told.words, place, zones)


def amazon_refusal(told: Told, place: Place | None = None) -> Refusal:
    """What the refusal of AWS means.

    Arguments:
        told: by the API.
        place: that was asked for.
    """
    kind, code = _known(told.codes, AMAZON)
    zones = _ZONE.findall(told.words.partition(_BEFORE_ZONES)[2])
    return _refusal(kind, code, told.words, place, zones)


def _known(codes: tuple[str, ...], table: Mapping[str, Kind]) -> tuple[Kind, str]:
    for code in codes:
        if code in table:
            return table[code], code
    return Kind.UNKNOWN, codes[0] if codes else ""


def _refusal(kind: Kind, code: str, words: str, place: Place | None, zones: list[str]) -> Refusal:
    here = place.zone if place else ""
    hinted = tuple(dict.fromkeys(one for one in zones if one and one != here))
    return Refusal(kind, code, " ".join(words.split()), place, hinted)
