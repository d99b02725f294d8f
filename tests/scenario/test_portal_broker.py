"""Signing in by a broker, with a real one (oidc-provider, pinned in tests/broker): what it says counts when all of it
fits, and else nothing does."""

import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import urllib.parse
import urllib.request

import pytest

from instance import Instance, ROOT, build_dir, wait_for
from portal_client import PortalClient
from test_portal_sign_in import add, events

pytestmark = pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not there")

ACR = "high"


def installed() -> pathlib.Path:
    """tests/broker with what its lock file names, outside of the source tree."""
    folder = build_dir() / "broker"
    folder.mkdir(exist_ok=True)
    lock = (ROOT / "tests/broker/package-lock.json").read_text()
    for name in ("package.json", "broker.mjs"):
        shutil.copy(ROOT / "tests/broker" / name, folder)
    if (folder / "installed").exists() and (folder / "installed").read_text() == lock:
        return folder
    shutil.copy(ROOT / "tests/broker/package-lock.json", folder)
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder,
                   check=True, timeout=240)
    (folder / "installed").write_text(lock)
    return folder


class Broker:
    def __init__(self, folder: pathlib.Path, portal: dict):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"https://localhost:{self.port}"
        self.folder = folder
        self.ca = folder / "broker.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout",
                        folder / "broker.key", "-out", self.ca], check=True, capture_output=True)
        (folder / "secret").write_text("s3cret/with+signs\n")
        (folder / "broker.json").write_text(json.dumps({
            "port": self.port, "certificate": str(self.ca), "key": str(folder / "broker.key"), "client": "sluis",
            "secret": "s3cret/with+signs", "back": portal["url"] + "/oidc/back"}))
        self.tls = ssl.create_default_context(cafile=self.ca)
        self.process = subprocess.Popen(["node", installed() / "broker.mjs", folder / "broker.json"],
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        while (line := self.process.stdout.readline()) and "ready" not in line:
            pass
        assert line, "the broker does not start"

    def stop(self):
        self.process.terminate()
        self.process.wait(10)

    def person(self, subject: str, acr: str = ACR, email: str | None = None, verified: bool = True):
        """Who signs in at the broker next."""
        body = json.dumps({"subject": subject, "acr": acr, "email": email, "verified": verified}).encode()
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/test/next", body), context=self.tls).close()

    def visit(self, address: str) -> str:
        """Where a browser that is sent there comes out: the portal's address with the code."""
        class NoFurther(urllib.request.HTTPRedirectHandler):
            def redirect_request(handler, request, file, code, message, headers, target):
                if "/oidc/back" in target:
                    raise Came(target)
                return super().redirect_request(request, file, code, message, headers, target)
        opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=self.tls),
                                             urllib.request.HTTPCookieProcessor(), NoFurther())
        try:
            opener.open(address).close()
        except Came as came:
            return str(came)
        raise AssertionError("the broker did not send the browser back")


class Came(Exception):
    pass


@pytest.fixture(scope="module")
def broker(shared: Instance, tmp_path_factory):
    broker = Broker(tmp_path_factory.mktemp("broker"), shared.info["portal"])
    config = pathlib.Path(shared.info["config"])
    section = f"""  broker:
    name: Proefbroker
    issuer: {broker.url}
    client_id: sluis
    client_secret_file: {broker.folder}/secret
    ca_file: {broker.ca}
    assurance:
      provider: [{ACR}]
      operator: [higher]
"""
    config.write_text(re.sub(r"(?m)^portal:\n", "portal:\n" + section, config.read_text(), count=1))
    os.kill(shared.info["pids"]["portal"], signal.SIGHUP)
    client = PortalClient(shared.info["portal"])
    wait_for(lambda: "Proefbroker" in client.get("/sign-in").text, "the broker on the page")
    yield broker
    broker.stop()


def start(shared: Instance, link: str = "") -> tuple[PortalClient, str]:
    client = PortalClient(shared.info["portal"])
    page = client.get("/oidc/start" + (f"?link={link.rsplit('/', 1)[1]}" if link else ""), follow=False)
    assert page.status == 303, page.text
    return client, page.headers["Location"]


def back(client: PortalClient, address: str):
    parts = urllib.parse.urlsplit(address)
    return client.get(f"{parts.path}?{parts.query}")


def changed(address: str, **query: str) -> str:
    parts = urllib.parse.urlsplit(address)
    fields = dict(urllib.parse.parse_qsl(parts.query)) | query
    return parts._replace(query=urllib.parse.urlencode(fields)).geturl()


def is_in(client: PortalClient) -> bool:
    return client.get("/account").path in ("/account", "/terms")


@pytest.fixture(scope="module")
def known(shared, broker) -> str:
    """Somebody who came in by an invitation and the broker; the broker's name for them."""
    user = "broker@p0001.example"
    link = add(shared, user)
    assert "Proefbroker" in PortalClient(shared.info["portal"]).get(link).text
    client, address = start(shared, link)
    broker.person("pseudonym-1", email=user)
    page = back(client, broker.visit(address))
    assert page.path == "/terms", f"{page.url} {page.text}"
    page = client.submit(page, "/terms")
    assert client.get("/account").status == 200 and "andere organisatie" in client.get("/account").text
    assert client.get("/account/password").status == 404
    assert events(shared, user) == ["account.signed-in", "account.terms-accepted"]
    assert shared.query('SELECT means FROM portal.session JOIN portal.account a ON a.id = account WHERE a."user" = %s',
                        user) == [("oidc",)]
    return "pseudonym-1"


