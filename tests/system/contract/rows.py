# SPDX-License-Identifier: GPL-2.0-or-later
"""Every request of PROTOCOL.md with good and with bad members, and what it must be answered with.

A camera is of a kind: `ptz` moves, `fixed` has no PTZ, `away` does not answer.
"""

from collections import namedtuple

# `codes`: those that are right; None stands for a body that only tells, and has no code.
Want = namedtuple("Want", "service method body codes text")
# `to` is None for the did that is being played to, else a did.
Row = namedtuple("Row", "name data wants members to")

ABSENT = object()
NOWHERE = "rtmp://127.0.0.1:9/live/conformance"
# What is no whole number of 0 or more, in no spelling.
NO_NUMBER = (None, "", "x", "-1", "1.5", "0x1", " 1", 1.5, -0.5, True, False, [], [1], {})
# By kind of camera: what a good request to move it is answered with.
MOVED = {"ptz": (0,), "fixed": (60000,), "away": (60006,)}
# By kind: what has to reach the camera, in every service but ptz and preset.
REACHED = {"ptz": (0,), "fixed": (0,), "away": (18002,)}


def done(service, method=None, codes=(0,), body="done"):
    return Want(service, method, body, codes, None)


def tells(service, method, body, codes=(None,)):
    return Want(service, method, body, codes, None)


def refused(code, service, method=None, text=None):
    return Want(service, method, None, (code,), text)


def row(name, data, *wants, to=None, **members):
    return Row(name, data, wants, members, to)


def acts(one):
    """Whether a row asks for more than to be told something, be it well or badly."""
    data = one.data if isinstance(one.data, dict) else {}
    return any(service in ACTING_SERVICES
               or isinstance(content, dict) and any(method in content for method in ACTING_METHODS)
               for service, content in data.items())


def member(name, value):
    return {} if value is ABSENT else {name: value}


def spell(value):
    return "absent" if value is ABSENT else repr(value)


def unsupported(service, method=None):
    return refused(404, service, method, "Unsupported action")


def play_rows():
    bad = (ABSENT, None, 5, True, "", "live", "http://127.0.0.1/live/x", "rtsp://127.0.0.1/x",
           "RTMP", "rtmp:", ["rtmp://127.0.0.1/live/x"], {})
    for url in bad:
        yield row(f"play with url {spell(url)}", {"play": member("url", url)},
                  refused(400, "play", text="Invalid RTMP URL"))
    for url in ("rtmp://", "rtmp:///live/x", "rtmp://127.0.0.1:99999/live/x",
                "rtmp://127.0.0.1:x/live/x"):
        yield row(f"play with url {url}", {"play": {"url": url}}, refused(400, "play"))
    for players in ("x", "", 1.5, True, [], {}):
        yield row(f"play with players {spell(players)}",
                  {"play": {"url": NOWHERE, "players": players}}, refused(400, "play"))
    for players in (ABSENT, 1, 0, "2", 1000000, None):
        yield row(f"play with players {spell(players)}",
                  {"play": {"url": NOWHERE, **member("players", players)}}, done("play"))
    yield row("play to another url", {"play": {"url": NOWHERE + "2"}}, done("play"))
    yield row("play with what nobody knows", {"play": {"url": NOWHERE, "fly": {"a": [1]}}},
              done("play"))
    for content in ([], 5, "x", True):
        yield row(f"play {content!r}", {"play": content}, refused(400, "play"))
        yield row(f"stop {content!r}", {"stop": content}, refused(400, "stop"))
    yield row("play null", {"play": None}, refused(400, "play", text="Invalid RTMP URL"))
    for content in ({}, {"reason": "nobody looks"}, {"reason": 5}, None, {"fly": 1}):
        yield row(f"stop {content!r}", {"stop": content}, done("stop"))


