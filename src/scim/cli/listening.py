"""The socket of the server, taken before anything else happens, so that a port in use is the first thing one hears of."""

from __future__ import annotations

import errno
import socket

from scim.exceptions import OperatorError


def bound_socket(host: str, port: int, option: str = "--port") -> socket.socket:
    """A socket that is bound, not yet listening; child processes may inherit it. `option` is what chooses the port.

    Raises:
        OperatorError: the port is in use or not allowed, or the host is not an address of this machine.
    """
    family, address = _address(host, port)
    bound = socket.socket(family)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as error:
        bound.close()
        raise OperatorError(_refusal(error, host, port, option)) from error
    bound.set_inheritable(True)
    return bound


def _address(host: str, port: int) -> tuple[int, tuple[str, int]]:
    """The first address of a host; IPv4 before IPv6, since `localhost` is both."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise OperatorError(f"'{host}' is no address of this machine; choose another with --host.") from error
    family, *_, address = min(found, key=lambda one: one[0] != socket.AF_INET)
    return family, (str(address[0]), int(address[1]))


def _refusal(error: OSError, host: str, port: int, option: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is in use by another program; choose another with {option}."
    if error.errno == errno.EACCES:
        return f"This user may not listen on port {port}; choose one above 1023 with {option}."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"'{host}' is no address of this machine; choose another with --host."
    return f"Cannot listen on {host}, port {port}: {error.strerror}."
