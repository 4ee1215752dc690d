# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs that end with their test, whatever becomes of the test."""

import os
import signal
import socket
import subprocess
import threading

from .mailbox import WATCHDOG_S, Mailbox, until

PIECE = 16384  # small enough for a line of 100 kbit/s to be narrow piece by piece


class Port:
    """A free TCP port on loopback that stays ours.

    The socket is bound and never listens. A server that sets SO_REUSEADDR may bind the same port,
    be killed and bind it again; nobody else is given the number meanwhile.
    """

    def __init__(self):
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.number = self._socket.getsockname()[1]

    def __int__(self):
        return self.number

    def __str__(self):
        return str(self.number)

    def close(self):
        self._socket.close()


def shut_down(*ends):
    """Ends what sockets send and take, whatever has ended already."""
    for end in ends:
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def pass_on(source, sink, pace=None):
    """Hands on what a socket brings until either end is lost; then both are shut down.

    `pace` gets the size of each piece, and takes the time of the line.
    """
    try:
        while data := source.recv(PIECE):
            sink.sendall(data)
            if pace is not None:
                pace(len(data))
    except OSError:
        pass
    shut_down(source, sink)


def read_exactly(stream, count):
    """So many bytes of a blocking stream; EOFError if it ends before."""
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data


def end_reading(reader, *ends):
    """Closes sockets that a thread waits at.

    Closing alone would leave the thread waiting, and the kernel, which starts its call again after
    a signal, would let it take what comes on the next file of that number: a reply of another test.
    """
    shut_down(*ends)
    reader.join()
    for end in ends:
        end.close()


class Process:
    """A child whose output lines are events, and which dies with us (setpriv --pdeathsig)."""

    def __init__(self, name, command, env=None, cwd=None, own_session=False):
        self.name = name
        self.lines = Mailbox(name)
        self.output = []
        self._popen = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "--"] + [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(env or {})},
            cwd=cwd,
            start_new_session=own_session,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self):
        return self._popen.pid

    @property
    def status(self):
        """The exit status; None while it runs."""
        return self._popen.poll()

    def signal(self, number):
        if self.status is None:
            self._popen.send_signal(number)

    def thread_states(self):
        """The letters of /proc/PID/task/*/stat: T for a thread that is stopped."""
        states = set()
        for task in os.scandir(f"/proc/{self.pid}/task"):
            try:
                with open(f"{task.path}/stat", encoding="ascii", errors="replace") as stat:
                    states.add(stat.read().rpartition(")")[2].split()[0])
            except (FileNotFoundError, ProcessLookupError):
                continue  # ended while we looked
        return states

    def wait(self, timeout=WATCHDOG_S):
        """Waits for the end and for the last line. Returns the exit status."""
        try:
            status = self._popen.wait(timeout)
        except subprocess.TimeoutExpired as late:
            raise AssertionError(f"{self.name} did not end; it said:\n{self.tail()}") from late
        self._reader.join(timeout)
        return status

    def kill(self):
        self.signal(signal.SIGKILL)
        return self.wait()

    def stop(self, timeout=WATCHDOG_S):
        """SIGTERM; SIGKILL if that does not help."""
        self.signal(signal.SIGTERM)
        try:
            return self.wait(timeout)
        except AssertionError:
            self.kill()
            raise

    def close(self):
        """For cleaning up: ends it without asking whether it wanted to."""
        self.kill()
        self._popen.stdout.close()

    def tail(self, count=60):
        return "\n".join(f"    {self.name}: {line}" for line in self.output[-count:])

    def _read(self):
        for raw in self._popen.stdout:
            line = raw.decode("utf-8", "replace").rstrip("\n")
            self.output.append(line)
            self.lines.put(line)
        self.lines.close(f"{self.name} ended")


class Program:
    """A part of the house that runs as a Process of its own, from its start() on."""

    _process = None

    def kill(self):
        self._process.kill()

    def signal(self, number):
        self._process.signal(number)

    def freeze(self):
        """SIGSTOP, and waits until every thread stands: until then some still answer."""
        self._process.signal(signal.SIGSTOP)
        until(lambda: self._process.thread_states() == {"T"}, f"{self._process.name} stands")

    def thaw(self):
        self._process.signal(signal.SIGCONT)

    def close(self):
        if self._process is not None:
            self._process.close()

    def tail(self):
        return self._process.tail(20) if self._process else ""


def connections(pid, port):
    """How many established TCP connections a process holds to a port on loopback."""
    mine = set()
    for entry in os.scandir(f"/proc/{pid}/fd"):
        try:
            mine.add(os.readlink(entry.path))
        except FileNotFoundError:
            continue  # closed while we looked
    with open("/proc/net/tcp", encoding="ascii") as table:
        rows = [line.split() for line in table.readlines()[1:]]
    remote = f":{int(port):04X}"
    established = "01"
    return sum(
        row[2].endswith(remote) and row[3] == established and f"socket:[{row[9]}]" in mine
        for row in rows
    )
