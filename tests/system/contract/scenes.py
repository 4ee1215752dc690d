# SPDX-License-Identifier: GPL-2.0-or-later
"""What takes more than one request: PROTOCOL.md's limits, duplicates, presets, streams, config."""

import json
import time

from .judge import show
from .rows import NOWHERE, Row, done, refused, row, tells

MAX_BYTES, MAX_LEVELS = 64 * 1024, 32
READ = {"device": {"read": {}}}
NEW = "c0ffee000001"


def now_ms():
    return int(time.time() * 1000)


def message(did, mid, data, **members):
    return json.dumps({"did": did, "mid": mid, "type": "action", "data": data,
                       **members}).encode()


def play_limits(player, did):
    """Section 1, limits: what cannot be read is dropped, what can be is refused or done."""
    head = f'{{"did":"{did}","type":"action","mid":'.encode()

    def nested(levels):
        """The message, data, device, read, and so many lists within."""
        depth = levels - 4
        return {"device": {"read": {"x": json.loads("[" * depth + "]" * depth)}}}

    def padded(mid, size):
        text = message(did, mid, READ, pad="")
        return text[:-2] + b"x" * (size - len(text)) + text[-2:]

    silent = {
        "nothing": b"", "a list": b"[]", "a number": b"5", "a text": b'"x"', "null": b"null",
        "no JSON": b"{", "binary": bytes(range(256)),
        "no mid": json.dumps({"did": did, "type": "action", "data": READ}).encode(),
        "no did": json.dumps({"mid": "s1", "type": "action", "data": READ}).encode(),
        "mid null": message(did, None, READ), "mid []": message(did, [], READ),
        "mid {}": message(did, {}, READ), "mid true": message(did, True, READ),
        "did []": message([], "s6", READ), "did true": message(True, "s7", READ),
        "mid empty": message(did, "", READ), "did null": message(None, "s2", READ),
        "a mid that is too long": message(did, "m" * 300, READ),
        "a did that is too long": message("d" * 300, "s3", READ),
        "a reply": json.dumps({"did": did, "mid": "s4", "type": "action",
                               "result": {"device": {"code": 0}}}).encode(),
        "a reply with data": json.dumps({"did": did, "mid": "s5", "type": "action", "data": READ,
                                         "result": {}}).encode(),
        "a registration nobody asked for": json.dumps(
            {"did": "nobody-has-this", "type": "register",
             "result": {"token": "x", "expires": 60}}).encode(),
    }
    for name, payload in silent.items():
        player.expect_silence(f"dropped: {name}", did, payload)

    refusals = {
        "cut off": lambda mid: head + json.dumps(mid).encode() + b',"data":{"device":{',
        "more behind it": lambda mid: message(did, mid, READ) + b"x",
        "not UTF-8": lambda mid: head + json.dumps(mid).encode() + b',"data":{"device":"\xff"}}',
        "33 levels": lambda mid: message(did, mid, nested(MAX_LEVELS + 1)),
        "1000 levels": lambda mid: message(did, mid, nested(900)),
        "over 64 KiB": lambda mid: padded(mid, MAX_BYTES + 1),
        "200 KiB": lambda mid: padded(mid, 200 * 1024),
    }
    accepted = {
        "32 levels": lambda mid: message(did, mid, nested(MAX_LEVELS)),
        "64 KiB": lambda mid: padded(mid, MAX_BYTES),
    }
    for rows, want in ((refusals, refused(400, None)), (accepted, tells("device", "read",
                                                                       "device"))):
        for name, make in rows.items():
            mid = player.next_mid()
            player.played += 1
            player.send_raw(did, make(mid))
            heard = player.await_reply(name, {"did": did, "mid": mid}, want)
            if heard is not None:
                player.deviate(name, *player.judge.answer(want, heard.body["result"]))


