# SPDX-License-Identifier: GPL-2.0-or-later
"""A camera's https as it was in 2010: TLS 1.0, a short key, in front of a simulated camera."""

import os
import socket
import ssl
import subprocess
import threading

from .process import pass_on


class OldTls:
    """Listens on a free port and hands everything on to @target, a (host, port)."""

    def __init__(self, folder, target):
        self.target = target
        self.versions = []
        self._context = self._make_context(folder)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @staticmethod
    def _make_context(folder):
        certificate = os.path.join(folder, "old.pem")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:1024", "-sha1", "-nodes", "-days", "3650",
             "-subj", "/CN=camera", "-keyout", certificate + ".key", "-out", certificate],
            check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1
        context.load_cert_chain(certificate, certificate + ".key")
        return context

    def _accept(self):
        while True:
            try:
                plain, _peer = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(plain,), daemon=True).start()

    def _serve(self, plain):
        try:
            client = self._context.wrap_socket(plain, server_side=True)
            camera = socket.create_connection(self.target)
        except OSError:
            plain.close()
            return
        self.versions.append(client.version())
        threading.Thread(target=pass_on, args=(camera, client), daemon=True).start()
        pass_on(client, camera)

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
