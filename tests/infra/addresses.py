"""How much of the world a range of addresses is."""

import ipaddress

# A range that an organisation may own; the world can also be named as two halves.
LEAST_PREFIX = {4: 8, 6: 16}


def is_much_of_the_world(addresses: str) -> bool:
    """Whether a range is wider than any organisation's.

    Arguments:
        addresses: a range such as 203.0.113.0/24.
    """
    network = ipaddress.ip_network(addresses)
    return network.prefixlen < LEAST_PREFIX[network.version]