def test_who_is_known_by_the_broker_comes_in_without_a_password(shared, broker, known):
    client, address = start(shared)
    assert "code_challenge_method=S256" in address and "scope=openid" in address
    broker.person(known)
    page = back(client, broker.visit(address))
    assert page.status == 200 and is_in(client)
    assert "__Host-broker" not in client.cookies


def test_an_assurance_that_is_too_low_is_refused(shared, broker, known):
    client, address = start(shared)
    broker.person(known, acr="low")
    page = back(client, broker.visit(address))
    assert page.status == 403 and not is_in(client)


def test_somebody_unknown_is_refused_whatever_mail_the_broker_names(shared, broker, known):
    for mail in (None, "broker@p0001.example", shared.info["portal"]["accounts"][0]["user"]):
        client, address = start(shared)
        broker.person("stranger", email=mail)
        assert back(client, broker.visit(address)).status == 403 and not is_in(client)


def test_another_site_binds_nobody_to_its_invitation(shared, broker, known):
    link = add(shared, "lured@p0001.example")
    client = PortalClient(shared.info["portal"])
    asked = "/oidc/start?link=" + link.rsplit("/", 1)[1]
    for site in ("cross-site", "same-site", "none"):
        page = client.get(asked, follow=False, headers={"Sec-Fetch-Site": site})
        assert page.status == 303 and page.headers["Location"].startswith("/link/"), page.headers["Location"]
        assert "__Host-broker" not in client.cookies
    page = client.get(asked, follow=False, headers={"Sec-Fetch-Site": "same-origin"})
    assert page.headers["Location"].startswith(broker.url)


def test_who_came_in_by_the_broker_is_sent_no_link_to_a_password(shared, broker, known):
    client = PortalClient(shared.info["portal"])
    page = client.submit(client.get("/forgot"), "/forgot", user="broker@p0001.example")
    assert page.path == "/forgot/sent"
    assert shared.query("SELECT count(*) FROM outbox.message WHERE kind = 'wachtwoord-herstel'"
                        " AND recipients[1] = 'broker@p0001.example'") == [(0,)]


def test_an_invitation_is_bound_once_and_to_its_own_mail_only(shared, broker, known):
    user = "second@p0001.example"
    link = add(shared, user)
    # Another's verified mail; a known person; too low.
    for subject, acr, mail in (("pseudonym-2", ACR, "other@p0001.example"), ("pseudonym-2", "low", user)):
        client, address = start(shared, link)
        broker.person(subject, acr, mail)
        assert back(client, broker.visit(address)).status == 403, (subject, acr, mail)
    assert shared.query('SELECT state, oidc_subject FROM portal.account WHERE "user" = %s', user) == [("invited", None)]
    client, address = start(shared, link)
    broker.person("pseudonym-2")
    assert back(client, broker.visit(address)).path == "/terms"
    again, address = start(shared, link)
    broker.person("pseudonym-3")
    assert back(again, broker.visit(address)).status == 403
    # For this role the broker is not strong enough.
    link = add(shared, "operator2@ttp.example", "operator", "")
    client, address = start(shared, link)
    broker.person("pseudonym-4")
    assert back(client, broker.visit(address)).status == 403


def test_an_answer_counts_in_the_browser_that_asked_and_once(shared, broker, known):
    client, address = start(shared)
    broker.person(known)
    answer = broker.visit(address)
    # Another browser, with and without a question of its own.
    assert back(PortalClient(shared.info["portal"]), answer).status == 403
    other, _ = start(shared)
    assert back(other, answer).status == 403 and not is_in(other)
    binding = client.cookies["__Host-broker"]
    assert back(client, answer).status == 200 and is_in(client)
    replay = PortalClient(shared.info["portal"])
    replay.cookies["__Host-broker"] = binding
    assert back(replay, answer).status == 403 and not is_in(replay)


@pytest.mark.parametrize("change", [{"nonce": "x" * 43}, {"code_challenge": "x" * 43}, {"state": "x" * 43}])
def test_a_question_that_was_changed_on_the_way_is_refused(shared, broker, known, change):
    client, address = start(shared)
    broker.person(known)
    assert back(client, broker.visit(changed(address, **change))).status == 403 and not is_in(client)


def test_an_answer_of_another_broker_is_refused(shared, broker, known):
    client, address = start(shared)
    broker.person(known)
    answer = broker.visit(address)
    assert back(client, changed(answer, iss="https://mallory.example")).status == 403
    client, address = start(shared)
    assert back(client, changed(broker.visit(address), code="made-up")).status == 403
    client, address = start(shared)
    assert back(client, changed(broker.visit(address), error="access_denied")).status == 403


def test_without_the_broker_the_portal_says_so(shared, broker, known):
    client, address = start(shared)
    broker.person(known)
    answer = broker.visit(address)
    broker.process.send_signal(signal.SIGKILL)
    broker.process.wait(10)
    page = back(client, answer)
    assert page.status == 503 and not is_in(client)
    assert PortalClient(shared.info["portal"]).get("/sign-in").status == 200
