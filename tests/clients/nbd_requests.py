"""A client of one network block device, which asks one thing after the other. Errors are OSErrors
with the errno that the server gave."""

import socket
import struct

_READ, _WRITE, _FLUSH = 0, 1, 3


class Disk:
    def __init__(self, address, name):
        """`address`: host and port."""
        self._socket = socket.create_connection(address, timeout=30)
        self._stream = self._socket.makefile("rwb")
        if self._take(16) != b"NBDMAGICIHAVEOPT":
            raise OSError("it is no NBD server")
        self._take(2)
        # Fixed newstyle without zeroes; the export by its name, which ends the handshake.
        self._put(struct.pack(">I", 3) + b"IHAVEOPT" + struct.pack(">II", 1, len(name))
                  + name.encode())
        self.size, _ = struct.unpack(">QH", self._take(10))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def read(self, offset, length):
        self._ask(_READ, offset, length)
        return self._take(length)

    def write(self, offset, data):
        self._ask(_WRITE, offset, len(data), data)

    def flush(self):
        self._ask(_FLUSH, 0, 0)

    def _ask(self, kind, offset, length, data=b""):
        self._put(struct.pack(">IHHQQI", 0x25609513, 0, kind, 7, offset, length) + data)
        magic, error, cookie = struct.unpack(">IIQ", self._take(16))
        assert (magic, cookie) == (0x67446698, 7)
        if error:
            raise OSError(error, "the server's answer")

    def _put(self, data):
        self._stream.write(data)
        self._stream.flush()

    def _take(self, length):
        data = self._stream.read(length)
        if len(data) < length:
            raise OSError("the server has closed the connection")
        return data
