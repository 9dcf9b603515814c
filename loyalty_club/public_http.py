"""Requests to addresses that strangers named: they reach the open internet and nothing else."""

import socket

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool

from .domain.public_address import is_public

_PATIENCE = (3, 5)  # seconds to connect, and to wait for the answer


class RefusedAddressError(requests.ConnectionError):
    """A host whose address is not one of the open internet, or that has none."""


def public_addresses(host, port, allows=is_public):
    """Addresses of ``host``, all of them open to everybody.

    :param allows: says of an address whether it may be reached.
    :raises RefusedAddressError: when one of them may not, or there is none.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise RefusedAddressError(f"{host} has no address") from error
    addresses = [place[0] for *_kind, place in found]
    if not addresses or not all(allows(address) for address in addresses):
        raise RefusedAddressError(f"{host} is not on the open internet")
    return addresses


class PublicSession(requests.Session):
    """A session that speaks HTTPS alone, follows no redirect, takes no proxy or password from the
    environment, and connects to the very address that was judged: a name that leads elsewhere the
    next time it is asked is of no use.

    :param allows: says of an address whether it may be reached.
    :param verify: certificates that are trusted, as ``requests`` takes them.
    """

    def __init__(self, allows=is_public, verify=True):
        super().__init__()
        self.trust_env = False
        self.verify = verify
        self.adapters.clear()
        self.mount("https://", _PublicAdapter(allows))

    def post_only(self, url, headers, data):
        """Send ``data``; the answer's body is not read.

        :returns: the status of the answer.
        :raises requests.RequestException: when there is none.
        """
        with self.post(
            url, headers=headers, data=data, timeout=_PATIENCE, allow_redirects=False, stream=True
        ) as answer:
            return answer.status_code


class _PublicAdapter(HTTPAdapter):
    def __init__(self, allows):
        self._allows = allows
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        result = super().init_poolmanager(*args, **kwargs)
        allows = self._allows

        class Connection(HTTPSConnection):
            def _new_conn(self):
                name = self._dns_host
                self._dns_host = public_addresses(name, self.port, allows)[0]
                try:
                    return super()._new_conn()
                finally:
                    self._dns_host = name  # whose certificate is asked for

        class Pool(HTTPSConnectionPool):
            ConnectionCls = Connection

        self.poolmanager.pool_classes_by_scheme = {"https": Pool}
        return result