def move_rows(kind):
    moved, stopped = done("ptz", codes=MOVED[kind]), done("ptz", codes=MOVED[kind])
    stop = {"ptz": {"stop": {}}}
    speeds = (ABSENT, 0, 1, 2)
    for direction in range(10):
        for speed in speeds if kind == "ptz" else speeds[:1]:
            yield row(f"ptz start {direction} at speed {spell(speed)}",
                      {"ptz": {"start": {"direction": direction, **member("speed", speed)}}},
                      moved)
        yield row(f"ptz stop after {direction}", stop, stopped)
    for members in ({"direction": "3"}, {"direction": 3.0}, {"direction": 2, "speed": "0"},
                    {"direction": 3, "speed": 7}, {"direction": 2, "speed": "99"},
                    {"direction": 3, "speed": None}, {"direction": 2, "fly": [1]}):
        yield row(f"ptz start {members}", {"ptz": {"start": members}}, moved)
        yield row(f"ptz stop after {members}", stop, stopped)
    for content in ({}, None, {"fly": 1}):
        yield row(f"ptz stop {content!r}", {"ptz": {"stop": content}}, stopped)
    # `status` is known to the local socket alone.
    for unknown in ("fly", "status"):
        yield row(f"ptz: of {unknown} and stop the known one",
                  {"ptz": {unknown: {}, "stop": {}, "start": {"direction": 77}}}, stopped)


def bad_move_rows():
    for direction in (ABSENT, -1, 10, 99999999999999999999, 1e300) + NO_NUMBER:
        yield row(f"ptz start with direction {spell(direction)}",
                  {"ptz": {"start": member("direction", direction)}},
                  refused(400, "ptz", text="Invalid direction"))
    for speed in (-1, -99999999999999999999) + NO_NUMBER[1:]:
        yield row(f"ptz start with speed {spell(speed)}",
                  {"ptz": {"start": {"direction": 3, "speed": speed}}},
                  refused(400, "ptz", text="Invalid speed"))
    yield row("ptz start null", {"ptz": {"start": None}}, refused(400, "ptz"))
    for service in ("ptz", "preset"):
        for content in ([], 5, "stop", True, None, {}):
            yield row(f"{service} {content!r}", {service: content}, refused(400, service))
        for method in ("fly", "status", "Stop", ""):
            yield row(f"{service} {method!r}", {service: {method: {}}}, refused(60020, service))
    for method in ("start", "stop"):
        for content in ([], 5, "x", True):
            yield row(f"ptz {method} {content!r}", {"ptz": {method: content}}, refused(400, "ptz"))


def preset_rows(kind):
    lists = done("preset", codes=MOVED[kind], body="presets")
    for method in ("list", "read", "get"):
        for content in ({}, None, {"fly": 1}):
            yield row(f"preset {method} {content!r}", {"preset": {method: content}}, lists)
        yield row(f"preset {method} []", {"preset": {method: []}}, refused(400, "preset"))
    for method in ("set", "goto", "remove"):
        for index in (ABSENT, 0, 129, -1, 99999999999999999999) + NO_NUMBER:
            yield row(f"preset {method} with index {spell(index)}",
                      {"preset": {method: member("index", index)}},
                      refused(400, "preset", text="Invalid preset index"))
        for content in ([], 5, "x"):
            yield row(f"preset {method} {content!r}", {"preset": {method: content}},
                      refused(400, "preset"))
    for name in (5, True, [], {}, "a\nb", "a\0b".replace("\0", "\x01"), "x" * 256):
        yield row(f"preset set with name {spell(name)[:40]}",
                  {"preset": {"set": {"index": 1, "name": name}}}, refused(400, "preset"))


def device_rows(kind):
    """Of a camera, or with the kind None of the gateway."""
    for content in ({}, None, {"fly": 1}):
        yield row(f"device read {content!r}", {"device": {"read": content}},
                  tells("device", "read", "device"))
    for time in (ABSENT, 0, -5, 99999999999999999999) + NO_NUMBER:
        yield row(f"device write with currentTime {spell(time)}",
                  {"device": {"write": member("currentTime", time)}},
                  refused(400, "device", "write"))
    for delay in (3601, 99999999999999999999) + NO_NUMBER[1:]:
        yield row(f"device reboot with delay {spell(delay)}",
                  {"device": {"reboot": {"delay": delay}}}, refused(400, "device", "reboot"))
    yield row("device reboot with a negative delay: none is pending",
              {"device": {"reboot": {"delay": -1}}}, done("device", "reboot"))
    for content in ({}, None, {"fly": 1}):
        yield row(f"device reset {content!r}", {"device": {"reset": content}},
                  refused(18003, "device", "reset"))
    for method in ("read", "write", "reboot", "reset"):
        for content in ([], 5, "x", True):
            yield row(f"device {method} {content!r}", {"device": {method: content}},
                      refused(400, "device", method))
    place = {None: (None, 18003), "away": (None, 18002, 18003)}.get(kind, (None, 18003))
    for service, codes in (("connectivity", (None,)), ("statistics", (None,)),
                           ("location", place), ("firmware", (None,))):
        for content in ({}, None, {"fly": 1}):
            yield row(f"{service} read {content!r}", {service: {"read": content}},
                      tells(service, "read", service, codes))
        yield row(f"{service} read []", {service: {"read": []}}, refused(400, service, "read"))


