"""Rules of the server's socket."""

from __future__ import annotations

import socket

import pytest

from scim.cli.listening import bound_socket
from scim.exceptions import OperatorError
from tests.cli.server_process import free_port


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0"])
def test_it_is_bound_for_processes_that_inherit_it(host: str) -> None:
    port = free_port()
    with bound_socket(host, port) as bound:
        assert bound.getsockname()[1] == port
        assert bound.get_inheritable()


def test_a_port_can_be_taken_again_right_after_a_server_ended() -> None:
    with socket.create_server(("127.0.0.1", 0)) as before:
        port = before.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)), before.accept()[0] as connection:
            connection.close()
    bound_socket("127.0.0.1", port).close()


def test_a_port_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(OperatorError, match=rf"Port {port} on 127\.0\.0\.1 is in use .* --port"):
            bound_socket("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "a..b"])
def test_a_host_elsewhere_is_named(host: str) -> None:
    with pytest.raises(OperatorError, match=rf"'{host}' is no address of this machine; .* --host"):
        bound_socket(host, free_port())
