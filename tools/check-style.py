#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The rules of the house that a script can check. Ends with 1 if one is broken.

Usage: check-style.py [--long] [FILE…]      --long also names functions over 45 lines
"""

import argparse
import os
import re
import shutil
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FOLDERS = ("src", "tools", "tests", "pipelines", "systemd", ".ci")
MAX_COLUMNS, MAX_FILE, LONG_FUNCTION, MAX_FUNCTION = 100, 600, 45, 80
EXEMPT_FUNCTIONS = re.compile(r"(_class_init|^main)$")

# Which rooms a room may look into, itself included (the list of dependencies points down).
ROOMS = {
    "base": {"base"},
    "onvif": {"base", "onvif"},
    "media": {"base", "media"},
    "camera": {"base", "onvif", "media", "camera"},
    "gateway": {"base", "gateway"},
    "control": {"base", "camera", "gateway", "control"},
    "doors": {"base", "doors"},
}

# (what an include looks like, folders where it may stand, why)
INCLUDES = (
    # What a camera's state files hold is JSON too; messages are control's.
    (r"<json-glib/", ("src/base", "src/control", "src/camera", "tools", "tests"),
     "JSON belongs to control"),
    (r"<gst/", ("src/media", "tools/camgate-sim", "tools/bench", "tests"),
     "GStreamer belongs to media"),
    (r"<librtmp/", ("src/media", "tests/media", "tools/bench"), "librtmp belongs to media"),
    (r"(<stdsoap2|\"stdsoap2|\"soap[A-Z]|plugin/|\.nsmap)",
     ("src/onvif", "onvif-wsdl", "tools/camgate-sim", "tests/onvif", "tests/sim"),
     "gSOAP belongs to onvif"),
    (r"<mosquitto\.h>", ("src/doors", "tests/doors", "tools/bench"), "MQTT belongs to doors"),
)

# (pattern in code without comments and strings, folders, files exempt, why)
WORDS = (
    (r"^(?!.*_(ms|MS)\b).*\b(600[0-2]\d|1800[1-3])\b", ("src", "tools"), ("src/base/cg-error.c",),
     "wire codes stand in cg-error.c alone"),
    (r"^(?!#define).*\b(304|400|404|500)\b", ("src/control", "src/camera"), (),
     "wire codes stand in cg-error.c alone"),
    # The media fixture waits, after all tests, for threads that announce nothing.
    (r"\b(usleep|g_usleep|sleep|nanosleep)\s*\(", ("src", "tests"),
     ("tests/media/media-fixture.c",), "nobody waits by the clock"),
    (r"\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|gethostbyname|system|popen)\s*\(",
     ("src", "tools", "tests"), (), "use the GLib function"),
    (r"\bsoap_[a-z_]+\s*\(", ("src/camera", "src/control", "src/doors", "src/media"), (),
     "gSOAP belongs to onvif"),
)
# (source, pattern of a fact in it, document that must repeat it, how)
DOCS = (
    ("src/base/cg-error.c", r'^ *\{ ?(\d+), "([^"]+)",', "README.md", "| {0} | {1} |"),
    ("src/base/cg-error.c", r'^ *\[CG_ERROR_\w+\] = \{ ?"([^"]+)"', "docs/codes.md", "{0}"),
    ("src/base/cg-key-group.c", r'^ *\{ ?"([a-z-]+)", CG_KEY', "docs/configuration.md",
     "| `{0}` |"),
)
MARKS = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")

CORPUS = re.compile(r"tests/fuzz/\w+/")  # input for fuzzers: as it is
DEFINITION = re.compile(r"^([a-z_][a-z0-9_]*) \(")
TOKEN = re.compile(
    r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])+'", re.DOTALL)


class Style:
    def __init__(self, show_long):
        self.broken = 0
        self.show_long = show_long

    def complain(self, path, line, text):
        self.broken += 1
        print(f"{path}:{line}: {text}")

    def check(self, path):
        with open(os.path.join(TOP, path), encoding="utf-8") as file:
            text = file.read()
        lines = text.split("\n")
        self.check_text(path, text, lines)
        if path.endswith((".c", ".h")):
            code = TOKEN.sub(_blank, text)
            self.check_includes(path, lines)
            self.check_words(path, code.split("\n"))
            self.check_functions(path, lines)
            if path.endswith(".h") and "#pragma once" not in text:
                self.complain(path, 1, "a header begins with #pragma once")

    def check_text(self, path, text, lines):
        is_code = path.endswith((".c", ".h", ".py", ".sh")) or text.startswith("#!")
        if is_code and not any("SPDX-License-Identifier: GPL-2.0-or-later" in line
                               for line in lines[:2]):
            self.complain(path, 1, "the SPDX line is missing")
        if is_code and len(lines) - 1 > MAX_FILE:
            self.complain(path, MAX_FILE, f"{len(lines) - 1} lines; {MAX_FILE} is the limit")
        if text and not text.endswith("\n"):
            self.complain(path, len(lines), "no newline at the end")
        for number, line in enumerate(lines, 1):
            if len(line) > MAX_COLUMNS and is_code:
                self.complain(path, number, f"{len(line)} columns; {MAX_COLUMNS} is the limit")
            if line != line.rstrip() or "\t" in line and is_code:
                self.complain(path, number, "blanks at the end, or a tab")
            if MARKS.search(line) and not path.endswith((".py", "test-summary.py")):
                self.complain(path, number, "open ends belong into an issue")

    def check_includes(self, path, lines):
        includes = [(number, line) for number, line in enumerate(lines, 1)
                    if line.startswith("#include")]
        stem = os.path.basename(path)[:-2]
        beside = os.path.exists(os.path.join(TOP, os.path.dirname(path), stem + ".h"))
        own = re.compile(rf'"{stem}(-private)?\.h"')
        if path.endswith(".c") and beside and includes and not own.search(includes[0][1]):
            self.complain(path, includes[0][0], f"own header first: {stem}.h")
        for number, line in includes:
            for pattern, folders, why in INCLUDES:
                if re.search(pattern, line) and not path.startswith(folders):
                    self.complain(path, number, why)
            self.check_room(path, number, line)

    def check_room(self, path, number, line):
        parts = path.split("/")
        found = re.search(r'"([^"]+)"', line)
        if parts[0] != "src" or parts[1] not in ROOMS or not found:
            return
        for room in set(ROOMS) - ROOMS[parts[1]]:
            if os.path.exists(os.path.join(TOP, "src", room, found.group(1))):
                self.complain(path, number, f"{parts[1]} must not look into {room}")

    def check_words(self, path, lines):
        for number, line in enumerate(lines, 1):
            for pattern, folders, exempt, why in WORDS:
                if path.startswith(folders) and path not in exempt and re.search(pattern, line):
                    self.complain(path, number, f"{line.strip()}: {why}")

    def check_functions(self, path, lines):
        documented = set(re.findall(r"^ \* (\w+):", "\n".join(lines), re.MULTILINE))
        for first, last, name, is_static in _functions(lines):
            length = last - first + 1
            if length > MAX_FUNCTION and not EXEMPT_FUNCTIONS.search(name):
                self.complain(path, first, f"{name}: {length} lines; {MAX_FUNCTION} is the limit")
            elif length > LONG_FUNCTION and self.show_long:
                print(f"{path}:{first}: note: {name}: {length} lines are long")
            if not is_static and path.startswith("src/") and name != "main" \
                    and name not in documented:
                self.complain(path, first, f"{name} has no gtk-doc block")

    def check_format(self, paths):
        tool = shutil.which("clang-format")
        if tool is None:
            self.complain(".", 0, "clang-format is missing: apt-get install clang-format")
            return
        done = subprocess.run(
            [tool, "--dry-run", "-Werror", *paths], cwd=TOP, capture_output=True, text=True)
        place = re.compile(r"^(.+?):(\d+):\d+: .*-Wclang-format-violations", re.MULTILINE)
        for path, line in dict(reversed(place.findall(done.stderr))).items():
            self.complain(path, line, f"not formatted: clang-format -i {path}")


    def check_docs(self):
        """What the documents repeat of the code must be true."""
        for source, pattern, document, row in DOCS:
            with open(os.path.join(TOP, source), encoding="utf-8") as file:
                facts = re.findall(pattern, file.read(), re.MULTILINE)
            with open(os.path.join(TOP, document), encoding="utf-8") as file:
                text = file.read()
            for fact in facts:
                wanted = row.format(*(fact if isinstance(fact, tuple) else (fact,)))
                if wanted not in text:
                    self.complain(document, 1, f"{wanted} is missing; it stands in {source}")
            if not facts:
                self.complain(document, 1, f"nothing found in {source} to compare it with")
        self.check_quirks("docs/quirks.md")

    def check_quirks(self, document):
        """Each row names a file that deals with that quirk, and says so."""
        with open(os.path.join(TOP, document), encoding="utf-8") as file:
            rows = re.findall(r"^\| (Q\d+) \|.*\| `([^`]+)` \|$", file.read(), re.MULTILINE)
        for quirk, path in rows:
            try:
                with open(os.path.join(TOP, path), encoding="utf-8") as file:
                    cited = re.search(rf"\b{quirk}\b", file.read())
            except FileNotFoundError:
                cited = None
            if not cited:
                self.complain(document, 1, f"{path} says nothing of {quirk}")


def _blank(token):
    """The same number of lines, so that line numbers stay."""
    return "\n" * token.group(0).count("\n") or " "


def _functions(lines):
    """(first line, last line, name, static) of each definition; rule 2 makes this simple."""
    for number, line in enumerate(lines):
        name = DEFINITION.match(line)
        if name is None or number == 0:
            continue
        opening = next((n for n in range(number, min(number + 30, len(lines)))
                        if lines[n] == "{" or lines[n].endswith(";")), None)
        if opening is None or lines[opening] != "{":
            continue
        closing = next((n for n in range(opening, len(lines)) if lines[n].startswith("}")), opening)
        yield number + 1, closing + 1, name.group(1), lines[number - 1].startswith("static")


def _files():
    for folder in FOLDERS:
        for where, _folders, names in os.walk(os.path.join(TOP, folder)):
            for name in sorted(names):
                path = os.path.relpath(os.path.join(where, name), TOP)
                if not CORPUS.match(path) and not path.endswith((".pyc", ".xml", ".h264", ".pem")):
                    yield path


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--long", action="store_true", help="also name long functions")
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()
    style = Style(options.long)
    paths = [os.path.relpath(os.path.abspath(f), TOP) for f in options.files] or list(_files())
    for path in paths:
        try:
            style.check(path)
        except UnicodeDecodeError:
            pass  # data, not text
    style.check_format([path for path in paths if path.endswith((".c", ".h"))])
    if not options.files:
        style.check_docs()
    print(f"{len(paths)} files, {style.broken} complaints")
    return 1 if style.broken else 0


if __name__ == "__main__":
    sys.exit(main())