def bad_firmware_rows():
    good = {"uri": "http://127.0.0.1:9/none", "md5sum": "0" * 32, "version": "1"}
    for name, values in (("uri", (ABSENT, None, 5, [], "")),
                         ("md5sum", (ABSENT, None, 5, "", "0" * 31, "0" * 33, "g" * 32)),
                         ("version", (5, True, [], {}))):
        for value in values:
            members = {k: v for k, v in good.items() if k != name}
            yield row(f"firmware update with {name} {spell(value)}",
                      {"firmware": {"update": {**members, **member(name, value)}}},
                      refused(400, "firmware", "update"))
    for content in ({}, None, [], 5):
        yield row(f"firmware update {content!r}", {"firmware": {"update": content}},
                  refused(400, "firmware", "update"))


def wrapped_rows(services):
    """What every wrapped service refuses."""
    for service in services:
        for content in ([], 5, "read", True, None, {}):
            yield row(f"{service} {content!r}", {service: content}, refused(400, service))
        for method in ("fly", "Read", "merge", ""):
            yield row(f"{service} {method!r}", {service: {method: {}}},
                      unsupported(service, method))


def unknown_rows(services):
    for service in services:
        for content in ({}, None, 5, {"read": {}}, {"start": {"direction": 3}}):
            method = "read" if service == "peripheral" and content == {"read": {}} else None
            want = unsupported(service, method)
            if service == "peripheral" and method is None:
                continue
            yield row(f"{service} {content!r}", {service: content}, want)


# What may move or change something if a bridge takes it.
ACTING_SERVICES = ("play", "stop")
ACTING_METHODS = ("start", "stop", "set", "goto", "remove", "write", "reboot", "reset", "update")
LOCAL = ("cameras", "status", "trace", "snapshot")
READING = ("device", "connectivity", "location", "statistics", "firmware")


def camera_rows(kind):
    """All that one camera can be asked, without changing anything for good."""
    yield from play_rows()
    yield from bad_move_rows()
    yield from move_rows(kind)
    yield from preset_rows(kind)
    yield from device_rows(kind)
    yield from bad_firmware_rows()
    yield row("config read of a camera", {"config": {"read": {}}},
              tells("config", "read", "camera"))
    for members, path in (({"name": 5}, "name: "), ({"protocol": "x"}, "protocol: "),
                          ({"updated": -1}, "updated: "), ({"updated": "x"}, "updated: "),
                          ({"did": "another"}, "did: "), ({"username": []}, "username: ")):
        yield row(f"config write {members} of a camera", {"config": {"write": members}},
                  refused(9, "config", "write", path))
    yield row("config write [] of a camera", {"config": {"write": []}},
              refused(400, "config", "write"))
    yield from wrapped_rows((*READING, "config"))
    yield from unknown_rows(("fly", "peripheral", "", "Play", *LOCAL))


