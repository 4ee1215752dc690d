#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The link to the cloud by TLS: who is refused is told why; servers that pack their words tightly.

Certificates one by one are doors/tls in C; this is the daemon.
"""

import json
import os
import shutil
import socket
import ssl
import struct
import subprocess
import threading
import unittest

from harness.house import GATEWAY, SystemTest, configuration
from harness.mailbox import Mailbox
from harness.mqtt import (
    CONNACK, CONNECT, PUBACK, PUBLISH, SUBACK, SUBSCRIBE, packet, read_packet, string)
from harness.process import Port, Process, end_reading
from harness.runner import main
from harness.simulator import until

BROKER_CONF = """\
user root
listener {port} 127.0.0.1
allow_anonymous true
cafile {folder}/ca.pem
certfile {folder}/{name}.pem
keyfile {folder}/{name}.key
require_certificate true
log_dest stderr
log_type all
"""
NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
TOGETHER = 20


class TightServer:
    """As much of a broker as a link needs. All its actions go out as one TLS record."""

    def __init__(self, certificate, key):
        self.port = Port()
        self.published = Mailbox("the tight server")
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(("127.0.0.1", int(self.port)))
        self._listener.listen()
        self._connection = None
        self._server = threading.Thread(target=self._serve, daemon=True)
        self._server.start()

    def send(self, topic, payloads):
        """QoS 0: nothing else goes to and fro."""
        packets = [packet(PUBLISH, 0, string(topic) + payload) for payload in payloads]
        self._connection.sendall(b"".join(packets))

    def close(self):
        ends = [end for end in (self._listener, self._connection) if end is not None]
        end_reading(self._server, *ends)
        self.port.close()

    def _serve(self):
        try:
            raw, _address = self._listener.accept()
            self._connection = self._context.wrap_socket(raw, server_side=True)
            stream = self._connection.makefile("rb")
            while True:
                self._take(*read_packet(stream))
        except (OSError, ValueError, EOFError):
            self.published.close("connection lost")

    def _take(self, first, body):
        kind = first >> 4
        if kind == CONNECT:
            self._connection.sendall(packet(CONNACK, 0, b"\0\0"))
        elif kind == SUBSCRIBE:
            self._connection.sendall(packet(SUBACK, 0, body[:2] + b"\1"))
        elif kind == PUBLISH:
            end = 2 + struct.unpack("!H", body[:2])[0]
            self._connection.sendall(packet(PUBACK, 0, body[end:end + 2]))
            self.published.put(json.loads(body[end + 2:]))


@unittest.skipIf(shutil.which("openssl") is None, "no openssl")
class TlsTest(SystemTest):
    def setUp(self):
        super().setUp()
        self.make_ca("ca")
        self.make("server", "subjectAltName=IP:127.0.0.1", 2)

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    def make_ca(self, name):
        self.openssl("req", "-x509", *NEW_KEY, "-keyout", f"{name}.key", "-out", f"{name}.pem",
                     "-subj", f"/CN={name}", "-days", "2")

    def make(self, name, extension, days, ca="ca"):
        with open(self.path(f"{name}.ext"), "w", encoding="ascii") as file:
            file.write(extension + "\n")
        self.openssl("req", *NEW_KEY, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj",
                     f"/CN={name}")
        self.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{ca}.pem", "-CAkey",
                     f"{ca}.key", "-CAcreateserial", "-out", f"{name}.pem", "-days", str(days),
                     "-extfile", f"{name}.ext")

    def path(self, name):
        return os.path.join(self.folder, name)

    def start(self, port, name="daemon", **keys):
        config = configuration()
        config["cloud"] = {"servers": f"mqtts://127.0.0.1:{port}", "reconnect-max": 1,
                           "ca-file": self.path("ca.pem"), **keys}
        daemon = self.make_daemon(config, name)
        daemon.start()
        return daemon

    def with_certificate(self, name):
        return {"cert-file": self.path(f"{name}.pem"), "key-file": self.path(f"{name}.key")}

    def start_broker_with(self, certificate):
        """Returns it, and its port."""
        port = self.keep(Port())
        conf = self.path(f"mosquitto-{certificate}.conf")
        with open(conf, "w", encoding="utf-8") as file:
            file.write(BROKER_CONF.format(port=port, folder=self.folder, name=certificate))
        broker = self.keep(Process("mosquitto", ["mosquitto", "-c", conf]))
        broker.lines.expect(lambda line: line.endswith(" running"), "line 'running'")
        return broker, port

    def expect_trouble(self, daemon, why):
        """The status says it, and the log."""
        client = daemon.local()
        self.addCleanup(client.close)

        def trouble():
            doors = client.ask(None, {"status": {}})["status"]["doors"]
            return [door["trouble"] for door in doors if "trouble" in door]

        # In one try of some the connection is gone before its last words are heard.
        until(lambda: any(why in text for text in trouble()), f"status says {why}")
        return daemon.expect_log(why)


class TestClientCertificate(TlsTest):
    def setUp(self):
        super().setUp()
        self.broker, self.port = self.start_broker_with("server")

    def test_a_good_one_is_taken(self):
        self.make("client", "extendedKeyUsage=clientAuth", 2)

        self.start(self.port, **self.with_certificate("client"))

        self.broker.lines.expect(lambda line: f" actions/{GATEWAY}" in line, "subscription")

    def test_who_is_refused_is_told_why(self):
        self.make_ca("other-ca")
        self.make("expired", "extendedKeyUsage=clientAuth", -1)
        self.make("stranger", "extendedKeyUsage=clientAuth", 2, "other-ca")
        for name, keys, why in (
                ("none", {}, "certificate required"),
                ("expired", self.with_certificate("expired"), "certificate expired"),
                ("stranger", self.with_certificate("stranger"), "unknown ca")):
            with self.subTest(name):
                daemon = self.start(self.port, name, **keys)

                self.expect_trouble(daemon, f"the server refuses us: {why}")


class TestServerCertificate(TlsTest):
    """A server that is not who it says gets nothing, and we say what is wrong with it, once."""

    def test_it_is_told_what_is_wrong(self):
        self.make_ca("other-ca")
        self.make("late", "subjectAltName=IP:127.0.0.1", -1)
        self.make("elsewhere", "subjectAltName=DNS:elsewhere.example", 2)
        self.make("unknown", "subjectAltName=IP:127.0.0.1", 2, "other-ca")
        rows = (("late", "certificate has expired"),
                ("elsewhere", "host name verification failed"),
                ("unknown", "unable to get local issuer certificate"))
        daemons = [self.start(self.start_broker_with(name)[1], name) for name, _why in rows]
        for (name, why), daemon in zip(rows, daemons):
            with self.subTest(name):
                first = self.expect_trouble(daemon, why)
                again = daemon.expect_log(why)

                # The operator is told; that it tries again in vain is no news.
                self.assertIn(" warning ", first)
                self.assertNotIn(" warning ", again)


class TestTightServer(TlsTest):
    def test_what_stands_behind_others_in_one_record_is_read_at_once(self):
        server = self.keep(TightServer(self.path("server.pem"), self.path("server.key")))
        self.start(server.port)
        server.published.expect(lambda body: body.get("type") == "register", "registration")
        ignored = {"did": GATEWAY, "mid": "i", "type": "action", "result": {}}
        asked = {"did": GATEWAY, "mid": "a", "type": "action", "data": {"config": {"read": {}}}}

        server.send(f"actions/{GATEWAY}",
                    [json.dumps(body).encode() for body in [ignored] * TOGETHER + [asked]])

        server.published.expect(lambda body: body.get("mid") == "a", "reply")


if __name__ == "__main__":
    main()
