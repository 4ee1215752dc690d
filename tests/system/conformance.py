#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Plays every request of the cloud contract, with good and with bad members, to a bridge through
its broker, and compares each reply, and whatever else the bridge says, with the JSON schemas in
schemas/ and with what this request must be answered with.

The bridge may run anywhere: this is a client of its broker, which needs the right to publish on
actions/<did> and to hear messages/<did>. Cameras are moved, and presets are set at free indexes
and removed again. What changes more is played only if --allow names it; with --readonly nothing is
asked for but to be told something.

Prints each deviation, and ends with 0 if there is none, 1 if there are some, 2 for usage.
"""

import argparse
import json
import os
import ssl
import sys

try:
    import jsonschema  # noqa: F401  pylint: disable=unused-import
except ImportError:
    sys.exit("conformance.py needs python3-jsonschema (apt-get install python3-jsonschema)")

# pylint: disable=wrong-import-position
from contract import scenes
from contract.judge import Judge
from contract.player import Player, Unanswered
from contract.rows import acts, camera_rows, deadline_rows, envelope_rows, gateway_rows
from harness.cloud import sign
from harness.mqtt import MqttClient

ALLOWABLE = ("clock", "config", "firmware", "reboot")
NOBODY = "nobody-has-this"


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--broker", required=True, metavar="HOST:PORT")
    parser.add_argument("--user", help="login at the broker")
    parser.add_argument("--password-file", metavar="FILE", help="its first line")
    parser.add_argument("--tls", action="store_true", help="by TLS, certificates of the system")
    parser.add_argument("--ca-file", metavar="FILE", help="by TLS, and trust these alone")
    parser.add_argument("--cert-file", metavar="FILE", help="client certificate")
    parser.add_argument("--key-file", metavar="FILE", help="its key")
    parser.add_argument("--gateway", required=True, metavar="DID")
    for kind, text in (("camera", "one that moves"), ("fixed", "one without PTZ"),
                       ("away", "one that does not answer")):
        parser.add_argument(f"--{kind}", action="append", default=[], metavar="DID",
                            help=f"{text}; may be given several times")
    parser.add_argument("--publish-topic", default="messages/%s", metavar="TOPIC",
                        help="where the bridge publishes (messages/%%s)")
    parser.add_argument("--subscribe-topic", default="actions/%s", metavar="TOPIC",
                        help="where it listens (actions/%%s)")
    parser.add_argument("--flat", action="store_true", help="it has reply-shape=flat")
    parser.add_argument("--register", action="store_true",
                        help="be the cloud that answers registrations, and wait for them first")
    parser.add_argument("--secret-file", metavar="FILE",
                        help="the gateway's secret, which all signs are made with")
    parser.add_argument("--play-url", metavar="URL",
                        help="a media server for play; {did} stands for the camera's did")
    parser.add_argument("--streams", action="store_true", help="wait for telemetry, too")
    parser.add_argument("--allow", default="", metavar="WHAT",
                        help="what may be changed, separated by commas: "
                             + ", ".join(ALLOWABLE) + ", all")
    parser.add_argument("--readonly", action="store_true",
                        help="nothing that moves or changes anything, nor badly asks for it")
    parser.add_argument("--qos", type=int, choices=(0, 1, 2), help="it has that setting")
    parser.add_argument("--no-event-token", action="store_true",
                        help="it has event-token=false")
    parser.add_argument("--strict", action="store_true",
                        help="what a camera itself cannot do is a deviation, too")
    parser.add_argument("--timeout", type=float, default=15, metavar="SECONDS",
                        help="for each reply (%(default)s)")
    parser.add_argument("--json", metavar="FILE", help="write the findings there, too")
    arguments = parser.parse_args()
    host, _colon, port = arguments.broker.rpartition(":")
    if not host or not port.isdigit():
        parser.error("--broker is HOST:PORT")
    if not arguments.camera + arguments.fixed + arguments.away:
        parser.error("at least one camera is needed: --camera, --fixed or --away")
    allowed = set(filter(None, arguments.allow.split(",")))
    if allowed - {*ALLOWABLE, "all"}:
        parser.error(f"--allow knows {', '.join(ALLOWABLE)} and all")
    if arguments.readonly and (allowed or arguments.play_url):
        parser.error("--readonly goes neither with --allow nor with --play-url")
    arguments.allowed = set(ALLOWABLE) if "all" in allowed else allowed
    return arguments


def read_line(path):
    if path is None:
        return None
    with open(path, encoding="utf-8") as file:
        return file.readline().rstrip("\n")


def make_tls(arguments):
    if not (arguments.tls or arguments.ca_file):
        return None
    context = ssl.create_default_context(cafile=arguments.ca_file)
    if arguments.cert_file:
        context.load_cert_chain(arguments.cert_file, arguments.key_file)
    return context


class Conformance:
    def __init__(self, arguments):
        self._arguments = arguments
        self._secret = read_line(arguments.secret_file)
        self._kinds = {**{did: "ptz" for did in arguments.camera},
                       **{did: "fixed" for did in arguments.fixed},
                       **{did: "away" for did in arguments.away}}
        self.player = Player(
            Judge(arguments.flat), (arguments.publish_topic, arguments.subscribe_topic),
            arguments.timeout, arguments.strict, self._on_register, arguments.qos)

    def _on_register(self, player, body):
        """On the reader's thread."""
        did, gateway = body["did"], self._arguments.gateway
        data = body.get("data", {})
        if self._secret is not None and body.get("sign") != sign(did, self._secret):
            player.deviate(f"registration of {did}", "the sign is wrong")
        if did == gateway and not set(self._kinds) <= set(data.get("nodes", [])):
            player.deviate(f"registration of {did}", f"nodes lack cameras: {data.get('nodes')}")
        if did != gateway and data.get("gateway") != gateway:
            player.deviate(f"registration of {did}", f"gateway is {data.get('gateway')}")
        if self._arguments.register:
            player.answer_register(did, {"id": did, "expires": 3600, "token": f"token-{did}"},
                                   not self._arguments.no_event_token)

    def connect(self):
        arguments = self._arguments
        host, _colon, port = arguments.broker.rpartition(":")

        def make_client(on_message):
            return MqttClient(
                port, f"conformance-{os.getpid()}", on_message, arguments.user,
                read_line(arguments.password_file), host=host.strip("[]"),
                tls=make_tls(arguments))

        self.player.connect(make_client, self._dids())

    def _dids(self):
        return (self._arguments.gateway, *self._kinds, NOBODY, scenes.NEW)

    def play(self):
        print("listening", flush=True)
        if self._arguments.register:
            self._await_registrations()
        self._play_gateway(self._arguments.gateway)
        for did, kind in self._kinds.items():
            self._say(f"{kind} camera {did}")
            self._play_camera(did, kind)
        if self._arguments.streams:
            self._await_streams()
        self.player.check_rest(self._arguments.gateway, self._dids())

    def _play_rows(self, did, rows):
        for row in rows:
            if not (self._arguments.readonly and acts(row)):
                self.player.play(did, row)

    @staticmethod
    def _say(what):
        print(f"  {what}", file=sys.stderr, flush=True)

    def _await_registrations(self):
        """Of an away camera there is none: it has not been seen."""
        for did in (self._arguments.gateway, *self._kinds):
            if self._kinds.get(did) != "away":
                self.player.expect(
                    f"registration of {did}",
                    lambda body, did=did: (body.get("type"), body.get("did")) == ("register", did),
                    "registration")

    def _await_streams(self):
        for did in (self._arguments.gateway, *self._kinds):
            body = None
            if self._kinds.get(did) != "away":
                body = self.player.expect(
                    f"telemetry of {did}",
                    lambda body, did=did: (body.get("type"), body.get("did")) == ("stream", did),
                    "stream")
            if body is not None and ("stream" in body) != (did in self._kinds):
                self.player.deviate(f"telemetry of {did}", "a camera's has a name, a gateway's not")

    def _play_gateway(self, did):
        player, allowed = self.player, self._arguments.allowed
        self._say(f"gateway {did}")
        settings = scenes.Settings(player, did)
        before = settings.read()
        self._play_rows(did, (*gateway_rows(did, next(iter(self._kinds))), *envelope_rows()))
        settings.expect("nothing refused has changed the configuration", settings.read(), before)
        scenes.play_presence(player, did, None, bool(self._arguments.away))
        scenes.play_limits(player, did)
        scenes.play_duplicates(player, did)
        if "firmware" in allowed:
            scenes.play_firmware(player, did)
        if "clock" in allowed:
            scenes.play_clock(player, did, (0, 18003))
        if "reboot" in allowed:
            scenes.play_reboot(player, did, False)
        if "config" in allowed:
            settings.play(self._arguments.register)

    def _play_camera(self, did, kind):
        player, allowed = self.player, self._arguments.allowed
        self._play_rows(did, (*camera_rows(kind), *deadline_rows(kind, scenes.now_ms())))
        scenes.play_presence(player, did, kind, False)
        scenes.play_duplicates(player, did)
        if self._arguments.readonly:
            return
        if kind == "ptz":
            scenes.play_presets(player, did)
        if kind != "away" and self._arguments.register:
            scenes.play_no_server(player, did)
        if kind != "away" and self._arguments.play_url:
            scenes.play_stream(player, did, self._arguments.play_url.replace("{did}", did))
        if "firmware" in allowed and kind != "away":
            scenes.play_firmware(player, did)
        if "clock" in allowed:
            scenes.play_clock(player, did, (0,) if kind != "away" else (18002,))
        if "reboot" in allowed and kind != "away":
            scenes.play_reboot(player, did, True)


def report(conformance, path):
    player = conformance.player
    for note in player.notes:
        print(f"note: {note}")
    for deviation in player.deviations:
        print(f"deviation: {deviation}")
    print(f"{player.played} requests, {len(player.deviations)} deviations")
    if path is not None:
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"requests": player.played, "notes": player.notes,
                       "deviations": player.deviations}, file, ensure_ascii=False, indent=2)


def main():
    arguments = parse_arguments()
    conformance = Conformance(arguments)
    try:
        conformance.connect()
    except OSError as error:
        sys.exit(f"{arguments.broker}: {error}")
    try:
        conformance.play()
    except Unanswered as why:
        conformance.player.deviate("given up", why)
    except (AttributeError, LookupError, StopIteration, TypeError) as why:
        # What a scene builds on is not there: that it is not has been noted before.
        conformance.player.deviate("given up", repr(why))
    finally:
        conformance.player.close()
    report(conformance, arguments.json)
    return 1 if conformance.player.deviations else 0


if __name__ == "__main__":
    sys.exit(main())
