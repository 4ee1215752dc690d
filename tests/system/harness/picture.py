# SPDX-License-Identifier: GPL-2.0-or-later
"""What a viewer would see: frames decoded by ffmpeg from the media server, text read by OCR."""

import subprocess
from collections import namedtuple

from .mailbox import WATCHDOG_S

Frame = namedtuple("Frame", "width height pixels")  # 8 bit grey, row by row

# Coding noise changes a pixel by a few steps; what moves changes it by far more.
NOISE = 24


def _ffmpeg(*arguments, stdin=b""):
    command = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", *map(str, arguments)]
    if stdin:
        command.remove("-nostdin")
    done = subprocess.run(command, input=stdin, capture_output=True, timeout=2 * WATCHDOG_S)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def _source(url):
    timeout_us = int(WATCHDOG_S * 1e6)
    return ["-rw_timeout", timeout_us, "-probesize", "200k", "-analyzeduration", "500k", "-i", url]


def grab(url, count=1):
    """Decodes `count` frames of an RTMP stream."""
    data = _ffmpeg(*_source(url), "-an", "-frames:v", count, "-f", "image2pipe", "-c:v", "pgm", "-")
    frames = []
    while data:
        kind, size, depth, data = data.split(b"\n", 3)
        assert (kind, depth) == (b"P5", b"255")
        width, height = map(int, size.split())
        frames.append(Frame(width, height, data[:width * height]))
        data = data[width * height:]
    return frames


def save_png(url, path):
    """Writes the first decoded frame as it is, in colour."""
    _ffmpeg(*_source(url), "-an", "-frames:v", 1, "-update", 1, "-y", path)


def changed_pixels(one, other):
    """How many pixels differ by more than coding noise."""
    return sum(abs(a - b) > NOISE for a, b in zip(one.pixels, other.pixels))


def is_moving(frames):
    """Whether each frame differs from the one before it: a still picture repeated does not."""
    return all(one.pixels != other.pixels for one, other in zip(frames, frames[1:])) and \
        changed_pixels(frames[0], frames[-1]) > 0


def read_text(png):
    """What tesseract reads in a PNG file, enlarged first: it likes letters of 30 pixels."""
    big = _ffmpeg("-i", png, "-vf", "scale=iw*2:ih*2:flags=lanczos,format=gray", "-f", "image2pipe",
                  "-c:v", "png", "-")
    done = subprocess.run(["tesseract", "stdin", "stdout", "--psm", "11"], input=big, check=True,
                          env={"OMP_THREAD_LIMIT": "1", "PATH": "/usr/bin:/bin"},
                          capture_output=True, timeout=2 * WATCHDOG_S)
    return done.stdout.decode()
