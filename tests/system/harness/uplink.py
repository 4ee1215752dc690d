# SPDX-License-Identifier: GPL-2.0-or-later
"""A line to a media server that can be narrowed: a link between two networks of our own.

`tc` narrows the link (sch_tbf; not every kernel has netem). Beyond it stands a relay that takes
RTMP connections there and hands them to the media server, which is in this network. Who is not root
gets the network as root of a user namespace; where the machine gives neither, the relay itself
takes what comes no faster than the line would.
"""

import ctypes
import os
import queue
import socket
import subprocess
import threading

from .process import PIECE, pass_on, shut_down

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
NEAR, FAR = "line0", "line1"
NEAR_PLACE, FAR_PLACE = "10.9.0.1", "10.9.0.2"


def _unshare(flags=CLONE_NEWNET):
    if ctypes.CDLL(None, use_errno=True).unshare(flags) != 0:
        raise OSError(ctypes.get_errno(), "no network of our own")


def _write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def _unshare_as_root():
    user, group = os.getuid(), os.getgid()
    _unshare(CLONE_NEWUSER | CLONE_NEWNET)
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"0 {user} 1")
    _write("/proc/self/gid_map", f"0 {group} 1")


def _run(*words):
    subprocess.run(words, check=True, capture_output=True)


def leave_network():
    """Gives this program, which has begun nothing yet, a network of its own. Whether it has one."""
    try:
        if os.geteuid() == 0:
            _unshare()
        else:
            _unshare_as_root()
        _run("ip", "link", "set", "lo", "up")
        _add_link()
        _remove_link()
    except (OSError, subprocess.CalledProcessError) as trouble:
        print(f"# no line of our own, but a relay that takes its time: {trouble}", flush=True)
        return False
    return True


def _add_link():
    _run("ip", "link", "add", NEAR, "type", "veth", "peer", "name", FAR)
    _run("ip", "addr", "add", f"{NEAR_PLACE}/24", "dev", NEAR)
    _run("tc", "qdisc", "add", "dev", NEAR, "root", *_shape(1000000))


def _remove_link():
    """Both ends of it."""
    _run("ip", "link", "del", NEAR)


def _shape(rate_kbps):
    return ("tbf", "rate", f"{rate_kbps}kbit", "burst", "16kb", "latency", "400ms")


class Line:
    """A line to `port` of this machine, from the other end of the link, or through a slow relay.
    There is one at a time."""

    def __init__(self, port, has_network):
        self._port = port
        self._has_network = has_network
        self._kbps = None  # of the relay; None: as fast as the link
        self._sockets = []
        self._listeners = queue.Queue()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        listener = self._listeners.get()
        if isinstance(listener, Exception):
            raise listener
        self.port = listener.getsockname()[1]
        self._sockets.append(listener)

    def url(self, name):
        place = FAR_PLACE if self._has_network else "127.0.0.1"
        return f"rtmp://{place}:{self.port}/live/{name}"

    def set_rate(self, kbps):
        if not self._has_network:
            self._kbps = kbps
            return
        _run("tc", "qdisc", "replace", "dev", NEAR, "root", *_shape(kbps))

    def close(self):
        shut_down(*self._sockets)
        for one in self._sockets:
            one.close()
        self._thread.join()
        if self._has_network:
            _remove_link()

    def _listen(self):
        if not self._has_network:
            listener = socket.create_server(("127.0.0.1", 0))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, PIECE)
            return listener
        own = f"/proc/{os.getpid()}/task/{threading.get_native_id()}/ns/net"
        here = os.open(own, os.O_RDONLY)
        _unshare()
        there = os.open(own, os.O_RDONLY)
        _enter(here)
        _add_link()
        _run("ip", "link", "set", FAR, "netns", f"/proc/{os.getpid()}/fd/{there}")
        _run("ip", "link", "set", NEAR, "up")
        _enter(there)
        _run("ip", "addr", "add", f"{FAR_PLACE}/24", "dev", FAR)
        _run("ip", "link", "set", FAR, "up")
        listener = socket.create_server((FAR_PLACE, 0))
        _enter(here)
        for network in (here, there):
            os.close(network)
        return listener

    def _serve(self):
        """This thread is beyond the link; what it hands on is connected on this side of it."""
        try:
            listener = self._listen()
        except (OSError, subprocess.CalledProcessError) as trouble:
            self._listeners.put(trouble)
            return
        self._listeners.put(listener)
        while True:
            try:
                inside, _place = listener.accept()
            except OSError:
                return
            outside = socket.create_connection(("127.0.0.1", self._port))
            self._sockets += [inside, outside]
            for pair in ((inside, outside), (outside, inside)):
                threading.Thread(
                    target=pass_on, args=(*pair, self._take_time), daemon=True).start()

    def _take_time(self, size):
        if self._kbps is not None:
            threading.Event().wait(size * 8 / 1000 / self._kbps)


def _enter(network):
    if ctypes.CDLL(None, use_errno=True).setns(network, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "no way into the network")