def play_duplicates(player, did):
    """Section 1, duplicates: the stored reply again; another body is another request."""
    mid = player.next_mid()
    first = message(did, mid, {"device": {"read": {"a": 1}}, "statistics": {"read": {}}})
    asked = {"did": did, "mid": mid}
    services = (tells("device", "read", "device"), tells("statistics", "read", "statistics"))
    player.played += 3

    player.send_raw(did, first)
    player.send_raw(did, first)
    replies = {want.service: [player.await_reply("a duplicate", asked, want) for _ in range(2)]
               for want in services}
    for service, (one, other) in replies.items():
        if one is not None and other is not None and one.body != other.body:
            player.deviate("a duplicate gets the stored reply",
                           f"{service}: {show(one.body)} and {show(other.body)}")
    player.send_raw(did, message(did, mid, {"location": {"fly": {}}}))
    player.await_reply("the same mid, another body", asked, refused(404, "location", "fly"))


def play_presence(player, did, kind, is_any_away):
    """Section 4, device and connectivity: what it says of itself, and whether it is there. A
    gateway may have cameras that are not played to: they may be away."""
    want = tells("device", "read", "device"), tells("connectivity", "read", "connectivity")
    found = player.play(did, row("device and connectivity read",
                                 {"device": {"read": {}}, "connectivity": {"read": {}}}, *want))
    if len(found) < len(want):
        return
    device, link = [player.judge.find_body(w, body["result"]) for w, body in zip(want, found)]
    codes = {None: (8,) if is_any_away else (0, 8), "away": (7,)}.get(kind, (0,))
    wanted = {"deviceType": ("gateway" if kind is None else "camera",), "errorCode": codes}
    for name, values in wanted.items():
        if device.get(name) not in values:
            player.deviate("device read", f"{name} of {did} is {device.get(name)}, not {values}")
    if link.get("online") != (kind != "away"):
        player.deviate("connectivity read", f"online of {did} is {link.get('online')}")
    check_version(player, did, device)


def check_version(player, did, device):
    """Section 2, register: the firmware of `device read`, where it has told one."""
    said = player.registered.get(did)
    version = said.get("version") if isinstance(said, dict) else None
    firmware = version.get("firmware") if isinstance(version, dict) else None
    if said is not None and firmware != device.get("firmwareVersion"):
        player.deviate("registration", f"firmware of {did} is {show(firmware)}, "
                       f"not {show(device.get('firmwareVersion'))}")


def play_presets(player, did):
    """Section 4, preset: set, list, goto, remove, at indexes that nobody uses."""
    name = "presets"
    found = player.play(did, row("preset list", {"preset": {"list": {}}},
                                 done("preset", body="presets")))
    listed = found[0]["result"]["preset"].get("presets") if found else None
    if listed is None:
        return
    used = {preset["index"] for preset in listed}
    free = [index for index in range(1, 129) if index not in used]
    if len(free) < 3:
        player.notes.append(f"{did}: no room for presets, they were not played")
        return
    high, low, never = free[-1], free[-2], free[0]

    def act(method, want, **members):
        return player.play(did, row(f"preset {method} {members}", {"preset": {method: members}},
                                    want))

    gone = refused(60011, "preset")
    act("goto", gone, index=never)
    act("remove", gone, index=never)
    act("set", done("preset"), index=high, name="conformance")
    act("set", done("preset"), index=str(low), name="Tür \"2\"")
    found = act("list", done("preset", body="presets"))
    shown = found[0]["result"]["preset"].get("presets", []) if found else []
    indexes = [preset["index"] for preset in shown]
    names = {preset["index"]: preset.get("name") for preset in shown}
    if indexes != sorted(set(indexes)):
        player.deviate(name, f"the list is not sorted by index: {indexes}")
    if (names.get(high), names.get(low)) != ("conformance", 'Tür "2"'):
        player.deviate(name, f"what was set is listed as {show(shown)}")
    # Where it stands already, a camera that tells its position is not sent.
    act("goto", done("preset", codes=(0, 60010)), index=high)
    player.play(did, row("ptz stop", {"ptz": {"stop": {}}}, done("ptz")))
    act("remove", done("preset"), index=low)
    act("remove", done("preset"), index=str(high))
    act("goto", gone, index=low)


def play_stream(player, did, url):
    """Section 4, play: what becomes of it is told by event."""
    player.play(did, row("play", {"play": {"url": url, "players": 1}}, done("play")))
    player.expect_event("play", did, "play", state="playing", url=url)
    player.play(did, row("play again", {"play": {"url": url, "players": 0}}, done("play")))
    player.play(did, row("stop", {"stop": {"reason": "seen"}}, done("stop")))
    player.expect_event("stop", did, "play", state="stopped", url=url)