def bad_config_rows(gateway, camera):
    """Faults and their paths; nothing of these changes anything."""
    address = {"address": "127.0.0.1:9"}
    cameras = (
        ([5], "[0]: "), (["x"], "[0]: "), ([None], "[0]: "), ([[]], "[0]: "), ([{}], "[0].did: "),
        ([address], "[0].did: "), ([{"did": 5, **address}], "[0].did: "),
        ([{"did": "", **address}], "[0].did: "), ([{"did": "a/b", **address}], "[0].did: "),
        ([{"did": gateway, **address}], "[0].did: "),
        ([{"did": "c1", **address}, {"did": "c1", **address}], "[1].did: "),
        ([{"did": "c1", **address}, {"did": "c2"}], "[1].address: "),
        ([{"did": "c1", **address}, {"did": "c2", **address, "protocol": "gb"}],
         "[1].protocol: "),
        ([{"did": "c1", "address": 5}], "[0].address: "),
        ([{"did": "c1", "address": "h:99999"}], "[0].address: "),
        ([{"did": "c1", "address": ""}], "[0].address: "),
        ([{"did": "c1", "address": "a", "host": "b"}], "[0].host: "),
        ([{"did": "c1", **address, "username": 5}], "[0].username: "),
        ([{"did": "c1", **address, "password": []}], "[0].password: "),
        ([{"did": "c1", **address, "password": "******"}], "[0].password: "),
        ([{"did": "c1", **address, "secret": "******"}], "[0].secret: "),
        ([{"did": "c1", "protocol": "rtsp"}], "[0].url: "),
        ([{"did": "c1", **address, "url": "http://h/"}], "[0].url: "),
        ([{"did": "c1", **address, "name": "a\nb"}], "[0].name: "),
    )
    for content, path in cameras:
        yield row(f"config write camera {content}"[:100], {"config": {"write": {
            "camera": content}}}, refused(9, "config", "write", "camera" + path))
    for place, wrap in (("cameras", lambda c: {"cameras": c}),
                        ("peripherals.camera", lambda c: {"peripherals": {"camera": c}})):
        yield row(f"config write {place} with a fault",
                  {"config": {"write": wrap([{"did": camera}, {"did": camera}])}},
                  refused(9, "config", "write", place + "[1].did: "))
    for content in (5, "x", {}, True):
        yield row(f"config write camera {content!r}", {"config": {"write": {"camera": content}}},
                  refused(9, "config", "write", "camera: "))
    yield row("config write with two lists of cameras",
              {"config": {"write": {"camera": [], "cameras": []}}},
              refused(9, "config", "write", "cameras: "))
    for updated in (-1, "x", 1.5, True, [], {}, "-5"):
        yield row(f"config write with updated {updated!r}",
                  {"config": {"write": {"updated": updated}}},
                  refused(9, "config", "write", "updated: "))
    for content in ([], 5, "x"):
        yield row(f"config write {content!r}", {"config": {"write": content}},
                  refused(400, "config", "write"))


def peripheral_rows(camera):
    for did in (camera, "@all"):
        for more in ({"config": {}}, {}, {"config": None}, {"fly": 1}):
            yield row(f"peripheral read of {did} with {more}",
                      {"peripheral": {"read": {"did": did, **more}}},
                      tells("peripheral", "read", "peripheral"))
    for method in ("read", "write"):
        more = {"config": {"name": "x"}} if method == "write" else {"config": {}}
        for did in (ABSENT, None, 5, [], True):
            yield row(f"peripheral {method} with did {spell(did)}",
                      {"peripheral": {method: {**member("did", did), **more}}},
                      refused(400, "peripheral", method))
        for did in ("nobody", ""):
            yield row(f"peripheral {method} with did {did!r}",
                      {"peripheral": {method: {"did": did, **more}}},
                      refused(404, "peripheral", method, "Invalid thing id"))
    for config in (ABSENT, None, 5, [], "x"):
        yield row(f"peripheral write with config {spell(config)}",
                  {"peripheral": {"write": {"did": camera, **member("config", config)}}},
                  refused(400, "peripheral", "write"))
    for members, path in (({"protocol": "x"}, "protocol: "), ({"updated": -1}, "updated: "),
                          ({"name": 5}, "name: "), ({"did": "another"}, "did: ")):
        yield row(f"peripheral write {members}",
                  {"peripheral": {"write": {"did": camera, "config": members}}},
                  refused(9, "peripheral", "write", path))


