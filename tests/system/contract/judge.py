# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether what a bridge says is what PROTOCOL.md says: the schemas, and the row that was played."""

import glob
import json
import os

import jsonschema

SCHEMAS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "schemas")
WRAPPED = ("device", "connectivity", "firmware", "location", "statistics", "config", "peripheral")
MAX_TOKEN, MAX_TYPE = 4096, 256


def show(value):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 400 else text[:400] + "…"


class Judge:
    """`is_flat`: the bridge has the setting reply-shape=flat."""

    def __init__(self, is_flat=False):
        self.is_flat = is_flat
        self._schemas = {}
        for path in glob.glob(os.path.join(SCHEMAS, "*.json")):
            with open(path, encoding="utf-8") as file:
                schema = json.load(file)
            self._schemas[schema["$id"]] = schema
        self._validators = {}

    def _validator(self, schema):
        key = json.dumps(schema, sort_keys=True)
        if key not in self._validators:
            resolver = jsonschema.RefResolver("", schema, store=self._schemas)
            self._validators[key] = jsonschema.Draft7Validator(schema, resolver=resolver)
        return self._validators[key]

    def _faults(self, reference, value):
        found = []
        for error in self._validator({"$ref": reference}).iter_errors(value):
            deepest = jsonschema.exceptions.best_match([error])
            place = ".".join(str(part) for part in deepest.absolute_path) or "the whole"
            found.append(f"{reference.rpartition('/')[2]}: {place}: {deepest.message[:300]}")
        return found

    def message(self, topic, expected_topic, body):
        """Anything that a bridge says unasked, or as a reply: its form alone."""
        if not isinstance(body, dict):
            return ["is no JSON object"]
        found = [] if topic == expected_topic else [f"came on {topic}, not on {expected_topic}"]
        if "result" in body:
            name = "reply-flat.json" if self.is_flat else "reply.json"
        elif body.get("type") in ("register", "event", "stream"):
            name = body["type"] + ".json"
        else:
            return found + [f"is neither reply nor register, event or stream: {show(body)}"]
        return found + self._faults(name, body)

    @staticmethod
    def echo(request, reply):
        """PROTOCOL.md section 2: did, mid, type as in the request, token if it had one."""
        asked = {"type": "action", **request}
        # What cannot be echoed is refused, and this is how.
        if not isinstance(asked["type"], (str, int)) or isinstance(asked["type"], bool) \
                or not 0 < len(str(asked["type"])) <= MAX_TYPE:
            asked["type"] = "action"
        if len(str(asked.get("token"))) > MAX_TOKEN:
            del asked["token"]
        return [f"{name} is {show(reply.get(name))}, not {show(asked.get(name))}"
                for name in ("did", "mid", "type", "token") if reply.get(name) != asked.get(name)]

    def find_body(self, want, result):
        """What the reply says at the place of this service and method; None: nothing there."""
        body = result.get(want.service) if want.service is not None else result
        if want.method is not None and want.service in WRAPPED and not self.is_flat:
            body = body.get(want.method) if isinstance(body, dict) else None
        return body

    def answer(self, want, result):
        """One service's answer against what its row wants."""
        body = self.find_body(want, result)
        if not isinstance(body, dict):
            return [f"nothing stands at {want.service} {want.method or ''}: {show(result)}"]
        code = body.get("code")
        if want.body is not None and code in (0, None):
            found = self._faults(f"bodies.json#/definitions/{want.body}", body)
        else:
            found = self._faults("common.json#/definitions/error", body)
        if code not in want.codes:
            found.append(f"code is {show(code)}, not {' or '.join(map(str, want.codes))}: "
                         f"{show(body)}")
        elif want.text is not None and code not in (0, None) \
                and not str(body.get("error")).startswith(want.text):
            found.append(f"error is {show(body.get('error'))}, not {show(want.text)}")
        return found
