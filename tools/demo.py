#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The main job on real parts: mosquitto, nginx with its RTMP module, camgate-sim and camgated.

Called by tools/demo, which has installed and built everything. Speaks as the cloud would.
"""

import argparse
import contextlib
import json
import os
import re
import signal
import sys
import tempfile
import threading
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "tests", "system"))

# pylint: disable=wrong-import-position
from harness import picture
from harness.cloud import Cloud
from harness.daemon import CAMGATECTL, Daemon, key_file
from harness.house import (
    DID, GATEWAY, GATEWAY_SECRET, USERS, configuration, expect_subscriptions)
from harness.mailbox import Mailbox
from harness.rtmp import RtmpViewer
from harness.servers import Broker, MediaServer
from harness.simulator import Simulator, until

NAME = "NORTHGATE"
RIGHT, SLOW = 3, 0
PRESET = 1
# How far to move before stopping: far enough that the picture is another one.
WAY = 0.2
READING_ERROR = 0.02  # the picture shows two digits
SECRET_KEYS = ("secret", "password")


class Failed(Exception):
    """A step failed: what, and what to do."""

    def __init__(self, what, advice):
        super().__init__(what)
        self.advice = advice


class Stage:
    """Numbered steps, and the parts that are closed in the end in reverse order."""

    def __init__(self, first_step, stack):
        self._step = first_step - 1
        self._stack = stack
        self._parts = []
        self.folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="camgate-demo-"))

    def step(self, text):
        self._step += 1
        print(f"\n[{self._step}] {text}", flush=True)

    @staticmethod
    def say(text):
        for line in str(text).splitlines():
            print(f"    {line}", flush=True)

    def part(self, part):
        self._stack.callback(part.close)
        self._parts.append(part)
        return part

    def last_words(self):
        return [part.tail() for part in self._parts if hasattr(part, "tail") and part.tail()]


class Demo:
    def __init__(self, stage, picture_path):
        self.stage = stage
        self.picture_path = picture_path
        self.broker = self.media = self.camera = self.daemon = self.cloud = None
        self.url = None
        self.summary = []

    def run(self):
        self.start_world()
        self.start_bridge()
        self.play()
        self.set_preset()
        self.move()
        self.take_picture()
        self.goto_preset()
        self.conclude()

    def start_world(self):
        stage = self.stage
        stage.step("Broker: mosquitto")
        self.broker = stage.part(Broker(stage.folder, USERS, own_session=True))
        self.broker.start()
        stage.say(f"{self.broker.url}, users {', '.join(USERS)}")
        stage.step("Media server: nginx with its RTMP module")
        self.media = stage.part(MediaServer(stage.folder, own_session=True))
        self.media.start()
        self.url = self.media.url(DID)
        stage.say(f"{self.url.rsplit('/', 1)[0]}/…")
        stage.step(f"Camera: camgate-sim, called {NAME}")
        simulator = stage.part(
            Simulator(stage.folder, NAME, arguments=("--gop", "1"), own_session=True))
        self.camera = simulator.start().camera
        stage.say(f"ONVIF {self.camera.onvif}\nRTSP  {self.camera.rtsp}")

    def start_bridge(self):
        stage = self.stage
        stage.step("The bridge: camgated, with this configuration")
        config = configuration(self.broker, {DID: self.camera})
        shown = {group: {key: "******" if key in SECRET_KEYS else value
                         for key, value in keys.items()}
                 for group, keys in config.items() if keys}
        stage.say(key_file(shown))
        self.cloud = stage.part(Cloud(self.broker))
        self.cloud.connect()
        self.daemon = stage.part(Daemon(stage.folder, config, own_session=True))
        self.daemon.start()
        expect_subscriptions(self.broker, config)
        stage.step("It registers the gateway, and the camera once it has spoken with it")
        for did in (GATEWAY, DID):
            self.show_received(self.cloud.expect_register(did))

    def play(self):
        stage = self.stage
        stage.step("The cloud says `play`; a player waits at the media server already")
        viewer = stage.part(RtmpViewer(self.url))
        answer = self.ask({"play": {"url": self.url, "players": 1}})
        first = viewer.expect_video()
        viewer.close()
        self.show_received(self.cloud.expect_event(DID, "play", state="playing"))
        self.note("from the `play` message to the first video packet at the media server",
                  first.at - answer.sent)
        stage.say(f"watch:  ffplay -fflags nobuffer {self.url}")

    def set_preset(self):
        self.stage.step(f"Preset {PRESET} is where the camera stands now")
        self.ask({"preset": {"set": {"index": PRESET, "name": "gate"}}})
        self.ask({"preset": {"list": {}}})
        self.show_position()

    def move(self):
        stage = self.stage
        stage.step("The cloud says `ptz`: to the right, slowly; then stop")
        start = self.camera.position()["pan"]
        self.camera.requests()
        sent_ms = time.time() * 1000
        self.ask({"ptz": {"start": {"direction": RIGHT, "speed": SLOW}}})
        request = self.camera.requests("ContinuousMove")[0]
        stage.say(f"the camera was asked: {request['op']} {json.dumps(request['args'])}")
        self.note("from the `ptz` message to the SOAP request at the camera",
                  (request["at"] - sent_ms) / 1000)
        until(lambda: self.camera.position()["pan"] > start + WAY, "the camera moves to the right")
        self.ask({"ptz": {"stop": {}}})
        self.camera.until_still()
        self.show_position()

    def take_picture(self):
        stage = self.stage
        stage.step("A picture of what arrived at the media server")
        wanted = self.camera.position()["pan"]
        text = until(lambda: self.read_picture(wanted), f"a picture that shows pan {wanted:+.2f}")
        stage.say(f"{self.picture_path}\none can read in it:")
        stage.say("\n".join("  " + line for line in text.split("\n") if line.strip()))
        if NAME not in text:
            raise Failed(f"the name {NAME} cannot be read in {self.picture_path}",
                         "look at the picture; read what camgated says below")

    def read_picture(self, wanted):
        """The text in a new picture; None while that still shows the camera on its way."""
        picture.save_png(self.url, self.picture_path)
        text = picture.read_text(self.picture_path)
        shown = re.search(r"pan *([+-]?\d[.,]\d\d)", text)
        near = shown and abs(float(shown.group(1).replace(",", ".")) - wanted) < READING_ERROR
        return text if near else None

    def goto_preset(self):
        self.stage.step(f"The cloud says `preset goto {PRESET}`")
        away = self.camera.position()["pan"]
        self.ask({"preset": {"goto": {"index": PRESET}}})
        until(lambda: self.camera.position()["pan"] < away - WAY / 2, "the camera goes back")
        self.camera.until_still()
        self.show_position()

    def conclude(self):
        self.stage.step("In short")
        sessions, ever = self.camera.sessions()
        publishers = sum(map(len, self.media.publishers().values()))
        self.stage.say("\n".join(self.summary))
        self.stage.say(f"RTSP sessions at the camera: {sessions} now, {ever} ever; "
                       f"publishers at the media server: {publishers}")
        self.stage.say(f"picture: {self.picture_path}")
        if (sessions, ever, publishers) != (1, 1, 1):
            raise Failed("there should be one session and one publisher",
                         "read what camgated says below")

    def linger(self):
        """Shows whatever comes, until Ctrl-C."""
        control = f"{CAMGATECTL} --socket {self.daemon.socket_path}"
        self.stage.step("It runs on until Ctrl-C. Try:")
        self.stage.say(f"ffplay -fflags nobuffer {self.url}\n{control} cameras\n"
                       f"{control} ptz {DID} keys\n{control} monitor")
        while True:
            self.show_received(self.cloud.messages.expect(timeout=threading.TIMEOUT_MAX))

    def ask(self, data):
        self.stage.say(f"cloud → actions/{DID}  {json.dumps(data)}")
        answer = self.cloud.ask(DID, data)
        (service, result), = answer.result.items()
        took = (answer.at - answer.sent) * 1000
        self.stage.say(f"cloud ← messages/{DID} {json.dumps(answer.result)}   after {took:.0f} ms")
        if result.get("code") != 0:
            raise Failed(f"{service} was answered with {result}",
                         f"{CAMGATECTL} explain {result.get('code')}")
        return answer

    def show_received(self, message):
        body = dict(message.body)
        body.pop("token", None)
        self.stage.say(f"cloud ← {message.topic} {json.dumps(body, ensure_ascii=False)}")

    def show_position(self):
        at = self.camera.position()
        self.stage.say(f"the camera stands at pan {at['pan']:+.2f} tilt {at['tilt']:+.2f} "
                       f"zoom {at['zoom']:.2f}")

    def note(self, what, seconds):
        took = f"{seconds * 1000:.0f} ms" if seconds >= 0.001 else "under 1 ms"
        line = f"{what}: {took}"
        self.stage.say(line)
        self.summary.append(line)


def main():
    parser = argparse.ArgumentParser(prog="tools/demo")
    parser.add_argument("--once", action="store_true", help="end when everything was shown")
    parser.add_argument("--picture", default=os.path.join(TOP, "build", "demo.png"))
    parser.add_argument("--first-step", type=int, default=1, help=argparse.SUPPRESS)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.ExitStack() as stack:
        stage = Stage(options.first_step, stack)
        demo = Demo(stage, os.path.abspath(options.picture))
        try:
            demo.run()
            if not options.once:
                demo.linger()
        except KeyboardInterrupt:
            stage.step("Ended by hand; closing everything")
            return 0 if demo.summary else 130
        except Exception as error:
            stage.say(f"FAILED: {error}")
            stage.say("What to do: " + getattr(
                error, "advice", "read the last words of the parts, below; then run it again"))
            print("\n".join(stage.last_words()))
            return 1
    print("\nDone: everything was seen to work.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
