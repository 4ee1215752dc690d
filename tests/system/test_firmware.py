#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""New firmware for cameras and gateway (PROTOCOL.md section 4, firmware)."""

import hashlib
import http.server
import json
import os
import re
import signal
import threading

from harness.house import DID, GATEWAY, OTHER_DID, CloudTest, configuration
from harness.mailbox import Mailbox
from harness.runner import main
from harness.simulator import until

IDLE, DOWNLOADING, DOWNLOADED, UPDATING = range(4)
INITIAL, DONE, NO_ROOM, _NO_MEMORY, LOST, NOT_VERIFIED, NOT_SUPPORTED, BAD_URI, FAILED, \
    BAD_PROTOCOL = range(10)

CONTENT = bytes(range(256)) * 4096  # 1 MiB
VERSION = "V1.0.0"  # what the simulated camera says of itself, before and after


class Shop(http.server.ThreadingHTTPServer):
    """Serves CONTENT under every path but /missing; with `cut`, breaks off after so many bytes."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Counter)
        self.asked = Mailbox("the shop")
        self.cut = None
        self.status = None
        self.hold = threading.Event()
        self.hold.set()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/firmware.bin"

    def close(self):
        self.hold.set()
        self.shutdown()
        self.server_close()


class _Counter(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):  # pylint: disable=invalid-name
        shop = self.server
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(asked.group(1)) if asked else 0
        shop.asked.put(start)
        shop.hold.wait()
        if shop.status or self.path == "/missing":
            self.send_error(shop.status or 404)
            return
        self.send_response(206 if asked else 200)
        if asked:
            self.send_header("Content-Range", f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}")
        self.send_header("Content-Length", str(len(CONTENT) - start))
        self.end_headers()
        cut, shop.cut = shop.cut, None
        self.wfile.write(CONTENT[start:][:cut])
        if cut:
            self.close_connection = True

    def log_message(self, *arguments):  # pylint: disable=arguments-differ
        pass


class FirmwareTest(CloudTest):
    keys = {}

    def setUp(self):
        super().setUp()
        self.shop = self.keep(Shop())
        self.simulator = self.start_simulator()
        self.camera = self.simulator.camera
        self.config = configuration(self.broker, {DID: self.camera})
        self.witness = os.path.join(self.folder, "witness")
        self.config["firmware"] = {"command": self.make_installer(), **self.keys}
        self.daemon = self.start_daemon(self.config, self.broker)
        self.cloud.expect_register(DID)
        self.cloud.expect_register(GATEWAY)

    def make_installer(self):
        script = os.path.join(self.folder, "install")
        with open(script, "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\nmd5sum < \"$2\" > '{self.witness}'\nexit \"$1\"\n")
        os.chmod(script, 0o700)
        return f"{script} 0"

    def ask(self, did, method, **members):
        return self.cloud.ask(did, {"firmware": {method: members}}).result["firmware"][method]

    def order(self, did, **members):
        order = {"uri": self.shop.url, "md5sum": hashlib.md5(CONTENT).hexdigest(),
                 "version": VERSION, **members}
        return self.ask(did, "update", **order)

    def update(self, did, **members):
        self.assertEqual(self.order(did, **members), {"code": 0})

    def expect_states(self, did, *states):
        for state, result in states:
            event = self.cloud.messages.expect(
                lambda m: m.body.get("type") == "event" and m.body["did"] == did and
                "firmware" in m.body["data"] and "progress" not in m.body["data"]["firmware"],
                f"firmware {state} {result} of {did}")
            self.assertEqual(event.body["data"]["firmware"], {"state": state, "result": result})

    def leftovers(self):
        return [name for name in os.listdir(self.daemon.state_dir) if name.endswith(".bin")]


GOOD = ((DOWNLOADING, INITIAL), (DOWNLOADED, INITIAL), (UPDATING, INITIAL), (IDLE, DONE))


class TestCamera(FirmwareTest):
    def test_update(self):
        self.assertEqual(self.ask(DID, "read"),
                         {"state": 0, "result": 0, "protocol": 2, "delivery": 0})

        self.update(DID)

        self.expect_states(DID, *GOOD)
        sent = self.camera.requests("Firmware")
        self.assertEqual([r["args"]["md5"] for r in sent], [hashlib.md5(CONTENT).hexdigest()])
        self.assertEqual(self.ask(DID, "read"), {
            "state": IDLE, "result": DONE, "protocol": 2, "delivery": 0, "uri": self.shop.url,
            "md5sum": hashlib.md5(CONTENT).hexdigest(), "version": VERSION})
        self.assertEqual(self.leftovers(), [])

    def test_another_version_comes_back(self):
        self.update(DID, version="V9")

        self.expect_states(DID, *GOOD[:3], (IDLE, FAILED))

    def test_busy(self):
        """With another version of the same thing; other things wait for their turn."""
        self.shop.hold.clear()
        self.update(DID)

        self.update(DID)
        refused = self.order(DID, version="V9")
        self.assertEqual((refused["code"], refused["error"]), (500, "busy"))
        self.update(GATEWAY)
        self.assertEqual(self.ask(DID, "read")["state"], DOWNLOADING)
        self.assertEqual(self.ask(GATEWAY, "read")["state"], IDLE)

        self.shop.hold.set()
        self.expect_states(DID, *GOOD)
        self.expect_states(GATEWAY, *GOOD)
        self.assertEqual(len(self.camera.requests("Firmware")), 1)

    def test_progress(self):
        self.update(DID)

        self.expect_states(DID, *GOOD)
        told = [m.body["data"]["firmware"] for m in self.cloud.history
                if m.body.get("type") == "event" and "firmware" in m.body["data"]]
        for state in (DOWNLOADING, UPDATING):
            with self.subTest(state):
                percents = [e["progress"] for e in told if e["state"] == state and "progress" in e]
                self.assertEqual(percents, sorted(set(percents)))
                self.assertEqual(percents[-1], 100)
                self.assertLessEqual(len(percents), 10)

    def test_the_camera_is_gone(self):
        self.shop.hold.clear()
        self.update(DID)
        self.expect_states(DID, GOOD[0])
        self.simulator.close()

        self.shop.hold.set()

        self.expect_states(DID, *GOOD[1:3], (IDLE, LOST))

    def is_handed(self):
        path = os.path.join(self.daemon.state_dir, "firmware.json")
        with open(path, encoding="utf-8") as file:
            return json.load(file)[DID]["handed"]

    def kill_while_the_camera_takes_it(self, version):
        self.update(DID, version=version)
        self.expect_states(DID, *GOOD[:3])
        until(self.is_handed, "the beginning of the upload, on disk")

        self.daemon.process.kill()
        self.spawn_again()

    def offer_to_a_frozen_camera(self):
        self.shop.hold.clear()
        self.update(DID)
        self.expect_states(DID, GOOD[0])
        self.simulator.freeze()
        self.shop.hold.set()
        self.expect_states(DID, *GOOD[1:3])

    def test_a_kill_before_the_camera_takes_it(self):
        """Nothing of it has gone to the camera: it is given to it after all."""
        self.offer_to_a_frozen_camera()

        self.daemon.process.kill()
        self.simulator.signal(signal.SIGCONT)
        self.spawn_again()

        self.expect_states(DID, *GOOD)
        self.assertEqual(len(self.camera.requests("Firmware")), 1)

    def spawn_again(self):
        self.daemon.spawn()
        self.daemon.expect_ready()
        for did in (DID, GATEWAY):
            self.broker.expect_subscription(f"actions/{did}")

    def test_a_kill_while_the_camera_takes_it(self):
        """Nobody knows whether it was installed but from the version."""
        self.kill_while_the_camera_takes_it(VERSION)

        self.expect_states(DID, (IDLE, DONE))

    def test_a_kill_while_the_camera_takes_it_and_is_not_done(self):
        """It answers with its old version: it may be writing the new one, and others wait."""
        self.kill_while_the_camera_takes_it("V9")
        self.cloud.expect_register(DID)

        self.update(GATEWAY)

        self.assertEqual(self.ask(DID, "read")["state"], UPDATING)
        self.assertEqual(self.ask(GATEWAY, "read")["state"], IDLE)
        self.assertEqual(self.order(DID, version="V10")["code"], 500)

        self.daemon.terminate()
        self.assertEqual(self.daemon.wait(), 0)
        self.spawn_again()

        self.assertEqual(self.ask(DID, "read")["state"], UPDATING)
        self.assertEqual(self.ask(GATEWAY, "read")["state"], IDLE)

    def test_the_camera_is_configured_otherwise_while_it_takes_it(self):
        self.offer_to_a_frozen_camera()
        self.config[f"camera {DID}"]["name"] = "gate"
        self.daemon.write_config()

        self.daemon.reload()
        self.simulator.signal(signal.SIGCONT)

        self.expect_states(DID, (IDLE, DONE))

    def test_bad_members(self):
        for members in ({"md5sum": None}, {"md5sum": "12"}, {"md5sum": "g" * 32}, {"uri": None},
                        {"uri": 5}, {"version": 7}):
            with self.subTest(**members):
                self.assertEqual(self.order(DID, **members)["code"], 400)
        self.assertEqual(self.shop.asked.take(), [])

    def test_every_failure_has_its_result(self):
        base = self.shop.url.rpartition("/")[0]
        for members, result in (({"uri": "ftp://h/x"}, BAD_PROTOCOL), ({"uri": "x"}, BAD_URI),
                                ({"uri": "http:///x"}, BAD_URI),
                                ({"uri": f"{base}/missing"}, BAD_URI)):
            with self.subTest(**members):
                self.update(DID, **members)
                self.expect_states(DID, GOOD[0], (IDLE, result))
        self.update(DID, md5sum="0" * 32)
        self.expect_states(DID, GOOD[0], (IDLE, NOT_VERIFIED))
        self.assertEqual(self.camera.requests("StartFirmwareUpgrade"), [])
        self.assertEqual(self.leftovers(), [])

    def test_it_goes_on_where_the_connection_broke(self):
        self.shop.cut = 700000

        self.update(DID)

        self.expect_states(DID, *GOOD)
        first, second = self.shop.asked.take()
        self.assertEqual(first, 0)
        self.assertGreater(second, 0)
        self.assertLessEqual(second, 700000)

    def test_it_survives_a_kill_while_it_downloads(self):
        self.shop.hold.clear()
        self.update(DID)
        self.expect_states(DID, GOOD[0])
        self.shop.asked.expect(lambda start: start == 0, "the first request")
        until(lambda: os.path.exists(os.path.join(self.daemon.state_dir, "firmware.json")),
              "the order on disk")

        self.daemon.process.kill()
        self.shop.hold.set()
        self.daemon.spawn()

        self.expect_states(DID, *GOOD)

    def test_one_without_onvif_takes_none(self):
        self.config[f"camera {OTHER_DID}"] = {"protocol": "rtsp", "url": self.camera.rtsp,
                                              "username": "admin", "password": "x"}
        self.daemon.write_config()
        self.daemon.reload()
        self.broker.expect_subscription(f"actions/{OTHER_DID}")

        self.update(OTHER_DID)

        until(lambda: self.ask(OTHER_DID, "read")["result"] == NOT_SUPPORTED, "result 6")
        self.assertEqual(self.shop.asked.take(), [])


class TestLimit(FirmwareTest):
    keys = {"max-size": 1, "reserve": 0}

    def test_a_file_that_is_too_large(self):
        self.shop.RequestHandlerClass = _Larger
        self.update(DID)

        self.expect_states(DID, GOOD[0], (IDLE, NO_ROOM))


class _Larger(_Counter):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(1048577))
        self.end_headers()


class TestReserve(FirmwareTest):
    keys = {"reserve": 65536}

    def test_a_disk_without_room(self):
        status = os.statvfs(self.folder)
        if status.f_bavail * status.f_frsize > 60000 << 20:
            self.skipTest("this disk has more room than may be reserved")
        self.update(DID)

        self.expect_states(DID, GOOD[0], (IDLE, NO_ROOM))


class TestGateway(FirmwareTest):
    def test_the_installer_gets_the_file(self):
        self.update(GATEWAY)

        self.expect_states(GATEWAY, *GOOD)
        with open(self.witness, encoding="utf-8") as file:
            self.assertTrue(file.read().startswith(hashlib.md5(CONTENT).hexdigest()))

    def test_an_installer_that_fails(self):
        self.config["firmware"]["command"] = self.make_installer().replace(" 0", " 3")
        self.daemon.write_config()
        self.daemon.reload()

        self.update(GATEWAY)

        self.expect_states(GATEWAY, *GOOD[:3], (IDLE, FAILED))

    def test_no_installer(self):
        del self.config["firmware"]["command"]
        self.daemon.write_config()
        self.daemon.reload()

        self.update(GATEWAY)

        self.expect_states(GATEWAY, (IDLE, NOT_SUPPORTED))
        self.assertEqual(self.shop.asked.take(), [])

    def test_an_installer_that_restarts_us(self):
        pipe = os.path.join(self.folder, "pipe")
        os.mkfifo(pipe)
        held = os.open(pipe, os.O_RDWR)
        script = os.path.join(self.folder, "install")
        with open(script, "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\nexec < '{pipe}'\ntouch '{self.witness}'\nread word\n")
        self.update(GATEWAY, version="other")
        self.expect_states(GATEWAY, *GOOD[:3])
        until(lambda: os.path.exists(self.witness), "the installer")

        self.daemon.process.kill()
        self.daemon.spawn()

        self.expect_states(GATEWAY, (IDLE, FAILED))
        os.close(held)  # ends the installer


if __name__ == "__main__":
    main()
