#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Lets camgate ask a simulated camera everything it can ask, and judges each request by the schemas
of the ONVIF specifications, offline. Schemas of other houses, which those import, are replaced by
lax ones. Skipped without the specifications or xmllint.
Usage: check-requests.py ASK-EVERYTHING SPECIFICATION-FOLDER WSDL-FOLDER"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

SPECS = ["ver10/device/wsdl/devicemgmt.wsdl", "ver10/media/wsdl/media.wsdl",
         "ver20/media/wsdl/media.wsdl", "ver20/ptz/wsdl/ptz.wsdl", "ver10/events/wsdl/event.wsdl"]
XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified"'
ANY = '<xs:sequence><xs:any minOccurs="0" maxOccurs="unbounded" processContents="lax"/>' \
      '</xs:sequence><xs:anyAttribute processContents="lax"/>'
SOAP = "http://www.w3.org/2003/05/soap-envelope"
WSN = "http://docs.oasis-open.org/wsn/"
WSA = "http://www.w3.org/2005/08/addressing"


def types(*names):
    return "".join(f'<xs:complexType name="{n}">{ANY}</xs:complexType>' for n in names)


def elements(*names):
    return "".join(f'<xs:element name="{n}" type="xs:anyType"/>' for n in names)


# What the specifications refer to: address → namespace, content. The envelope is ours: a header of
# any kind, and a body whose content must be known.
FOREIGN = {
    "https://www.w3.org/2003/05/soap-envelope": (
        SOAP,
        f'<xs:complexType name="Header">{ANY}</xs:complexType>'
        '<xs:complexType name="Body"><xs:sequence><xs:any processContents="strict"/></xs:sequence>'
        '</xs:complexType><xs:complexType name="Envelope"><xs:sequence>'
        '<xs:element name="Header" type="e:Header" minOccurs="0"/>'
        '<xs:element name="Body" type="e:Body"/></xs:sequence></xs:complexType>'
        '<xs:element name="Envelope" type="e:Envelope"/>' + types("Fault")),
    "https://www.w3.org/2005/05/xmlmime": (
        "http://www.w3.org/2005/05/xmlmime",
        '<xs:attribute name="contentType" type="xs:string"/>'),
    "https://www.w3.org/2004/08/xop/include": (
        "http://www.w3.org/2004/08/xop/include", elements("Include")),
    WSN + "b-2.xsd": (
        WSN + "b-2",
        types("FilterType", "NotificationMessageHolderType")
        # Web Services Base Notification 1.3, 3.3: a time, or how long from now.
        + '<xs:simpleType name="AbsoluteOrRelativeTimeType"><xs:union '
          'memberTypes="xs:dateTime xs:duration"/></xs:simpleType>'
        + '<xs:element name="Renew"><xs:complexType><xs:sequence><xs:element '
          'name="TerminationTime" type="e:AbsoluteOrRelativeTimeType" nillable="true"/>'
          '</xs:sequence></xs:complexType></xs:element>'
        + elements("CurrentTime", "TerminationTime", "NotificationMessage", "FixedTopicSet",
                   "TopicExpressionDialect", "Unsubscribe")),
    WSN + "t-1.xsd": (WSN + "t-1", elements("TopicSet")),
    WSA + "/ws-addr.xsd": (WSA, types("EndpointReferenceType")),
}


