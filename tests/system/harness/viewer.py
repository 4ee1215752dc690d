# SPDX-License-Identifier: GPL-2.0-or-later
"""Viewers on the LAN: ffmpeg and stock GStreamer, as people have them."""

import json
import os
import socket
import subprocess
import urllib.parse

from .mailbox import WATCHDOG_S
from .picture import Frame
from .process import Process, Program

USER, PASSWORD = "viewer", "p@ss w/rd"
DECODERS = {"h264": "rtph264depay ! h264parse ! avdec_h264",
            "h265": "rtph265depay ! h265parse ! avdec_h265"}


def _with_login(url, password=PASSWORD):
    login = f"{USER}:{urllib.parse.quote(password, safe='')}@"
    return url.replace("rtsp://", f"rtsp://{login}", 1)


def _run(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, check=False,
                          stdin=subprocess.DEVNULL, timeout=2 * WATCHDOG_S)


def probe(url, transport="tcp", password=PASSWORD, seconds=1):
    """What ffprobe sees within some seconds: its streams, and its packets; or what went wrong."""
    done = _run("ffprobe", "-loglevel", "error", "-rtsp_transport", transport,
                "-read_intervals", f"%+{seconds}", "-show_streams", "-show_packets",
                "-of", "json", _with_login(url, password))
    return json.loads(done.stdout) if done.returncode == 0 else {}, done.stderr.decode()


def grab(url, count, transport="tcp"):
    """Decodes `count` frames; whatever the decoder complains of is an error."""
    done = _run("ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin",
                "-rtsp_transport", transport, "-i", _with_login(url), "-an", "-frames:v", count,
                "-f", "image2pipe", "-c:v", "pgm", "-")
    if done.returncode != 0:
        raise AssertionError(done.stderr.decode())
    data, frames = done.stdout, []
    while data:
        _, size, _, data = data.split(b"\n", 3)
        width, height = map(int, size.split())
        frames.append(Frame(width, height, data[:width * height]))
        data = data[width * height:]
    return frames, done.stderr.decode()


class GstViewer(Program):
    """gst-launch-1.0 that decodes until it is closed, and counts what it has decoded."""

    def __init__(self, url, codec="h264", transport="tcp"):
        self._process = Process("gst-launch-1.0", [
            "gst-launch-1.0", "-v", "rtspsrc", f"location={url}", f"user-id={USER}",
            f"user-pw={PASSWORD}", f"protocols={transport}", "!",
            *DECODERS[codec].split(), "!", "fakesink", "silent=false", "sync=false"],
            env={"HOME": "/nonexistent", "GST_REGISTRY_UPDATE": "no",
                 **{name: os.environ[name] for name in ("GST_REGISTRY",) if name in os.environ}})

    def expect_pictures(self, count=3):
        for _ in range(count):
            self._process.lines.expect(lambda line: "chain" in line, "a decoded picture")

    def expect_size(self, width, height):
        """Waits until what comes from now on is decoded in this size."""
        self._process.lines.expect(
            lambda line: "FakeSink" in line and f"width=(int){width}," in line
            and f"height=(int){height}," in line, f"pictures of {width}x{height}")
        self._process.lines.take()
        self.expect_pictures()


def ask(port, *lines):
    """One request as it is; returns the first line of the answer."""
    with socket.create_connection(("127.0.0.1", port), WATCHDOG_S) as connection:
        connection.sendall("\r\n".join([*lines, "CSeq: 1", "", ""]).encode())
        with connection.makefile("rb") as stream:
            return stream.readline().decode().strip()
