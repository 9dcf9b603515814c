"""Which addresses of the network belong to everybody, and which to the shop's own house."""

import ipaddress

# Networks of version 6 that lead to an address of version 4, written in its last four bytes.
_CARRIERS = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("::/96"))

_OWN = 1  # ::1 and :: carry nothing


def is_public(text: str) -> bool:
    """Whether an address is one of the open internet; what is none is not.

    An address that stands for another one is judged by that one.

    >>> is_public("8.8.8.8"), is_public("2001:4860:4860::8888")
    (True, True)
    >>> [is_public(own) for own in ("127.0.0.1", "10.1.2.3", "169.254.169.254", "fe80::1%eth0")]
    [False, False, False, False]
    >>> is_public("64:ff9b::808:808"), is_public("64:ff9b::7f00:1"), is_public("example.com")
    (True, False, False)
    """
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    judged = _carried(address) or [address]
    return all(one.is_global and not _is_special(one) for one in judged)


def _is_special(address) -> bool:
    return (
        address.is_multicast
        or address.is_reserved
        or address.is_loopback
        or address.is_link_local
        or address.is_unspecified
    )


def _carried(address) -> list:
    """Addresses of version 4 that one of version 6 stands for."""
    if address.version == 4:
        return []
    known = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if any(address in network for network in _CARRIERS) and int(address) > _OWN:
        known.append(ipaddress.ip_address(int(address) & 0xFFFFFFFF))
    return [one for one in known if one is not None]
