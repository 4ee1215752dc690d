# SPDX-License-Identifier: GPL-2.0-or-later
"""What cameras do wrong in their RTSP dialogue and their packets (CAMERA_QUIRKS.md, Stream in).

RtspRelay does it to a camera that does all right. H.264 on channel 0, AAC on channel 2.
"""

import base64
import re
import struct
import time

from .rtsp_relay import Spoil, frame

HOUR = 3600 * 90000
RTP_HEAD = 12
STAP_A, FU_A, IDR, SPS, PPS, SEI = 24, 28, 5, 7, 8, 6


def _is_video(channel, data):
    return channel == 0 and len(data) > RTP_HEAD


class Sdp(Spoil):
    """Spoils the description: @change gets its text."""

    def __init__(self, change):
        self._change = change

    def answer(self, message, request):
        if request is not None and request.method == "DESCRIBE" and message.body:
            message.body = self._change(message.body.decode()).encode()
        return message


class Keepalive(Spoil):
    """Q17: a session of so many seconds, and a camera that hangs up when it is over.

    With @refuses, one of the two ways to keep it alive is not known.
    """

    def __init__(self, seconds, refuses=None):
        self._seconds, self._refuses = seconds, refuses
        self._alive_at = {}

    def request(self, message):
        if message.method == self._refuses and message.get("Session"):
            return message.answer("501 Not Implemented")
        session = (message.get("Session") or "").partition(";")[0]
        self._alive_at[session] = time.monotonic()
        return message

    def answer(self, message, request):
        session = message.get("Session")
        if session is not None:
            session = session.partition(";")[0]
            self._alive_at.setdefault(session, time.monotonic())
            message.set("Session", f"{session};timeout={self._seconds}")
        if request is not None and request.method == "OPTIONS" and self._refuses is not None:
            known = [word for word in message.get("Public", "").split(", ")
                     if word != self._refuses]
            message.set("Public", ", ".join(known))
        return message

    def packet(self, channel, data):
        alive_at = max(self._alive_at.values(), default=time.monotonic())
        if time.monotonic() - alive_at > self._seconds + 0.5:
            self._alive_at.clear()
            raise EOFError("the session is over")
        return frame(channel, data)


class Reports(Spoil):
    """Q17: hangs up on who has not sent RTCP for so many seconds."""

    def __init__(self, seconds):
        self._seconds, self._alive_at = seconds, None

    def answer(self, message, request):
        if request is not None and request.method == "PLAY":
            self._alive_at = time.monotonic()
        return message

    def report(self, channel, data):
        self._alive_at = time.monotonic()

    def packet(self, channel, data):
        if self._alive_at is not None and time.monotonic() - self._alive_at > self._seconds:
            self._alive_at = None
            raise EOFError("no report for long")
        return frame(channel, data)


class Ghosts(Spoil):
    """Q19: one session only, which is counted for so many seconds after its last packet.

    Who hangs up without TEARDOWN is refused that long.
    """

    def __init__(self, seconds):
        self._seconds, self._alive_at = seconds, None
        self.refused = 0

    def request(self, message):
        if message.method == "TEARDOWN":
            self._alive_at = None
        if message.method != "SETUP" or message.get("Session") or not self.is_counted():
            return message
        self.refused += 1
        return message.answer("453 Not Enough Bandwidth")

    def packet(self, channel, data):
        self._alive_at = time.monotonic()
        return frame(channel, data)

    def is_counted(self):
        return self._alive_at is not None and time.monotonic() < self._alive_at + self._seconds


class Stranger(Spoil):
    """Takes no login."""

    def request(self, message):
        if message.get("Authorization") is None:
            return message
        refusal = message.answer("401 Unauthorized")
        refusal.set("WWW-Authenticate", 'Digest realm="r", nonce="n"')
        return refusal


class Stamps(Spoil):
    """Q20: @change gets (number of the packet, its time) and returns another time."""

    def __init__(self, change):
        self._change, self._number = change, 0

    def packet(self, channel, data):
        if not _is_video(channel, data):
            return frame(channel, data)
        self._number += 1
        (stamp,) = struct.unpack("!I", data[4:8])
        stamp = self._change(self._number, stamp) & 0xFFFFFFFF
        return frame(channel, data[:4] + struct.pack("!I", stamp) + data[8:])


class Units(Spoil):
    """Q24, Q49: @change gets (kind of the unit, payload, marker) and returns (payload, marker).

    A payload of None is left out; the numbers of the packets close up behind it.
    """

    def __init__(self, change):
        self._change, self._left_out = change, 0

    def packet(self, channel, data):
        if not _is_video(channel, data):
            return frame(channel, data)
        payload, marker = self._change(data[RTP_HEAD] & 31, data[RTP_HEAD:], data[1] >> 7)
        if payload is None:
            self._left_out += 1
            return b""
        number = struct.unpack("!H", data[2:4])[0] - self._left_out & 0xFFFF
        head = data[:1] + bytes([data[1] & 127 | marker << 7]) + struct.pack("!H", number)
        return frame(channel, head + data[4:RTP_HEAD] + payload)


class Sound(Spoil):
    """Q50: @change gets an AAC frame and returns what is sent in its place."""

    def __init__(self, change):
        self._change = change

    def packet(self, channel, data):
        if channel != 2 or len(data) < RTP_HEAD + 4:
            return frame(channel, data)
        body = self._change(data[RTP_HEAD + 4:])
        head = struct.pack("!HH", 16, len(body) << 3)
        return frame(channel, data[:RTP_HEAD] + head + body)


