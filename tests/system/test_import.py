#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Bulk onboarding: `camgatectl import` and `export` among real parts."""

import csv
import io
import json
import os
import stat
import subprocess
import unittest

from harness.daemon import BUILD, ENVIRONMENT
from harness.house import DID, GATEWAY, OTHER_DID, SMALL, SystemTest, configuration
from harness.mailbox import WATCHDOG_S
from harness.runner import main
from harness.simulator import PASSWORD, USERNAME, until

CAMGATECTL = os.path.join(BUILD, "tools", "camgatectl", "camgatectl")
LONG_S = 6 * WATCHDOG_S
FILE_DID = "f0f0f0f0f0f0"
NOBODY = 65534


class ImportTest(SystemTest):
    def setUp(self):
        super().setUp()
        self.simulator = self.start_simulator(count=2, arguments=SMALL)
        self.config = configuration(None)
        self.config[f"camera {FILE_DID}"] = {
            "address": "192.0.2.7", "username": "u", "password": "pw-of-the-file", "name": "file"}
        self.daemon = self.start_daemon(self.config)
        self.local = self.keep(self.daemon.local())

    def ctl(self, *arguments, text=None, user=None):
        done = subprocess.run(
            [CAMGATECTL, "--socket", self.daemon.socket_path, *arguments], timeout=LONG_S,
            input=text if text is not None else b"", capture_output=True, check=False, user=user,
            env={**os.environ, **ENVIRONMENT, "LC_ALL": "C.UTF-8"})
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, text, name="site.csv"):
        with open(self.path(name), "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        return self.path(name)

    def table(self, password=PASSWORD):
        """As a spreadsheet of a country with a decimal comma writes it."""
        first, second = self.simulator.cameras
        return (f"\ufeffGateway;DID;Name;Address;Username;Password;json:zone\r\n"
                f"{GATEWAY};{DID};\"Tür; Hof\";{first.address};{USERNAME};{password};"
                f"\"{{\"\"x\"\":1}}\"\r\n"
                f"other;999999999999;;192.0.2.9;;;\r\n"
                f";{OTHER_DID};;{second.address};{USERNAME};{password};\r\n;;;;;;\r\n")

    def read(self, **members):
        return self.local.ask(None, {"config": {"read": members}})["config"]["read"]

    def cameras(self):
        return {c["did"]: c for c in self.local.ask(None, {"cameras": {}})["cameras"]["cameras"]}


class TestImport(ImportTest):
    def test_a_list_binds_cameras(self):
        path = self.write(self.table())

        status, output, errors = self.ctl("import", path)

        self.assertEqual((status, errors), (0, ""))
        self.assertEqual(output, f"gateway {GATEWAY}: 2 added, 0 changed, 0 as before\n"
                                 "1 of other gateways skipped\n")
        until(lambda: self.cameras()[DID]["contacted"] and self.cameras()[OTHER_DID]["contacted"],
              "contact with both")
        self.assertEqual(self.cameras()[DID]["name"], "Tür; Hof")
        self.assertEqual(self.cameras()[FILE_DID]["source"], "file")
        again = json.loads(self.ctl("import", path, "--json")[1])
        self.assertEqual(again, {"gateway": GATEWAY, "cameras": 2, "added": 0, "changed": 0,
                                 "same": 2, "skipped": 1})

    def test_only_what_is_named_changes(self):
        self.ctl("import", self.write(self.table()))

        status, output, _errors = self.ctl(
            "import", "-", text=f"did,name,password\n{DID},gate,\n{OTHER_DID},,******\n".encode())

        self.assertEqual((status, output),
                         (0, f"gateway {GATEWAY}: 0 added, 1 changed, 1 as before\n"))
        shown = {camera["did"]: camera for camera in self.read(reveal=True)["camera"]}
        self.assertEqual((shown[DID]["name"], shown[DID]["password"], shown[DID]["zone"]),
                         ("gate", PASSWORD, {"x": 1}))
        self.assertEqual(shown[OTHER_DID]["password"], PASSWORD)

    def test_a_fault_is_told_with_its_place_and_nothing_is_written(self):
        before = self.read()
        for row, place in ((f"{OTHER_DID},a b,", "line 3, column 2 (address): "),
                           (f"{OTHER_DID},h,******", "line 3, column 3 (password): is stars"),
                           (f"{OTHER_DID},,", "line 3, column 2 (address): is missing"),
                           (f"{GATEWAY},h,", "line 3, column 1 (did): is the gateway's own"),
                           (f"{DID},h,", "line 3, column 1 (did): "),
                           ("x,\"h", "line 3, column 2: ")):
            with self.subTest(row):
                path = self.write(f"did,address,password\n{DID},192.0.2.1,p\n{row}\n")

                status, output, errors = self.ctl("import", path)

                self.assertEqual((status, output), (1, ""))
                self.assertTrue(errors.startswith(f"{path}: {place}"), errors)
                self.assertIn("Nothing was written.", errors)
        self.assertEqual(self.read(), before)

    def test_hundreds_of_cameras(self):
        """More than one message holds; the last row decides over the first one."""
        rows = [f"{i:012},192.0.2.{i % 250},{'n' * 100} {i}\n" for i in range(900)]
        table = "did,address,name\n" + "".join(rows)

        status, _output, errors = self.ctl("import", self.write(table + "last,,\n"))
        self.assertEqual(status, 1)
        self.assertIn("line 902, column 2 (address): is missing", errors)
        self.assertEqual(len(self.read()["camera"]), 1)

        status, output, _errors = self.ctl("import", self.write(table))
        self.assertEqual((status, output),
                         (0, f"gateway {GATEWAY}: 900 added, 0 changed, 0 as before\n"))
        self.assertEqual(len(self.cameras()), 901)

    def test_a_dry_run_probes_and_changes_nothing(self):
        before = self.read()
        self.simulator.cameras[1].fault("Q4", arg="3600")

        status, output, errors = self.ctl("import", self.write(self.table()), "--dry-run",
                                          "--no-move", "--csv")

        self.assertEqual((status, errors), (0, ""))
        rows = {row["did"]: row for row in csv.DictReader(io.StringIO(output, newline=""))}
        self.assertEqual({did: row["verdict"] for did, row in rows.items()},
                         {DID: "ok", OTHER_DID: "warning"})
        self.assertEqual((rows[DID]["name"], rows[DID]["codec"]), ("Tür; Hof", "H264"))
        self.assertNotIn(PASSWORD, output)
        self.assertEqual(self.read(), before)

    def test_a_dry_run_uses_what_is_stored(self):
        self.ctl("import", self.write(self.table()))

        status, output, _errors = self.ctl("import", self.write(f"did\n{DID}\n"), "--dry-run",
                                           "--no-move", "--json")

        (camera,) = json.loads(output)["cameras"]
        self.assertEqual((status, camera["did"], camera["bound"], camera["probe"]["verdict"]),
                         (0, DID, True, "ok"))
        self.assertNotIn(PASSWORD, output)

    def test_a_dry_run_says_what_will_not_work(self):
        status, output, errors = self.ctl("import", self.write(self.table(password="wrong")),
                                          "--dry-run", "--no-move")

        self.assertEqual(status, 1)
        first, second = self.simulator.cameras
        self.assertIn(f"fail     {DID}  Tür; Hof  {first.address}\n", output)
        self.assertIn(f"fail     {OTHER_DID}  {second.address}\n", output)
        self.assertIn("The bridge will work with 0 of 2 cameras.", output)
        self.assertIn("2 of 2 cameras", errors)


class TestExport(ImportTest):
    def setUp(self):
        super().setUp()
        self.ctl("import", self.write(self.table()))

    def test_passwords_are_not_printed(self):
        status, output, errors = self.ctl("export")
        as_json = self.ctl("export", "--json")[1]

        self.assertEqual((status, errors), (0, ""))
        rows = {row["did"]: row for row in csv.DictReader(io.StringIO(output, newline=""))}
        self.assertEqual(rows[DID]["password"], "******")
        self.assertEqual((rows[DID]["gateway"], rows[DID]["name"]), (GATEWAY, "Tür; Hof"))
        self.assertEqual(len(json.loads(as_json)["camera"]), 3)
        for secret in (PASSWORD, "pw-of-the-file"):
            self.assertNotIn(secret, output + as_json)
        self.assertEqual(self.ctl("export", "--with-passwords")[0], 2)

    def assert_round_trip_changes_nothing(self, n_cameras, source):
        before = self.read(reveal=True)
        for name in ("all.csv", "all.json"):
            for more in ((), ("--with-passwords",)):
                with self.subTest(name, more=more):
                    self.assertEqual(self.ctl("export", self.path(name), *more)[0], 0)

                    status, output, errors = self.ctl("import", self.path(name))

                    self.assertEqual((status, errors), (0, ""))
                    self.assertEqual(output, f"gateway {GATEWAY}: 0 added, 0 changed, "
                                             f"{n_cameras} as before\n")
                    self.assertEqual(self.read(reveal=True), before)
                    self.assertEqual(self.cameras()[FILE_DID]["source"], source)

    def test_round_trip_changes_nothing(self):
        """The file's camera stays the file's."""
        self.assert_round_trip_changes_nothing(3, "file")

    def test_round_trip_of_what_the_cloud_has_written(self):
        """In its own spelling, and beside what the file says of the same camera."""
        camera = self.simulator.camera
        self.local.ask(None, {"config": {"write": {"cameras": [
            {"did": FILE_DID, "name": "=other"},
            {"did": DID, "host": camera.address, "username": USERNAME, "password": PASSWORD,
             "own": None, "name": "", "deep": {"a": [1.5, "ü\n"]}}]}}})
        self.assert_round_trip_changes_nothing(2, "file+cloud")

    def test_a_file_with_passwords_makes_another_box_the_same(self):
        before = {c["did"]: c for c in self.read(reveal=True)["camera"]}
        path = self.path("all.json")
        self.assertEqual(self.ctl("export", path, "--with-passwords")[0], 0)
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        del self.config[f"camera {FILE_DID}"]
        self.daemon.write_config()
        self.daemon.reload()
        self.local.ask(None, {"config": {"write": {"camera": []}}})

        status, output, _errors = self.ctl("import", path)

        self.assertEqual((status, output),
                         (0, f"gateway {GATEWAY}: 3 added, 0 changed, 0 as before\n"))
        self.assertEqual({c["did"]: c for c in self.read(reveal=True)["camera"]}, before)

    def test_an_older_file_is_closed_to_others_too(self):
        path = self.write("old", "old.csv")
        os.chmod(path, 0o644)

        self.assertEqual(self.ctl("export", path, "--with-passwords")[0], 0)

        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        self.assertEqual([name for name in os.listdir(self.folder) if name.startswith("old.csv.")],
                         [])

    def test_a_login_in_a_url_is_a_password(self):
        """Cameras that want it in path or query (Q26)."""
        self.local.ask(None, {"config": {"write": {"camera": [
            {"did": DID, "protocol": "rtsp", "url": "rtsp://127.0.0.1:9/?user=a&pwd=geheim2"},
            {"did": OTHER_DID, "protocol": "rtsp",
             "url": "rtsp://127.0.0.1:9/user=a_password=geheim3_channel=1"}]}}})
        before = self.read(reveal=True)
        one = self.local.ask(None, {"peripheral": {"read": {"did": DID, "config": {}}}})
        printed = self.ctl("export", "--json")[1] + self.ctl("cameras", "--json")[1]

        self.assertEqual(self.ctl("export", self.path("all.csv"))[0], 0)

        self.assertEqual(stat.S_IMODE(os.stat(self.path("all.csv")).st_mode), 0o600)
        with open(self.path("all.csv"), encoding="utf-8") as file:
            shown = json.dumps([self.read(), one]) + file.read() + printed
        self.assertNotIn("geheim", shown)
        status, output, errors = self.ctl("import", self.path("all.csv"))
        self.assertEqual((status, output, errors),
                         (0, f"gateway {GATEWAY}: 0 added, 0 changed, 3 as before\n", ""))
        self.assertEqual(self.read(reveal=True), before)
        self.assertEqual(before["camera"][0]["url"], "rtsp://127.0.0.1:9/?user=a&pwd=geheim2")

    def test_what_cannot_be_written_is_told(self):
        for path in ("/dev/null", "/nowhere/all.csv", self.folder):
            with self.subTest(path):
                status, output, errors = self.ctl("export", path)

                self.assertEqual((status, output), (1, ""))
                self.assertIn(path, errors)

    @unittest.skipUnless(os.geteuid() == 0, "only root may be somebody else")
    def test_others_see_no_passwords(self):
        """Members of the group may use the socket; the files with the passwords they may not."""
        os.chmod(self.daemon.socket_path, 0o666)
        os.chmod(os.path.dirname(self.daemon.socket_path), 0o755)
        os.chmod(self.folder, 0o777)

        status, output, _errors = self.ctl("export", "--json", user=NOBODY)
        refused = self.ctl("export", self.path("mine.csv"), "--with-passwords", user=NOBODY)

        self.assertEqual(status, 0, _errors)
        self.assertEqual({c.get("password") for c in json.loads(output)["camera"]}, {"******"})
        self.assertEqual(refused[0], 1)
        self.assertIn("root", refused[2])
        self.assertFalse(os.path.exists(self.path("mine.csv")))


if __name__ == "__main__":
    main()
