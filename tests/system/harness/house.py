# SPDX-License-Identifier: GPL-2.0-or-later
"""A test's house: a temporary folder, and in it whatever parts the test starts."""

import os
import shutil
import tempfile
import unittest

from .cloud import Cloud
from .daemon import Daemon
from .servers import Broker, MediaServer
from .simulator import PASSWORD, USERNAME, Simulator

GATEWAY, GATEWAY_SECRET = "aa1122334455", "gateway-secret"
DID, OTHER_DID = "001122334455", "001122334466"
USERS = {GATEWAY: GATEWAY_SECRET, "cloud": "cloud-password"}

# Small pictures: a test is about the way they take, not about their size.
SMALL = ("--size", "640x360", "--fps", "10", "--gop", "1", "--bitrate", "500")


class FolderTest(unittest.TestCase):
    """In a temporary folder."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="camgate-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)


class SystemTest(FolderTest):
    """Parts are started by name and closed in reverse order, whatever happens."""

    def setUp(self):
        super().setUp()
        self._last_words = []

    def last_words(self):
        """For the runner: what the parts said, when a test has failed."""
        return "\n".join(self._last_words)

    def keep(self, part):
        self.addCleanup(self._close, part)
        return part

    def _close(self, part):
        part.close()
        if hasattr(part, "tail"):
            self._last_words.insert(0, part.tail())

    def start_broker(self, name="first"):
        broker = self.keep(Broker(os.path.join(self.folder, name), USERS))
        broker.start()
        return broker

    def start_media(self):
        media = self.keep(MediaServer(self.folder))
        media.start()
        return media

    def start_simulator(self, name="CAMERA", count=1, arguments=SMALL):
        simulator = self.keep(Simulator(self.folder, name, count, arguments))
        return simulator.start()

    def start_cloud(self, broker):
        cloud = self.keep(Cloud(broker))
        cloud.connect()
        return cloud

    def make_daemon(self, config, name="daemon"):
        return self.keep(Daemon(self.folder, config, name))

    def start_daemon(self, config, broker=None):
        """Starts it; with a broker, waits until it can be reached there under each of its dids."""
        daemon = self.make_daemon(config)
        daemon.start()
        if broker is not None:
            expect_subscriptions(broker, config)
        return daemon


class CloudTest(SystemTest):
    """With a broker, and the cloud at it."""

    def setUp(self):
        super().setUp()
        self.broker = self.start_broker()
        self.cloud = self.start_cloud(self.broker)


class StreamTest(CloudTest):
    """With a media server, too, and the address there for the camera's stream."""

    def setUp(self):
        super().setUp()
        self.media = self.start_media()
        self.url = self.media.url(DID)


def expect_subscriptions(broker, config):
    cameras = [group.split()[1] for group in config if group.startswith("camera ")]
    for did in [config["gateway"]["did"], *cameras]:
        broker.expect_subscription(f"actions/{did}")


def configuration(broker=None, cameras=None, **groups):
    """A configuration: {did: Camera} are bound; `groups` adds keys, as ptz={"move-timeout": 1}."""
    config = {
        "gateway": {"did": GATEWAY, "secret": GATEWAY_SECRET},
        "cloud": {"servers": broker.url} if broker else {},
        "ptz": {},
        "stream": {},
        "discovery": {"interfaces": "127.0.0.1"},
    }
    for did, camera in (cameras or {}).items():
        config[f"camera {did}"] = camera_keys(camera.address)
    for group, keys in groups.items():
        config[group].update(keys)
    return config


def camera_keys(address):
    return {"address": address, "username": USERNAME, "password": PASSWORD}
