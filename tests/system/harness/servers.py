# SPDX-License-Identifier: GPL-2.0-or-later
"""The real broker and the real media server, on ports of their own, in folders of their own."""

import http.client
import http.server
import os
import subprocess
import threading
import time
import urllib.parse
import xml.etree.ElementTree as ElementTree
from collections import namedtuple

from .mailbox import Mailbox
from .process import Port, Process, Program

RTMP_MODULE = "/usr/lib/nginx/modules/ngx_rtmp_module.so"

BROKER_CONF = """\
user root
listener {port} 127.0.0.1
allow_anonymous false
password_file {folder}/passwords
persistence false
max_packet_size 268435455
set_tcp_nodelay true
log_dest stderr
log_type error
log_type warning
log_type notice
log_type information
log_type subscribe
"""

MEDIA_CONF = """\
load_module {module};
{user}
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr info;
events {{ worker_connections 512; }}
rtmp {{
  access_log off;
  server {{
    listen 127.0.0.1:{rtmp};
    application live {{
      live on;
      wait_key on;
      sync 10ms;
      {record}
      on_publish http://127.0.0.1:{notify}/;
      on_publish_done http://127.0.0.1:{notify}/;
    }}
  }}
}}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{http};
    location /stat {{ rtmp_stat all; }}
    location /control {{ rtmp_control all; }}
  }}
}}
"""

StreamEvent = namedtuple("StreamEvent", "call name address at")


class Broker(Program):
    """Mosquitto with a password for each user: {username: password}."""

    def __init__(self, folder, users, own_session=False):
        self.port = Port()
        self._folder = os.path.join(folder, "broker")
        os.makedirs(self._folder)
        self._own_session = own_session
        passwords = os.path.join(self._folder, "passwords")
        open(passwords, "w", encoding="utf-8").close()
        os.chmod(passwords, 0o600)
        for username, password in users.items():
            subprocess.run(
                ["mosquitto_passwd", "-b", passwords, username, password],
                check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self._conf = os.path.join(self._folder, "mosquitto.conf")
        with open(self._conf, "w", encoding="utf-8") as conf:
            conf.write(BROKER_CONF.format(port=self.port, folder=self._folder))

    @property
    def url(self):
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self):
        self._process = Process(
            "mosquitto", ["mosquitto", "-c", self._conf], own_session=self._own_session)
        self._process.lines.expect(lambda line: line.endswith(" running"), "line 'running'")

    def expect_subscription(self, topic):
        """Waits until somebody has subscribed to just this topic."""
        self._process.lines.expect(
            lambda line: line.endswith(f" {topic}"), f"subscription to {topic}")

    def expect_log(self, word):
        """Waits for a line of its log with this word, and returns it."""
        return self._process.lines.expect(lambda line: word in line, f"line with {word}")

    def said(self, word):
        """Whether this word has ever stood in its log."""
        return any(word in line for line in self._process.output)

    def close(self):
        super().close()
        self.port.close()


class MediaServer(Program):
    """nginx with its RTMP module. `events` tells who began and who ended to publish.

    With `record`, a folder, it writes what is published there, as FLV.
    """

    def __init__(self, folder, own_session=False, record=None):
        self.port, self._http_port = Port(), Port()
        self.events = Mailbox("media server")
        self._folder = os.path.join(folder, "media")
        os.makedirs(self._folder)
        self._own_session = own_session
        self._notify = _NotifyServer(self.events)
        self._record = record
        if record is not None:
            os.makedirs(record)
        self._conf = os.path.join(self._folder, "nginx.conf")
        with open(self._conf, "w", encoding="utf-8") as conf:
            conf.write(MEDIA_CONF.format(
                module=RTMP_MODULE, user="user root;" if os.geteuid() == 0 else "",
                folder=self._folder, rtmp=self.port, http=self._http_port,
                record=f"record all; record_path {record};" if record is not None else "",
                notify=self._notify.server_port))

    def url(self, name):
        return f"rtmp://127.0.0.1:{self.port}/live/{name}"

    def recording(self, name):
        """Where a stream is written; the file is there once something of it has come."""
        return os.path.join(self._record, f"{name}.flv")

    def start(self):
        self._process = Process(
            "nginx", ["nginx", "-e", "stderr", "-p", self._folder, "-c", self._conf],
            own_session=self._own_session)
        self._process.lines.expect(
            lambda line: "start worker" in line or "built by" in line or "OS:" in line,
            "sign of life")
        self._stat()  # nginx listens before it says anything: awaited is its first answer

    def publishers(self):
        """{stream name: addresses of its publishers} as the server itself counts them."""
        found = {}
        for stream in self._stat().iter("stream"):
            clients = [c for c in stream.iter("client") if c.find("publishing") is not None]
            if clients:
                found[stream.findtext("name")] = [c.findtext("address") for c in clients]
        return found

    def drop_publisher(self, name):
        """Hangs up on whoever publishes this. Returns whether somebody did."""
        query = urllib.parse.urlencode({"app": "live", "name": name})
        return self._get(f"/control/drop/publisher?{query}") == b"1"

    def refuse(self, name, on=True):
        """Whoever wants to publish this from now on is refused."""
        (self._notify.refused.add if on else self._notify.refused.discard)(name)

    def accepted(self):
        """How many connections the server has taken since its start, players included."""
        return int(self._stat().findtext("naccepted"))

    def expect_publish(self, name, timeout=None):
        return self._expect("publish", name, timeout)

    def expect_end(self, name, timeout=None):
        return self._expect("publish_done", name, timeout)

    def close(self):
        super().close()
        self._notify.shutdown()
        self._notify.server_close()
        self.port.close()
        self._http_port.close()

    def _expect(self, call, name, timeout):
        return self.events.expect(
            lambda event: (event.call, event.name) == (call, name), f"{call} of {name}", timeout)

    def _get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", int(self._http_port), timeout=20)
        try:
            connection.request("GET", path)
            return connection.getresponse().read()
        finally:
            connection.close()

    def _stat(self):
        return ElementTree.fromstring(self._get("/stat"))


class _NotifyServer(http.server.ThreadingHTTPServer):
    """Puts nginx's on_publish calls into a mailbox; names in `refused` it refuses."""

    daemon_threads = True

    def __init__(self, events):
        super().__init__(("127.0.0.1", 0), _NotifyHandler)
        self.events = events
        self.refused = set()
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _NotifyHandler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        at = time.monotonic()
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        name = form.get("name", [""])[0]
        self.send_response(403 if name in self.server.refused else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.server.events.put(
            StreamEvent(form["call"][0], name, form.get("addr", [""])[0], at))

    def log_message(self, *_arguments):
        pass