def write_schemas(specs, folder):
    """Returns the one schema that imports all others."""
    imports, catalog = [f'<xs:import namespace="{SOAP}" schemaLocation="foreign0.xsd"/>'], []
    for number, (address, (namespace, content)) in enumerate(FOREIGN.items()):
        path = folder / f"foreign{number}.xsd"
        path.write_text(f'<xs:schema {XS} targetNamespace="{namespace}" xmlns:e="{namespace}">'
                        f'{content}</xs:schema>')
        catalog.append(f'<uri name="{address}" uri="{path.as_uri()}"/>'
                       f'<system systemId="{address}" uri="{path.as_uri()}"/>')
    shutil.copytree(specs, folder / "specs", copy_function=shutil.copyfile)
    # A wildcard for names of its own namespace, behind optional ones: XML Schema 1.0 forbids that.
    common = folder / "specs/ver10/schema/onvif.xsd"
    common.write_text(common.read_text(encoding="utf-8").replace(
        'any namespace="##targetNamespace"', 'any namespace="##other"'), encoding="utf-8")
    for number, name in enumerate(SPECS):
        path = folder / "specs" / name
        text = path.read_text(encoding="utf-8")
        schema = re.search(r"<xs:schema.*</xs:schema>", text, re.S).group(0)
        outer = re.search(r"<wsdl:definitions([^>]*)>", text).group(1)
        for prefix in re.findall(r'xmlns:(\w+)="[^"]*"', outer):
            declaration = re.search(rf'xmlns:{prefix}="[^"]*"', outer).group(0)
            if declaration not in schema.split(">", 1)[0]:
                schema = schema.replace("<xs:schema", "<xs:schema " + declaration, 1)
        namespace = re.search(r'targetNamespace="([^"]*)"', outer).group(1)
        path.with_suffix(".xsd").write_text(schema, encoding="utf-8")
        imports.append(f'<xs:import namespace="{namespace}" '
                       f'schemaLocation="specs/{name[:-5]}.xsd"/>')
    (folder / "catalog.xml").write_text(
        '<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">' + "".join(catalog)
        + "</catalog>")
    wrapper = folder / "all.xsd"
    wrapper.write_text(f'<xs:schema {XS}>{"".join(imports)}</xs:schema>')
    return wrapper


def judge(schema, files):
    """{file: what is wrong with it}"""
    environment = dict(os.environ, XML_CATALOG_FILES=str(schema.parent / "catalog.xml"))
    result = subprocess.run(["xmllint", "--nonet", "--noout", "--schema", str(schema), *files],
                            env=environment, capture_output=True, text=True, check=False)
    valid = set(re.findall(r"^(.*) validates$", result.stderr, re.M))
    if "failed to compile" in result.stderr:
        sys.exit(result.stderr)
    return {f: [line for line in result.stderr.splitlines() if f in line]
            for f in files if f not in valid}


def described(folder):
    """The operations of all descriptions: those of discovery go by datagram."""
    names = set()
    for path in folder.glob("*.wsdl"):
        if path.name != "discovery.wsdl":
            root = ET.parse(path).getroot()
            port = root.find("{http://schemas.xmlsoap.org/wsdl/}portType")
            names |= {o.get("name") for o in
                      port.iter("{http://schemas.xmlsoap.org/wsdl/}operation")}
    return names


def main():
    ask, specs, wsdl = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    if not specs.is_dir() or shutil.which("xmllint") is None:
        print("1..0 # SKIP no specifications, or no xmllint")
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "asked").mkdir()
        subprocess.run([ask, str(folder / "asked")], check=True, stdout=subprocess.DEVNULL)
        files = sorted(str(f) for f in (folder / "asked").glob("*.request.xml"))
        wrong = judge(write_schemas(specs, folder), files)
        asked = {f.split(".")[-3] for f in files}
        # The judge must be able to say no.
        bad = folder / "bad.xml"
        bad.write_text(re.sub("(:Body>)(<[^>/ ]+)", r"\1\2 nonsense='1'",
                              pathlib.Path(files[0]).read_text(encoding="utf-8"), count=1))
        is_strict = bool(judge(folder / "all.xsd", [str(bad)]))
    missing = sorted(described(wsdl) - asked)
    for path, lines in wrong.items():
        print("#", pathlib.Path(path).name, *lines, sep="\n#   ")
    print("1..3")
    print("not ok" if wrong or not files else "ok", "1 -", len(files), "requests are valid")
    print("not ok" if missing else "ok", "2 - every operation was asked", *missing)
    print("ok" if is_strict else "not ok", "3 - nonsense is not")
    return 0 if files and not wrong and not missing and is_strict else 1


if __name__ == "__main__":
    sys.exit(main())
