#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Cameras by IPv6: in a network of our own, where there is a link with link-local addresses."""

import ctypes
import json
import os
import re
import socket
import struct
import subprocess
import threading

from probes import SMALL, ProbeTest  # first: it knows where the harness is
from harness.runner import main
from harness.simulator import USERNAME, until

CLONE_NEWNET = 0x40000000
GROUP = "ff02::c"
LINK, OTHER_END = "camera0", "camera1"
MATCH = """<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"
 xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"
 xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><e:Header>
 <a:RelatesTo>%s</a:RelatesTo></e:Header><e:Body><d:ProbeMatches><d:ProbeMatch>
 <a:EndpointReference><a:Address>urn:uuid:6</a:Address></a:EndpointReference>
 <d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>onvif://www.onvif.org/name/SIX</d:Scopes>
 <d:XAddrs>http://[fe80::bad]:%d/onvif/device_service</d:XAddrs>
 <d:MetadataVersion>1</d:MetadataVersion></d:ProbeMatch></d:ProbeMatches></e:Body></e:Envelope>"""


def find_own_address():
    """The link-local address, once it is known that nobody else has it (RFC 4862)."""
    with open("/proc/net/if_inet6", encoding="ascii") as table:
        for line in table:
            address, _index, _prefix, scope, flags, name = line.split()
            if name == LINK and scope == "20" and int(flags, 16) & 0x40 == 0:
                return socket.inet_ntop(socket.AF_INET6, bytes.fromhex(address))
    return None


def make_network():
    """None, or why there is none."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        return f"no network of our own: {os.strerror(ctypes.get_errno())}"
    for line in ("link set lo up", f"link add {LINK} type veth peer name {OTHER_END}",
                 f"link set {OTHER_END} up", f"link set {LINK} up"):
        try:
            subprocess.run(["ip", *line.split()], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as trouble:
            return f"no link of our own: {trouble}"
    if not os.path.exists("/proc/net/if_inet6"):
        return "no IPv6"
    until(find_own_address, "the link has its address")
    return None


WHY_NOT = make_network()


class Responder:
    """A camera's WS-Discovery, by IPv6 alone."""

    def __init__(self, onvif_port):
        self.onvif_port = onvif_port
        self.sender = None
        self.socket = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        self.socket.bind(("::", 0))
        self.socket.setsockopt(
            socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP,
            socket.inet_pton(socket.AF_INET6, GROUP)
            + struct.pack("@I", socket.if_nametoindex(LINK)))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        while True:
            text, self.sender = self.socket.recvfrom(65536)
            number = re.search(rb"MessageID>([^<]*)<", text)
            if number is None:
                return
            answer = MATCH % (number[1].decode(), self.onvif_port)
            self.socket.sendto(answer.encode(), self.sender)

    def close(self):
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as last:
            last.sendto(b"end", ("::1", self.port))
        self.thread.join()
        self.socket.close()


class TestIPv6(ProbeTest):
    ARGUMENTS = (*SMALL, "--listen", "::")

    def setUp(self):
        if WHY_NOT is not None:
            self.skipTest(WHY_NOT)
        super().setUp()
        self.place = f"[{find_own_address()}%{LINK}]:{self.camera.address.rpartition(':')[2]}"

    def test_q15_found_on_its_link(self):
        responder = Responder(int(self.place.rpartition(":")[2]))
        self.addCleanup(responder.close)

        status, output, errors = self.run_ctl(
            "discover", "--interface", LINK, "--timeout", "1", "--port", str(responder.port),
            "--json")

        self.assertEqual((status, errors), (0, ""))
        (found,) = json.loads(output)["cameras"]
        self.assertEqual((found["address"], found["name"]), (self.place, "SIX"))
        self.assertTrue(responder.sender[0].startswith("fe80:"))

    def test_it_works_from_what_is_shown(self):
        status, output, _errors = self.run_ctl(
            "probe", self.place, "--user", USERNAME, "--no-move", "--json")

        result = json.loads(output)
        self.assertEqual((status, result["verdict"]), (0, "ok"))
        self.assertEqual(result["stream"]["codec"], "H264")
        self.assertIn(f"%{LINK}]", result["stream"]["location"])

    def test_an_address_of_any_network(self):
        address = "[::1]:" + self.place.rpartition(":")[2]

        status, output, _errors = self.run_ctl(
            "probe", address, "--user", USERNAME, "--no-move", "--json")

        self.assertEqual((status, json.loads(output)["verdict"]), (0, "ok"))


if __name__ == "__main__":
    main()