def play_no_server(player, did):
    """The same where no media server is: the event says why."""
    player.play(did, row("play to nobody", {"play": {"url": NOWHERE}}, done("play")))
    player.expect_event("play to nobody", did, "play", state="retrying", url=NOWHERE)
    player.play(did, row("stop", {"stop": {}}, done("stop")))
    player.expect_event("stop", did, "play", state="stopped", url=NOWHERE)


def play_clock(player, did, codes):
    """In seconds, and in milliseconds."""
    for time_now in (now_ms() // 1000, str(now_ms() // 1000), now_ms()):
        player.play(did, row(f"device write {time_now!r}",
                             {"device": {"write": {"currentTime": time_now}}},
                             done("device", "write", codes)))


def play_reboot(player, did, is_camera):
    """The reply comes first; a negative delay calls it off; an event tells when it is back."""
    codes = (0,) if is_camera else (0, 18003)
    for delay in (3600, -1, "3600", -1):
        player.play(did, row(f"device reboot in {delay}", {"device": {"reboot": {"delay": delay}}},
                             done("device", "reboot", codes)))
    if not is_camera:
        return
    player.play(did, row("device reboot", {"device": {"reboot": {"delay": 0}}},
                         done("device", "reboot")))
    event = player.expect("device reboot", lambda body: body.get("type") == "event"
                          and body.get("did") == did and "device" in body.get("data", {}),
                          "event of the reboot")
    if event is not None and event["data"]["device"]["reboot"]["state"] != "back":
        player.deviate("device reboot", show(event))


def play_firmware(player, did):
    """An order that ends at once: its protocol is not spoken (result 9)."""
    order = {"uri": "ftp://127.0.0.1/none", "md5sum": "0" * 32, "version": "conformance"}
    player.play(did, row("firmware update", {"firmware": {"update": order}},
                         done("firmware", "update")))
    player.expect_event("firmware update", did, "firmware", state=0)
    found = player.play(did, row("firmware read", {"firmware": {"read": {}}},
                                 tells("firmware", "read", "firmware")))
    want = tells("firmware", "read", "firmware")
    body = player.judge.find_body(want, found[0]["result"]) if found else {}
    # One that takes no firmware at all may say so first (6).
    if body.get("state") != 0 or body.get("result") not in (6, 9) \
            or any(body.get(name) != value for name, value in order.items()):
        player.deviate("firmware read", f"after {show(order)}: {show(body)}")


class Settings:
    """Section 5, config: writes that count. The cameras are put back at the end."""

    def __init__(self, player, gateway):
        self._player, self._gateway = player, gateway

    def read(self):
        want = tells("config", "read", "config")
        found = self._player.play(self._gateway, row("config read", {"config": {"read": {}}}, want))
        return self._player.judge.find_body(want, found[0]["result"]) if found else {}

    def write(self, name, content, *codes):
        self._player.play(self._gateway, row(name, {"config": {"write": content}},
                                             done("config", "write", codes or (0,))))

    def expect(self, name, found, wanted):
        if found != wanted:
            self._player.deviate(name, f"{show(found)}, not {show(wanted)}")

    def ask_new(self, name, *wants):
        """By the gateway's topic: the camera's own may not be subscribed to yet."""
        self._player.play(self._gateway, Row(name, READ, wants, {}, NEW))

    def expect_nodes(self, name, is_in, updated=None):
        """Section 2, register: a changed list of nodes registers the gateway again."""

        def matches(body):
            data = body.get("data", {})
            return body.get("type") == "register" and body.get("did") == self._gateway \
                and (updated == data["version"]["config"] if updated is not None
                     else (NEW in data["nodes"]) == is_in)

        body = self._player.expect(name, matches, "registration of the gateway that says so")
        # What the new configuration is told with must be its own.
        if body is not None and (NEW in body["data"]["nodes"]) != is_in:
            self._player.deviate(name, f"registers with {show(body['data'])}")

    def play(self, has_registrations):
        """`has_registrations`: somebody grants them; before, none is left that was heard."""
        before = self.read()
        place = next(name for name in ("camera", "cameras", "peripherals") if name in before)
        cameras = before[place]["camera"] if place == "peripherals" else before[place]
        if before["updated"] > 0:
            self.write("config write of what was read", before)
            self.expect("config write of what was read", self.read(), before)
        self._player.forget_registrations()
        self.bind(cameras, before["updated"] + 1000)
        if has_registrations:
            self.expect_nodes("config write binds a camera", True, str(before["updated"] + 1000))
        self.spell(cameras)
        self._player.forget_registrations()
        self.write("config write puts all back", {"camera": cameras, "conformance": []})
        if has_registrations:
            self.expect_nodes("config write puts all back", False)
        self.ask_new("a camera that is bound no more", refused(404, "device", "read",
                                                               "Invalid thing id"))

    def bind(self, cameras, updated):
        added = {"did": NEW, "protocol": "onvif", "address": "127.0.0.1:9", "username": "u",
                 "password": "p", "secret": "s", "name": "new", "colour": "grey",
                 "url": "rtsp://127.0.0.1:9/s?user=a&password=geheim&channel=1"}
        lists = {"bluetooth": [{"mac": "1"}, 5], "modbus": {"a": [None, 1.5, "ü"]},
                 "lora": [1e30, -1e-30, 1.7976931348623157e308, 59.3, 123456789012345678901234.5],
                 "conformance": [True]}
        content = {"updated": updated, "camera": cameras + [added], **lists}
        self.write("config write binds a camera", content)
        self.ask_new("a camera that is bound and away", tells("device", "read", "device"))
        found = self.read()
        self.expect("updated", found.get("updated"), updated)
        self.expect("unknown lists come back", {name: found.get(name) for name in lists}, lists)
        shown = [c for c in found.get("camera", []) if c["did"] == NEW]
        self.expect("stars", [{**c, "url": "geheim" in c.get("url", "geheim")} for c in shown],
                    [{**added, "password": "******", "secret": "******", "url": False}])
        self.write("config write of the same", content)
        self.write("config write of what was read", found)
        self.write("config write of other content, same updated",
                   {**content, "camera": cameras}, 304)
        self.write("config write of a fault", {**content, "updated": updated + 1,
                                               "camera": [{"did": NEW, "address": "h:0x"}]}, 9)
        self.expect("nothing has changed", self.read(), found)
        self.peripheral()

    def peripheral(self):
        def act(method, content, want):
            body = {"did": NEW, "config": content}
            found = self._player.play(self._gateway, row(
                f"peripheral {method} {content}", {"peripheral": {method: body}}, want))
            return self._player.judge.find_body(want, found[0]["result"]) if found else {}

        good = done("peripheral", "write", body="peripheralDone")
        wrong = refused(304, "peripheral", "write")
        reads = tells("peripheral", "read", "peripheral")
        act("write", {"updated": 7, "name": "newer", "colour": None}, good)
        found = act("read", {}, reads).get("config", {})
        self.expect("peripheral read", [found.get(k) for k in ("updated", "name", "colour")],
                    [7, "newer", None])
        act("write", {"updated": 7, "name": "newer"}, good)
        act("write", {"updated": "7", "name": "newest"}, wrong)
        act("write", {"updated": 0, "name": "newest", "password": "******"}, good)
        want = done("config", "write")
        self._player.play(self._gateway, Row("config write of a camera", {
            "config": {"write": {"updated": 8, "name": "last"}}}, (want,), {}, NEW))
        found = act("read", {}, reads).get("config", {})
        self.expect("config write of a camera is peripheral write",
                    [found.get("updated"), found.get("name")], [8, "last"])

    def spell(self, cameras):
        """Other names of the list and of the address; they come back as they came."""
        for place, wrap in (("cameras", lambda c: {"cameras": c}),
                            ("peripherals", lambda c: {"peripherals": {"camera": c}})):
            for key, value in (("host", "127.0.0.1:9"), ("ip", "http://127.0.0.1:9/onvif")):
                added = {"did": NEW, key: value}
                self.write(f"config write {place} with {key}", wrap(cameras + [added]))
                found = self.read()
                shown = found.get(place, {})
                shown = shown.get("camera", []) if place == "peripherals" else shown
                self.expect(f"{place} with {key}",
                            [c for c in shown if c.get("did") == NEW], [added])
