#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The harness against the real parts alone: what the other tests believe must be true here."""

import os
import socket
import threading

from harness import picture
from harness.house import SystemTest, configuration
from harness.mailbox import Expired, Mailbox
from harness.mqtt import MqttClient
from harness.process import Port, Process, connections
from harness.rtmp import VIDEO, RtmpViewer
from harness.runner import main
from harness.simulator import until


class TestMailbox(SystemTest):
    def test_takes_the_first_that_matches_and_leaves_the_rest(self):
        box = Mailbox("box")
        for number in (1, 2, 3, 2):
            box.put(number)

        self.assertEqual(box.expect(lambda n: n == 2), 2)

        self.assertEqual(box.peek(), [1, 3, 2])

    def test_says_what_is_missing_and_what_is_there(self):
        box = Mailbox("box")
        box.put("other")

        with self.assertRaisesRegex(Expired, "box: no letter(.|\n)*other"):
            box.expect(lambda item: item == "letter", "letter", timeout=0.01)


class TestPort(SystemTest):
    def test_is_ours_alone_and_can_be_bound_again_and_again(self):
        port = self.keep(Port())
        for _ in range(2):
            with socket.socket() as server:
                server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                server.bind(("127.0.0.1", int(port)))
                server.listen()
                with socket.create_connection(("127.0.0.1", int(port))) as client:
                    server.accept()[0].close()
                    self.assertEqual(client.recv(1), b"")

        with socket.socket() as stranger, self.assertRaises(OSError):
            stranger.bind(("127.0.0.1", int(port)))


class TestProcess(SystemTest):
    def test_its_lines_are_events_and_its_end_wakes_who_waits(self):
        process = self.keep(Process("sh", ["sh", "-c", "echo one; exit 3"]))

        process.lines.expect(lambda line: line == "one")

        self.assertEqual(process.wait(), 3)
        with self.assertRaisesRegex(Expired, "sh ended"):
            process.lines.expect(lambda line: line == "two", "line two")


class TestDaemon(SystemTest):
    def test_what_is_closed_does_not_read_any_more(self):
        before = set(threading.enumerate())
        daemon = self.start_daemon(configuration())
        local = daemon.local()
        local.ask(None, {"status": {}})

        local.close()
        daemon.close()

        until(lambda: set(threading.enumerate()) <= before, "the end of all threads that read")


class TestBroker(SystemTest):
    def test_delivers_large_messages_and_comes_back_on_its_port(self):
        broker = self.start_broker()
        for _ in range(2):
            box = Mailbox("box")
            client = self.keep(
                MqttClient(broker.port, "client", box.put, "cloud", "cloud-password"))
            client.subscribe("a/#")
            client.publish("a/b", b"x" * 70000)
            message = box.expect()
            self.assertEqual((message.topic, len(message.payload), message.qos), ("a/b", 70000, 1))
            broker.kill()
            broker.start()

    def test_refuses_a_wrong_password(self):
        broker = self.start_broker()

        with self.assertRaisesRegex(ConnectionError, "refused"):
            MqttClient(broker.port, "client", print, "cloud", "wrong")


class TestMedia(SystemTest):
    """ffmpeg publishes what we know; the harness must see just that."""

    def publish(self, url, source, text="NORTHGATE"):
        drawing = f"drawtext=text='{text}':fontsize=28:x=16:y=16:fontcolor=white" \
            ":box=1:boxcolor=black:boxborderw=8"
        return self.keep(Process("ffmpeg", [
            "ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "warning", "-re", "-f", "lavfi",
            "-i", source, "-vf", drawing, "-c:v", "libx264", "-preset", "ultrafast",
            "-tune", "zerolatency", "-g", "10", "-pix_fmt", "yuv420p", "-f", "flv", url]))

    def test_sees_who_publishes_and_what(self):
        media = self.start_media()
        url = media.url("one")
        viewer = self.keep(RtmpViewer(url))

        publisher = self.publish(url, "testsrc=size=640x360:rate=10")

        media.expect_publish("one")
        first = viewer.tags.expect(lambda tag: tag.kind == VIDEO)
        self.assertTrue(first.header)
        self.assertTrue(viewer.expect_video().key)
        self.assertEqual(media.publishers(), {"one": ["127.0.0.1"]})
        self.assertEqual(media.accepted(), 2)
        self.assertEqual(connections(publisher.pid, media.port), 1)
        frames = picture.grab(url, 4)
        self.assertEqual({(f.width, f.height) for f in frames}, {(640, 360)})
        self.assertTrue(picture.is_moving(frames))
        png = os.path.join(self.folder, "picture.png")
        picture.save_png(url, png)
        self.assertIn("NORTHGATE", picture.read_text(png))
        publisher.kill()
        media.expect_end("one")
        self.assertEqual(media.publishers(), {})

    def test_a_still_picture_does_not_move(self):
        media = self.start_media()
        url = media.url("still")

        self.publish(url, "color=c=gray:size=320x180:rate=10")

        media.expect_publish("still")
        self.assertFalse(picture.is_moving(picture.grab(url, 4)))

    def test_comes_back_on_its_port(self):
        media = self.start_media()
        media.kill()

        media.start()

        self.assertEqual(media.publishers(), {})


if __name__ == "__main__":
    main()
