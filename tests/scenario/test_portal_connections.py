"""1,000 connections that say nothing and 50 slow uploads leave everybody else's requests as quick as they were:
against the portal, against its web server by itself, and behind nginx as config/nginx/sluis-portal.conf sets it up."""

import contextlib
import os
import pathlib
import re
import shutil
import socket
import ssl
import statistics
import subprocess
import threading
import time
import urllib.parse

import pytest

from gate_fixture import build_dir
from instance import Instance, remove
from portal_client import PortalClient

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
IDLE = 1000
UPLOADS = 50
MEMORY = 128 << 20  # bytes, of the server with all of those connected

WEB_SERVER = build_dir() / "bin" / "web_server"
pytestmark = pytest.mark.skipif(
    b"__asan_init" in WEB_SERVER.read_bytes(), reason="speed and memory of the real build only"
)


class Site:
    """A port that speaks HTTPS, and the server process behind it."""

    def __init__(self, port: int, process: int, ca: pathlib.Path, host: str = "portal.ttp.example"):
        self.port, self.process, self.host = port, process, host
        self.page = "/"
        self.cookie = self.upload_cookie = ""  # a whole line
        self.token = ""  # of the form with which uploads are sent
        self.tls = ssl.create_default_context(cafile=str(ca))

    def connect(self) -> socket.socket:
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return plain

    def secure(self) -> ssl.SSLSocket:
        return self.tls.wrap_socket(self.connect(), server_hostname=self.host)

    def memory(self) -> int:
        status = pathlib.Path(f"/proc/{self.process}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) << 10

    def threads(self) -> int:
        return len(os.listdir(f"/proc/{self.process}/task"))


def ask(site: Site, link: socket.socket) -> bytes:
    link.sendall(f"GET {site.page} HTTP/1.1\r\nHost: {site.host}\r\n{site.cookie}\r\n".encode())
    return answer(link)


def answer(link: socket.socket) -> bytes:
    heard = b""
    while b"\r\n\r\n" not in heard:
        heard += receive(link)
    head, _, body = heard.partition(b"\r\n\r\n")
    length = int(re.search(rb"(?i)content-length: (\d+)", head).group(1))
    while len(body) < length:
        body += receive(link)
    return heard[: len(head)] + b"\r\n\r\n" + body


def receive(link: socket.socket) -> bytes:
    piece = link.recv(65536)
    assert piece, "the server hung up"
    return piece


def speed(site: Site, count: int = 60) -> tuple[float, float]:
    """Median milliseconds of a request on a connection of its own, handshake and all, and of one on a kept one."""
    new, kept = [], []
    with site.secure() as link:
        for _ in range(count):
            begin = time.monotonic()
            with site.secure() as own:
                assert ask(site, own).startswith(b"HTTP/1.1 200")
            new.append(time.monotonic() - begin)
            begin = time.monotonic()
            assert ask(site, link).startswith(b"HTTP/1.1 200")
            kept.append(time.monotonic() - begin)
    return statistics.median(new) * 1e3, statistics.median(kept) * 1e3


@contextlib.contextmanager
def idle_connections(site: Site):
    """A third has done nothing, a third a handshake, a third has begun a request."""
    links = []
    try:
        for number in range(IDLE):
            link = site.connect() if number % 3 == 0 else site.secure()
            if number % 3 == 2:
                link.sendall(b"GET / HTTP/1.1\r\nHo")
            links.append(link)
        yield links
    finally:
        for link in links:
            link.close()


@contextlib.contextmanager
def slow_uploads(site: Site):
    """Each brings 1 KiB a second of a file of 32 MiB."""
    links, ended = [], threading.Event()
    head = (
        f"POST /upload HTTP/1.1\r\nHost: {site.host}\r\nContent-Type: multipart/form-data; boundary=B\r\n"
        f"Content-Length: {32 << 20}\r\n{site.upload_cookie}\r\n"
        f'--B\r\nContent-Disposition: form-data; name="form_token"\r\n\r\n{site.token}\r\n'
        '--B\r\nContent-Disposition: form-data; name="file"; filename="jeugdhulp_2026H1.csv"\r\n\r\n'
    )
    lost = []

    def feed():
        while not ended.is_set():
            for link in links:
                try:
                    link.sendall(b"x" * 1024)
                except OSError as error:
                    lost.append(error)
            ended.wait(1)

    feeder = threading.Thread(target=feed)
    try:
        for _ in range(UPLOADS):
            links.append(site.secure())
            links[-1].sendall(head.encode())
        feeder.start()
        yield lost
    finally:
        ended.set()
        if feeder.ident:
            feeder.join()
        for link in links:
            link.close()


def judge(site: Site, name: str) -> None:
    speed(site, 10)  # warm
    before = speed(site)
    with slow_uploads(site) as lost, idle_connections(site):
        time.sleep(0.5)  # their handshakes are over: they are idle, or slow
        during = speed(site)
        memory, threads = site.memory(), site.threads()
        assert lost == []
    print(
        f"\n{name}: new connection {before[0]:.2f} ms before, {during[0]:.2f} ms during; "
        f"kept one {before[1]:.2f} ms before, {during[1]:.2f} ms during; {memory / 2**20:.0f} MiB, {threads} threads"
    )
    for quiet, full in zip(before, during):
        assert full < 2 * quiet + 5
    assert memory < MEMORY


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "2",
         "-subj", "/CN=portal.ttp.example", "-addext", "subjectAltName=DNS:portal.ttp.example",
         "-keyout", folder / "portal.key", "-out", folder / "portal.crt"],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder / "portal.crt"


