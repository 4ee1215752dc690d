# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tables of the codes of `ptz` and `preset` share: a camera with faults, and a daemon."""

from harness.house import DID, SMALL, SystemTest, configuration
from harness.simulator import until

UP, DOWN, LEFT, RIGHT, UP_LEFT, DOWN_LEFT, UP_RIGHT, DOWN_RIGHT, IN, OUT = range(10)
MOVES = ("ContinuousMove", "RelativeMove", "GotoPreset")


class CodesTest(SystemTest):
    """One camera with faults, one daemon, asked by its local socket."""

    def begin(self, *faults, arguments=(), place=None, ptz=None, keys=None, broker=None):
        """`place`: where it stands before anybody looks; `ptz`, `keys`: settings."""
        self.simulator = self.start_simulator(arguments=(*SMALL, *arguments))
        self.camera = self.simulator.camera
        for fault in faults:
            name, _equals, argument = fault.partition("=")
            self.camera.fault(name, arg=argument or None)
        self.put(**(place or {}))
        self.config = configuration(broker, {DID: self.camera}, ptz=ptz or {})
        self.config[f"camera {DID}"].update(keys or {})
        self.daemon = self.start_daemon(self.config, broker)
        self.daemon.expect_log(f"{DID}: in contact")
        self.local = self.keep(self.daemon.local())
        if place is not None:
            until(lambda: self.camera.requests("GetStatus"), "it is looked at")
            self.ask("ptz", {"status": {}})  # looks again, once the first answer has come
        self.camera.requests()

    def ask(self, service, data):
        reply = self.local.ask(DID, {service: data})[service]
        reply.pop("error", None)
        return reply

    def start(self, direction, **members):
        return self.ask("ptz", {"start": {"direction": direction, **members}})

    def stop(self):
        return self.ask("ptz", {"stop": {}})

    def preset(self, method, **members):
        return self.ask("preset", {method: members})

    def keep_preset(self, index):
        """Sets it, until all that follows behind the reply is done."""
        self.assertEqual(self.preset("set", index=index), {"code": 0})
        self.preset("list")  # waits for the list that is read after a set
        self.preset("list")  # the camera has answered the look that may follow

    def put(self, **place):
        """Somebody turns the camera by hand; nobody else has moved it."""
        self.camera.control("position", place)

    def asked(self):
        """What it was asked to do, in order: moves of no speed are stops too."""
        return [self.word_of(r) for r in self.camera.requests("Stop", "SetPreset", "RemovePreset",
                                                              *MOVES)]

    def expect_asked(self, words):
        """These, and nothing else: the last may come after the reply."""
        seen = self.asked()

        def is_done():
            seen.extend(self.asked())
            return len(seen) >= len(words)

        until(is_done, f"{words}, not only {seen}")
        self.assertEqual(seen, words)

    @staticmethod
    def word_of(request):
        args = request["args"]
        speed = [args.get(axis) for axis in ("pan", "tilt", "zoom")]
        if request["op"] == "ContinuousMove" and not any(speed):
            return "zero"
        return {"ContinuousMove": "move", "RelativeMove": "step", "GotoPreset": "goto",
                "SetPreset": "set", "RemovePreset": "remove", "Stop": "stop"}[request["op"]]

    def assert_never_moved(self):
        self.assertEqual([word for word in self.asked() if word in ("move", "step", "goto")], [])
