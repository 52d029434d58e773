"""Ranges of addresses as users write them."""

import ipaddress

# A shorter prefix is a large part of the world; two halves would be all of it.
_SHORTEST_PREFIX = {4: 8, 6: 16}


def address_range(text: object) -> str:
    """A range in its usual form.

    Arguments:
        text: as it was written.

    Raises:
        ValueError: it is no range.
    """
    try:
        return str(ipaddress.ip_network(str(text)))
    except ValueError as error:
        raise ValueError(f"{error}; write an address range such as '10.20.0.0/16'") from None


def not_the_world(text: str, what: str) -> str:
    """The same range, which is not a large part of the world.

    Arguments:
        text: the range.
        what: would be opened to it, for the message.

    Raises:
        ValueError: it is.
    """
    network = ipaddress.ip_network(text)
    if network.prefixlen < _SHORTEST_PREFIX[network.version]:
        raise ValueError(
            f"opens {what} to the world; name the addresses you come from, such as '203.0.113.7/32'"
        )
    return text