@contextlib.contextmanager
def web_server(*arguments):
    process = subprocess.Popen(
        [WEB_SERVER, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield int(process.stdout.readline()), process.pid
    finally:
        process.stdin.close()
        process.wait(20)


def test_the_server_by_itself_serves_others_meanwhile(certificate):
    with web_server(certificate, certificate.with_suffix(".key")) as (port, process):
        judge(Site(port, process, certificate), "by itself")


@pytest.fixture(scope="module")
def instance(tmp_path_factory):
    made = Instance(tmp_path_factory.mktemp("connections") / "i").up()
    yield made
    made.down()
    remove(made.folder)


def cookie_of(client: PortalClient) -> str:
    return "Cookie: " + "; ".join(f"{name}={value}" for name, value in client.cookies.items()) + "\r\n"


def test_the_portal_serves_others_meanwhile(instance):
    portal = instance.info["portal"]
    address = urllib.parse.urlsplit(portal["url"])
    site = Site(address.port, instance.info["pids"]["portal"], portal["ca"], address.hostname)
    reader, sender = PortalClient(portal), PortalClient(portal)
    reader.sign_in(reader.account("municipality"))
    sender.sign_in(sender.account("provider"))
    site.page, site.cookie, site.upload_cookie = "/help", cookie_of(reader), cookie_of(sender)
    site.token = sender.get("/upload").form("/upload").fields["form_token"]
    judge(site, "the portal")
    assert sender.get("/upload").status == 200
    inbox = pathlib.Path(re.search(r"^drop: (.+)$", pathlib.Path(instance.info["config"]).read_text(), re.M)[1])
    for _ in range(100):  # of uploads that broke off nothing stays
        left = list(inbox.glob("*/inbox/.portal-*"))
        if not left:
            break
        time.sleep(0.05)
    assert left == []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def behind_nginx(folder: pathlib.Path, certificate: pathlib.Path, upstream: int, one_visitor: bool = False):
    """The documented configuration, with this test's names, ports and files. One machine plays all visitors here, so
    the limits of one address are lifted but for the test that is about them."""
    http, https = free_port(), free_port()
    site = (REPOSITORY / "config/nginx/sluis-portal.conf").read_text()
    changes = [
        ("127.0.0.1:8480", f"127.0.0.1:{upstream}"),
        ("/etc/ssl/sluis/portal.crt", str(certificate)),
        ("/etc/ssl/sluis/portal.key", str(certificate.with_suffix(".key"))),
        ("/var/log/nginx/sluis-portal.log", str(folder / "access.log")),
        ("  listen [::]:80;\n", ""),
        ("  listen [::]:443 ssl http2;\n", ""),
        ("listen 80;", f"listen 127.0.0.1:{http};"),
        ("listen 443 ", f"listen 127.0.0.1:{https} "),
    ]
    if not one_visitor:
        changes += [("limit_conn sluis_connections 100;", ""), ("limit_req zone=sluis_requests burst=60 nodelay;", "")]
    for old, new in changes:
        assert old in site, old
        site = site.replace(old, new)
    (folder / "site.conf").write_text(site)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 2;\n"
        "worker_rlimit_nofile 8192; events { worker_connections 4096; }\n"
        f"http {{ client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;\n"
        f"uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s; include {folder}/site.conf; }}\n"
    )
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    process = subprocess.Popen([nginx, "-p", folder, "-c", folder / "nginx.conf"], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", https), 1).close()
                break
            assert process.poll() is None, (folder / "error.log").read_text()
            time.sleep(0.05)
        yield http, https
    finally:
        process.terminate()
        process.wait(20)


def test_behind_nginx_it_serves_others_meanwhile(certificate, tmp_path):
    with web_server() as (port, process), behind_nginx(tmp_path, certificate, port) as (_, https):
        judge(Site(https, process, certificate), "behind nginx")


def test_nginx_passes_on_addresses_uploads_and_headers(certificate, tmp_path):
    with web_server() as (port, process), behind_nginx(tmp_path, certificate, port, one_visitor=True) as (http, https):
        site = Site(https, process, certificate)
        with site.secure() as link:
            link.sendall(b"GET /address?bsn=1 HTTP/1.1\r\nHost: portal.ttp.example\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n")
            heard = answer(link)
            assert heard.endswith(b"127.0.0.1\n")  # nginx's word, not the visitor's
            for header in (b"Content-Security-Policy: default-src 'none'", b"Strict-Transport-Security: max-age="):
                assert heard.count(header) == 1
        body = b'--B\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n' + b"x" * (3 << 20) + b"\r\n--B--"
        with site.secure() as link:
            link.sendall(
                b"POST /upload HTTP/1.1\r\nHost: portal.ttp.example\r\nContent-Type: multipart/form-data; boundary=B\r\n"
                b"Content-Length: %d\r\n\r\n" % len(body) + body
            )
            assert answer(link).endswith(b"\r\n%d bytes\n" % (3 << 20))
        with socket.create_connection(("127.0.0.1", http), timeout=20) as link:
            link.sendall(b"GET /a?b HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n")
            assert b"\r\nLocation: https://portal.ttp.example/a?b\r\n" in answer(link)
        log = (tmp_path / "access.log").read_text()
        assert '"GET /address" 200' in log and "bsn" not in log
        assert list((tmp_path / "body").iterdir()) == []