class Headers(Spoil):
    """Q51: @change gets each answer and its request."""

    def __init__(self, change):
        self._change = change

    def answer(self, message, request):
        if request is not None:
            self._change(message, request)
        return message


class Channels(Spoil):
    """Q51: other interleaved channels than were asked for."""

    MOVED = 6

    def answer(self, message, request):
        if request is not None and request.method == "SETUP" and message.get("Transport"):
            message.set("Transport", re.sub(
                r"interleaved=(\d+)-(\d+)",
                lambda m: f"interleaved={int(m[1]) + self.MOVED}-{int(m[2]) + self.MOVED}",
                message.get("Transport")))
        return message

    def packet(self, channel, data):
        return frame(channel + self.MOVED, data)


class Picky(Spoil):
    """Q52: wants CSeq in this case, and User-Agent."""

    def request(self, message):
        names = [name for name, _value in message.headers]
        if "CSeq" in names and "User-Agent" in names:
            return message
        return message.answer("400 Bad Request")


class Garbage(Spoil):
    """Q53: every so many packets something that is none."""

    def __init__(self, every):
        self._every, self._number = every, 0

    def packet(self, channel, data):
        self._number += 1
        garbage = b"\x00$\xffgarbage\x01" * 3 if self._number % self._every == 0 else b""
        return garbage + frame(channel, data)


class NoBackChannel(Sdp):
    """Q48: offers a door speaker; whoever sets it up has taken the button."""

    CONTROL = "speaker"

    def __init__(self):
        super().__init__(lambda text: text + "m=audio 0 RTP/AVP 0\r\na=sendonly\r\n"
                                             f"a=control:{self.CONTROL}\r\n")
        self.taken = False

    def request(self, message):
        self.taken = self.taken or (self.CONTROL in message.line or
                                    "backchannel" in (message.get("Require") or ""))
        return message


# Q20: what stamps are told of which packet.

def from_zero():
    first = []

    def change(_number, stamp):
        first.append(stamp)
        del first[1:]
        return stamp - first[0]

    return change


def drift():
    """A clock that is fast by a twentieth."""
    first = []

    def change(_number, stamp):
        first.append(stamp)
        del first[1:]
        return stamp + (stamp - first[0] & 0xFFFFFFFF) // 20

    return change


# Q23: changes of a description.

def two_names(text):
    return text.replace("s=", "s=first\r\ns=", 1)


def no_origin(text):
    return re.sub(r"(?m)^o=.*\r\n", "", text)


def bad_connection(text):
    return re.sub(r"(?m)^c=.*\r\n", "c=IN IP4\r\n", text)


# Q24

def no_sets(text):
    return re.sub(r"(;\s*)?sprop-parameter-sets=[^;\r\n]*", "", text)


def wrong_sets(text):
    wrong = base64.b64encode(b"\x67\x42\xc0\x1f\xff\xff\xff").decode()
    return re.sub(r"sprop-parameter-sets=[^;\r\n]*", f"sprop-parameter-sets={wrong}", text)


def without_sets_in_band(kind, payload, marker):
    return (None if kind in (SPS, PPS, STAP_A) else payload), marker


# Q14

def without_keys(kind, payload, marker):
    is_key = (payload[1] & 31 if kind == FU_A and len(payload) > 1 else kind) == IDR
    return (None if is_key else payload), marker


def hollow(_kind, _payload, marker):
    """Filler data (ITU-T H.264, 7.3.2.7), and nothing else."""
    return b"\x0c\xff\x80", marker


# Q47

def other_media_first(text):
    head, first, rest = text.partition("m=video")
    metadata = "m=application 0 RTP/AVP 107\r\na=rtpmap:107 vnd.onvif.metadata/90000\r\n" \
               "a=control:metadata\r\n"
    return head + metadata + first + rest


# Q49

def every_marker(_kind, payload, _marker):
    return payload, 1


def no_marker(_kind, payload, _marker):
    return payload, 0


def start_codes(kind, payload, marker):
    """Units that came alone or as an aggregate go out as one, parted by start codes."""
    if kind != STAP_A:
        return payload, marker
    units, rest = [], payload[1:]
    while len(rest) > 2:
        (size,) = struct.unpack("!H", rest[:2])
        units.append(rest[2:2 + size])
        rest = rest[2 + size:]
    return b"\x00\x00\x00\x01".join(units), marker


# Q50

def with_adts(body):
    """AAC LC, 16 kHz, one channel."""
    size = len(body) + 7
    return bytes([0xFF, 0xF1, 1 << 6 | 8 << 2, 1 << 6 | size >> 11, size >> 3 & 0xFF,
                  (size & 7) << 5 | 0x1F, 0xFC]) + body


def wrong_config(text):
    return re.sub(r"config=[0-9A-Fa-f]+", "config=FFFF", text)


# Q51

def broken_base(message, _request):
    if message.get("Content-Base"):
        message.set("Content-Base", "rtsp://0.0.0.0:0//")


def doubled_base(message, _request):
    if message.get("Content-Base"):
        message.set("Content-Base", "rtsp://" + message.get("Content-Base"))


def no_tcp(message, request):
    if request.method == "SETUP" and message.get("Transport"):
        message.set("Transport", message.get("Transport").replace("RTP/AVP/TCP", "RTP/AVP"))