def gateway_rows(gateway, camera):
    """All that the gateway can be asked, without changing anything for good."""
    yield from device_rows(None)
    yield from bad_firmware_rows()
    for content in ({}, None, {"fly": 1}):
        yield row(f"config read {content!r}", {"config": {"read": content}},
                  tells("config", "read", "config"))
    yield from bad_config_rows(gateway, camera)
    yield from peripheral_rows(camera)
    yield from wrapped_rows((*READING, "config", "peripheral"))
    yield from unknown_rows(("fly", "play", "stop", "ptz", "preset", "", *LOCAL))
    for service, content, method in (("ptz", {"stop": {}}, None), ("preset", {"list": {}}, None),
                                     ("play", {"url": NOWHERE}, None), ("stop", {}, None),
                                     ("device", {"read": {}}, "read"), ("fly", {}, None),
                                     ("config", {"write": {"camera": 5}}, "write"),
                                     ("peripheral", {"read": {"did": camera}}, "read")):
        yield row(f"{service} of a did that nobody has", {service: content},
                  refused(404, service, method, "Invalid thing id"), to="nobody-has-this")
    yield row("a camera by the gateway's topic", {"device": {"read": {}}},
              tells("device", "read", "device"), to=camera)


def envelope_rows():
    """Section 2: what stands round the services, of the gateway and of any camera."""
    read = {"device": {"read": {}}}
    told = tells("device", "read", "device")
    for token in ("t", "", "ü" * 100, 5, "x" * 4094, "\"\\\n"):
        yield row(f"token {spell(token)[:30]}", read, told, token=token)
    for mid in ("\u00e9\"\\", 17, 0, 123456789012345678, "m" * 200):
        yield row(f"mid {spell(mid)[:30]}", read, told, mid=mid)
    for kind in (ABSENT, None):
        yield row(f"type {spell(kind)}", read, told, type=kind)
    yield row("members that nobody knows", {**read}, told, fly={"a": [None, 1e5, "x"]})
    for kind in ("fly", "event", "stream", "", "Action", 5, True, [], {}):
        yield row(f"type {kind!r}", read, refused(400, None), type=kind)
    for data in (None, 5, "x", [], [read], {}, True):
        yield row(f"data {data!r}", data, refused(400, None))
    yield row("several services", {**read, "fly": {}, "statistics": {"read": {}},
                                   "location": {"fly": {}}},
              told, unsupported("fly"), tells("statistics", "read", "statistics"),
              unsupported("location", "fly"))
    yield row("32 services", {**read, **{f"fly{i}": {} for i in range(31)}},
              told, *(unsupported(f"fly{i}") for i in range(31)))
    yield row("33 services", {**read, **{f"fly{i}": {} for i in range(32)}}, refused(400, None))
    yield row("several methods: the first known one",
              {"device": {"fly": {}, "read": {}, "write": {"currentTime": "x"}}}, told)
    yield row("a token that is too long", read, refused(400, None), token="x" * 5000)
    yield row("a type that is too long", read, refused(400, None), type="x" * 300)


def deadline_rows(kind, now_ms):
    """Section 1: nothing is acted upon late. The page names no place for it."""
    stop, start, late = {"ptz": {"stop": {}}}, {"ptz": {"start": {"direction": 3}}}, now_ms - 5000
    expired = refused(60006, "ptz", text="expired")
    moved = done("ptz", codes=MOVED[kind])
    for deadline in (late, str(late), 0, 1):
        yield row(f"deadline {deadline!r} in the message", start, expired, deadline=deadline)
        yield row(f"deadline {deadline!r} in the service",
                  {"ptz": {"start": {"direction": 3}, "deadline": deadline}}, expired)
        yield row(f"deadline {deadline!r} in the method",
                  {"ptz": {"start": {"direction": 3, "deadline": deadline}}}, expired)
    for deadline in (now_ms + 600000, str(now_ms + 600000), 99999999999999999999, None):
        yield row(f"deadline {deadline!r}", stop, moved, deadline=deadline)
    # To stop late is safe: a bridge may.
    yield row("a late stop", stop, done("ptz", codes=(*MOVED[kind], 60006)), deadline=late)
    for deadline in ("soon", 1.5, True, [], {}):
        yield row(f"deadline {deadline!r}", start, refused(400, "ptz"), deadline=deadline)
    yield row("a late preset", {"preset": {"goto": {"index": 128}}},
              refused(60006, "preset", text="expired"), deadline=late)
    yield row("what is no ptz has no deadline", {"device": {"read": {}}},
              tells("device", "read", "device"), deadline=late)
