#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares the operations described in onvif-wsdl/ with those that src/onvif calls: none dead, none
missing. Usage: check-operations.py WSDL-FOLDER SOURCE-FOLDER"""
import pathlib
import re
import sys
import xml.etree.ElementTree as ET

WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
SOAP = "{http://schemas.xmlsoap.org/wsdl/soap12/}"
CALL = re.compile(r"CG_ONVIF_OPERATION \(\w+, (\w+), CG_ONVIF_SERVICE_(\w+),")
EVENT_CALL = re.compile(r"EVENT_OPERATION \((?:tev|wsnt), (\w+),")
# Where the actions of events are not just their namespace.
EVENT_PORTS = {
    "http://www.onvif.org/ver10/events/wsdl/EventPortType",
    "http://www.onvif.org/ver10/events/wsdl/PullPointSubscription",
    "http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager",
}
# Messages of WS-Discovery are no calls: one is sent, one is received.
MESSAGE = re.compile(r"soap_(?:send|recv)___wsdd__(\w+) \(")


def described(folder):
    """{(file, operation)} of all descriptions, and what is wrong within them."""
    found, wrong = set(), []
    for path in sorted(folder.glob("*.wsdl")):
        root = ET.parse(path).getroot()
        port = root.find(WSDL + "portType")
        ports = {o.get("name") for o in port.iter(WSDL + "operation")}
        for operation in root.find(WSDL + "binding").iter(WSDL + "operation"):
            name = operation.get("name")
            action = operation.find(SOAP + "operation").get("soapAction")
            if path.stem == "events":
                right = {f"{port}/{name}Request" for port in EVENT_PORTS}
            else:
                right = {root.get("targetNamespace") + "/" + name}
            if action not in right:
                wrong.append(f"{path.name}: {name} has the action {action}")
            if name not in ports:
                wrong.append(f"{path.name}: {name} is bound and not described")
            found.add((path.stem, name))
        for name in ports - {n for f, n in found if f == path.stem}:
            wrong.append(f"{path.name}: {name} is described and not bound")
    return found, wrong


def called(folder):
    found = set()
    for path in sorted(folder.glob("*.c")):
        text = path.read_text()
        for name, service in CALL.findall(text):
            if f"&operation_{name}" in text:
                found.add((service.lower(), name))
        found |= {("events", name) for name in EVENT_CALL.findall(text)
                  if f"&operation_{name}" in text}
        found |= {("discovery", name) for name in MESSAGE.findall(text)}
    return found


def main():
    there, wrong = described(pathlib.Path(sys.argv[1]))
    used = called(pathlib.Path(sys.argv[2]))
    wrong += [f"{f}.wsdl: {n} is described and never called" for f, n in sorted(there - used)]
    wrong += [f"{f}: {n} is called and not described" for f, n in sorted(used - there)]
    print("1..1")
    for line in wrong:
        print("#", line)
    ok = not wrong and bool(there)
    print("ok" if ok else "not ok", "1 -", len(there), "operations described and called")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
