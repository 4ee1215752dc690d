#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Man pages, completion and the contract know what the programs know, and no more."""

import glob
import json
import os
import re
import shutil
import subprocess
import unittest

from ctl import CAMGATECTL, environment
from harness.mailbox import WATCHDOG_S
from harness.runner import main

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
PAGES = ("camgatectl.1", "camgate-sim.1", "camgate.conf.5", "camgated.8")


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


def help_of(program, *arguments):
    done = subprocess.run([program, *arguments, "--help"], stdout=subprocess.PIPE, text=True,
                          timeout=WATCHDOG_S, env=environment(), check=True)
    return done.stdout


def long_options(text):
    return set(re.findall(r"(?<![\w-])--([a-z][a-z-]+)", text))


def page_options(page):
    """Options that a page lists as items."""
    items = re.findall(r"^\.It .*$", read("docs", page), re.MULTILINE)
    return set(re.findall(r"Fl Fl ([a-z-]+)", "\n".join(items)))


def commands():
    return set(re.findall(r"^  ([a-z]+)  ", help_of(CAMGATECTL), re.MULTILINE))


class TestDocs(unittest.TestCase):
    def test_pages_are_well_formed(self):
        if shutil.which("groff") is None:
            self.skipTest("no groff")
        for page in PAGES:
            with self.subTest(page):
                done = subprocess.run(
                    ["groff", "-mdoc", "-ww", "-Tutf8", "-z", os.path.join(ROOT, "docs", page)],
                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
                if "mdoc" in done.stdout and "not found" in done.stdout:
                    self.skipTest("a groff without mdoc")
                self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_camgatectl_page_names_every_command_and_option(self):
        page = read("docs", "camgatectl.1")
        described = set(re.findall(r"\bIc ((?:[a-z]+ , )*[a-z]+)", page))
        named = {word for group in described for word in group.split(" , ")}
        options = set()
        for command in commands():
            options |= long_options(help_of(CAMGATECTL, command).partition("Options\n")[2])

        self.assertEqual(named, commands())
        self.assertEqual(page_options("camgatectl.1"), options)

    def test_completion_knows_every_command_and_option(self):
        script = read("tools", "camgatectl", "camgatectl.bash")
        listed = re.search(r'local commands="([^"]*)"', script).group(1).split()

        self.assertEqual(set(listed), commands())
        for command in commands():
            # examples may show options of other commands' kind; the list itself may not
            text = help_of(CAMGATECTL, command).partition("Options\n")[2].partition("\nExamples")[0]
            for option in long_options("\n".join(re.findall(r"^ .*?  ", text, re.MULTILINE))):
                self.assertIn(f"--{option}", script)

    def test_completion_of_what_is_explained(self):
        script = os.path.join(ROOT, "tools", "camgatectl", "camgatectl.bash")
        for words, wanted in (("no-k", "no-key-frame"), ("limit-", "limit-up limit-down limit-left "
                                                         "limit-right"), ("dns ", "")):
            line = f"{CAMGATECTL} explain {words}".split(" ")
            done = subprocess.run(
                ["bash", "-c", '. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
                 '_camgatectl "$1" "${@: -1}" "${@: -2:1}"; echo "${COMPREPLY[@]}"', script, *line],
                stdout=subprocess.PIPE, text=True, timeout=WATCHDOG_S, env=environment(),
                check=True)

            self.assertEqual(done.stdout.strip(), wanted, words)

    def test_pages_of_the_other_programs(self):
        for folder, program, page in (("src", "camgated", "camgated.8"),
                                      ("tools/camgate-sim", "camgate-sim", "camgate-sim.1")):
            path = os.path.join(os.environ["CAMGATE_BUILD"], folder, program)
            with self.subTest(program):
                if not os.path.exists(path):
                    self.skipTest(f"no {program}")
                known = long_options(help_of(path)) - {"help"}
                self.assertEqual(page_options(page) - {"help"}, known)

    def test_every_fault_of_motion(self):
        path = os.path.join(os.environ["CAMGATE_BUILD"], "tools", "camgate-sim", "camgate-sim")
        if not os.path.exists(path):
            self.skipTest("no camgate-sim")
        known = dict(re.findall(r"^  (Q\d+)\[=([^\]]+)\]", help_of(path), re.MULTILINE))
        told = {}
        for fault, words in re.findall(r"^\.It Li (Q\d+)= Ns Cm (.*)$", read("docs", PAGES[1]),
                                       re.MULTILINE):
            told.setdefault(fault, set()).update(words.split(" | "))

        self.assertIn("Q31", told)
        for fault, words in told.items():
            self.assertEqual(words, set(known[fault].split("|")), fault)

    def test_every_key_of_the_configuration(self):
        table = read("src", "base", "cg-key-group.c")
        keys = set(re.findall(r'^ *\{ ?"([a-z-]+)", CG_KEY', table, re.MULTILINE))
        page = read("docs", "camgate.conf.5")

        self.assertGreater(len(keys), 20)
        self.assertEqual(set(re.findall(r"^\.It Cm ([a-z-]+)$", page, re.MULTILINE)), keys)


class TestContract(unittest.TestCase):
    """Settings and codes are base/docs."""

    def test_every_service_and_method(self):
        table = read("src", "control", "cg-services.c")
        handlers = re.findall(r'^ *\{"([a-z]+)", (NULL|"[a-z]+"), CG_SCOPE', table, re.MULTILINE)
        page = read("docs", "contract.md")

        self.assertGreater(len(handlers), 20)
        for service, method in handlers:
            name = "{" if method == "NULL" else "{" + method
            # `read` and `get` mean `list`.
            if (service, method) not in (("preset", '"read"'), ("preset", '"get"')):
                self.assertIn(f'"{service}":{name}', page)

    def test_every_member_of_what_is_learnt(self):
        table = read("src", "camera", "cg-profile.c")
        members = set(re.findall(r'^ *\{"([a-z0-9-]+)", MEMBER', table, re.MULTILINE))
        members |= set(re.findall(r'^#define PTZ "(.*)"', table, re.MULTILINE))
        page = read("docs", "quirks.md").partition("## What is learnt")[2]

        self.assertIn("ptz", members)
        self.assertEqual(set(re.findall(r"^\| `([a-z0-9-]+)` \|", page, re.MULTILINE)), members)

    def test_every_file_that_is_named_is_there(self):
        documents = glob.glob(os.path.join(ROOT, "docs", "*.md"))
        self.assertGreater(len(documents), 5)
        for document in [os.path.join(ROOT, "README.md"), *documents]:
            text = read(document)
            named = set(re.findall(r"`(?:\./)?((?:src|tests|tools|docs|pipelines)/[^` ]+)`", text))
            for name in named:
                self.assertTrue(glob.glob(os.path.join(ROOT, name)), f"{document}: {name}")
            for link in re.findall(r"\]\((?!https?:)([^)#]+)", text):
                path = os.path.join(os.path.dirname(document), link)
                self.assertTrue(os.path.exists(path), f"{document}: {link}")

    def test_every_reason_of_a_stream(self):
        """The table of its own words; other failures go by the word of their error."""
        source = read("src", "camera", "cg-stream-why.c")
        words = set(re.findall(r'\[CG_WHY_[A-Z_]+\] *=\s*\{"([a-z-]+)"', source))
        errors = dict(re.findall(r'\[(CG_ERROR_[A-Z_]+)\] *=\s*\{"([a-z-]+)"',
                                 read("src", "base", "cg-error.c")))
        table = source.partition("rows[] = {")[2].partition("};")[0]
        words |= {errors[error] for error in re.findall(
            r"\{(CG_ERROR_[A-Z_]+),[^{]*\{[^}]*CG_WHY_OF_ERROR", table)}
        page = read("docs", "codes.md").partition("## Why a stream does not play")[2]
        told = set(re.findall(r"^\| ([a-z-]+) \|", page, re.MULTILINE)) - {"word"}

        self.assertIn("dns", words)
        self.assertIn("no-data", words)
        self.assertIn("codec", errors.values())
        self.assertEqual(words - told, set())
        self.assertEqual(told - words - set(errors.values()), set())

    def test_every_word_is_explained(self):
        """What the tables of docs/codes.md and the events' `state` say, and nothing else."""
        done = subprocess.run([CAMGATECTL, "explain", "--json"], stdout=subprocess.PIPE, text=True,
                              timeout=WATCHDOG_S, env=environment(), check=True)
        words = [row["word"] for row in json.loads(done.stdout)["words"]]
        told = set(re.findall(r"^\| ([a-z-]+) \|", read("docs", "codes.md"), re.MULTILINE))

        self.assertEqual(len(words), len(set(words)))
        self.assertEqual(set(words), told - {"word", "state"})


if __name__ == "__main__":
    main()
