# SPDX-License-Identifier: GPL-2.0-or-later
"""Somebody who reads a camera's stream himself, and looks how old the frames are that come.

The age of a frame at a media server has two parts: how long the simulated camera took to send it,
and how long the relay did. This is the first.
"""

import hashlib
import re
import socket
import threading
import time
import urllib.parse

MARK = b"camgate-sim/time"
DIGITS = 16


def digest(challenge, user, password, method, uri):
    """RFC 2617 without qop."""
    def md5(text):
        return hashlib.md5(text.encode()).hexdigest()
    fields = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
    answer = md5(":".join((md5(f"{user}:{fields['realm']}:{password}"), fields["nonce"],
                           md5(f"{method}:{uri}"))))
    return (f'Digest username="{user}", realm="{fields["realm"]}", nonce="{fields["nonce"]}", '
            f'uri="{uri}", response="{answer}"')


def find_stamps(data):
    """The stamps in @data, and what of its end may be the beginning of another."""
    found = [int(match) for match in re.findall(MARK + rb"(\d{%d})" % DIGITS, data)]
    return found, data[-(len(MARK) + DIGITS - 1):]


class Onlooker:
    """Plays the picture of one camera, interleaved."""

    def __init__(self, url, user, password):
        self._url, self._user, self._password = url, user, password
        place = urllib.parse.urlsplit(url)
        self._socket = socket.create_connection((place.hostname, place.port), 10)
        self._challenge, self._session, self._number, self._rest = None, None, 0, b""
        self.ages_us = []
        description = self._ask("DESCRIBE", url, "Accept: application/sdp")
        control = re.findall(r"a=control:(\S+)", description.partition("m=video")[2])[0]
        track = control if control.startswith("rtsp:") else f"{url}/{control}"
        answer = self._ask("SETUP", track, "Transport: RTP/AVP/TCP;unicast;interleaved=0-1")
        self._session = re.search(r"Session: *([^;\r]+)", answer)[1]
        self._ask("PLAY", url, "Range: npt=now-")
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _ask(self, method, uri, *lines):
        answer = self._try(method, uri, *lines)
        if " 401 " in answer.splitlines()[0]:
            self._challenge = re.search(r"WWW-Authenticate: *(Digest .*)", answer)[1]
            answer = self._try(method, uri, *lines)
        if " 200 " not in answer.splitlines()[0]:
            raise RuntimeError(f"{method} {uri}: {answer.splitlines()[0]}")
        return answer

    def _try(self, method, uri, *lines):
        self._number += 1
        head = [f"{method} {uri} RTSP/1.0", f"CSeq: {self._number}", *lines]
        if self._session:
            head.append(f"Session: {self._session}")
        if self._challenge:
            head.append("Authorization: " + digest(self._challenge, self._user, self._password,
                                                   method, uri))
        self._socket.sendall("\r\n".join([*head, "", ""]).encode())
        return self._read_answer()

    def _read_answer(self):
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._receive()
        head, _, body = data.partition(b"\r\n\r\n")
        length = re.search(rb"Content-Length: *(\d+)", head, re.IGNORECASE)
        while length and len(body) < int(length[1]):
            body += self._receive()
        return (head + b"\r\n\r\n" + body).decode("latin-1")

    def _receive(self):
        data = self._socket.recv(1 << 18)
        if not data:
            raise RuntimeError(f"{self._url}: the camera has hung up")
        return data

    def _look(self):
        while True:
            try:
                data = self._socket.recv(1 << 18)
            except OSError:
                return
            now_us = time.monotonic_ns() // 1000
            if not data:
                return
            stamps, self._rest = find_stamps(self._rest + data)
            self.ages_us += [now_us - stamp for stamp in stamps]

    def close(self):
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()
