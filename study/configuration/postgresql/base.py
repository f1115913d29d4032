"""Connections to PostgreSQL whose health is looked up on this machine."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that asks the server whether it lives only where that is in doubt."""

    def is_usable(self) -> bool:
        """Whether the connection can be used; asked before each request's first query.

        A server that ended the connection has closed its socket, which then can be read from. So
        a silent socket needs no exchange with the server, which is a tenth of a request's time.
        """
        is_known = self.connection is None or self.connection.closed or self.errors_occurred
        return (not is_known and _is_silent(self.connection.fileno())) or bool(super().is_usable())


def _is_silent(socket: int) -> bool:
    poll = select.poll()
    poll.register(socket, select.POLLIN)
    return not poll.poll(0)
