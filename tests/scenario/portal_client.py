"""A browser without script, in a few lines of the standard library: keeps cookies, follows redirects, fills forms.

    person = PortalClient(instance.info["portal"])
    person.sign_in(person.account("provider"))
    page = person.get("/deliveries")
    page = person.submit(page, "/account/language", language="en")

Checks on its way what every page must hold to: the headers, the cookies, one <h1>, no inline style or script.
"""

import base64
import hashlib
import hmac
import html.parser
import http.client
import re
import ssl
import struct
import time
import urllib.parse
import uuid

VOID = {"input", "br", "meta", "link", "img", "hr", "source", "path", "rect", "line", "circle"}


def totp(secret: str, at: float | None = None, steps: int = 0) -> str:
    """The code of that moment (RFC 6238), `steps` of 30 s later."""
    secret = secret.replace(" ", "")
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    counter = int((time.time() if at is None else at) // 30) + steps
    digest = hmac.new(key, struct.pack(">Q", counter), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7fffffff) % 1000000:06d}"


class Form:
    def __init__(self, action: str, method: str, multipart: bool):
        # Where a browser scrolls to afterwards is its own business.
        self.action, self.method, self.multipart = action.split("#")[0], method, multipart
        self.fields: dict[str, str] = {}
        self.buttons: list[tuple[str, str]] = []
        self.text = ""


class Page(html.parser.HTMLParser):
    """What came back: status, headers, and of HTML its forms, links, ids and visible text."""

    def __init__(self, url: str, status: int, headers: http.client.HTTPMessage, body: bytes):
        super().__init__()
        self.url, self.status, self.headers, self.body = url, status, headers, body
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.by_id: dict[str, str] = {}
        self.tags: list[tuple[str, dict]] = []
        self.title = ""
        self.alerts: list[str] = []
        self._open: list[tuple[str, dict, list[str]]] = []
        self._form: Form | None = None
        self._select: str | None = None
        self.text = ""
        if headers.get_content_type() == "text/html":
            self.feed(body.decode())
            self.text = re.sub(r"\s+", " ", self.text)

    @property
    def path(self) -> str:
        return urllib.parse.urlsplit(self.url).path

    def handle_starttag(self, tag, attributes):
        attributes = {name: value or "" for name, value in attributes}
        self.tags.append((tag, attributes))
        if tag == "form":
            self._form = Form(attributes.get("action", self.path), attributes.get("method", "get").lower(),
                              attributes.get("enctype") == "multipart/form-data")
            self.forms.append(self._form)
        elif self._form and tag in ("input", "textarea") and "name" in attributes:
            kind = attributes.get("type", "text")
            if kind not in ("checkbox", "radio") or "checked" in attributes:
                self._form.fields[attributes["name"]] = attributes.get("value", "")
        elif self._form and tag == "button" and "name" in attributes:
            self._form.buttons.append((attributes["name"], attributes.get("value", "")))
        elif self._form and tag == "select":
            self._select = attributes.get("name")
        elif self._form and tag == "option" and self._select:
            if "selected" in attributes or self._select not in self._form.fields:
                self._form.fields[self._select] = attributes.get("value", "")
        if tag not in VOID:
            self._open.append((tag, attributes, []))

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        if tag == "select":
            self._select = None
        if not any(each[0] == tag for each in self._open):
            return
        while self._open:
            name, attributes, parts = self._open.pop()
            text = re.sub(r"\s+", " ", "".join(parts)).strip()
            if "id" in attributes:
                self.by_id[attributes["id"]] = text
            if attributes.get("role") == "alert" and "hidden" not in attributes:
                self.alerts.append(text)
            if name == "a":
                self.links.append((attributes.get("href", ""), text))
            if name == "title":
                self.title = text
            if name == tag:
                break

    def handle_data(self, data):
        self.text += data
        for _, _, parts in self._open:
            parts.append(data)
        if self._form:
            self._form.text += data

    def form(self, action: str | None = None) -> Form:
        found = [form for form in self.forms if action is None or form.action == action]
        assert found, f"no form {action} on {self.url} ({self.status}): {[form.action for form in self.forms]}"
        return found[0]


class PortalClient:
    def __init__(self, portal: dict, user_agent: str = "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0"):
        """`portal`: {"url", "ca", "accounts"} as `sluis sandbox up --json` says it."""
        self.portal = portal
        self.base = urllib.parse.urlsplit(portal["url"])
        self.tls = ssl.create_default_context(cafile=portal["ca"])
        self.cookies: dict[str, str] = {}
        self.user_agent = user_agent
        self.language = "nl"
        self.seen: list[Page] = []

    def account(self, role: str) -> dict:
        return next(each for each in self.portal["accounts"] if each["role"] == role)

    # Requests.

    def request(self, method: str, path: str, body: bytes | None = None, headers: dict | None = None,
                source: str | None = None) -> Page:
        """One, without following where it leads. `source`: another address of this machine to come from."""
        connection = http.client.HTTPSConnection(self.base.hostname, self.base.port, timeout=30, context=self.tls,
                                                 source_address=(source, 0) if source else None)
        sent = {"User-Agent": self.user_agent, "Accept-Language": self.language}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if method == "POST":
            sent |= {"Origin": f"https://{self.base.netloc}", "Sec-Fetch-Site": "same-origin"}
        sent |= headers or {}
        try:
            connection.request(method, path, body, {name: value for name, value in sent.items() if value is not None})
            answer = connection.getresponse()
            page = Page(urllib.parse.urljoin(self.portal["url"], path), answer.status, answer.msg, answer.read())
        finally:
            connection.close()
        self._keep_cookies(page)
        self._check(page)
        self.seen.append(page)
        return page

    def get(self, path: str, follow: bool = True, **more) -> Page:
        page = self.request("GET", path, **more)
        return self._follow(page) if follow else page

    def post(self, path: str, fields: dict | list, follow: bool = True, headers: dict | None = None, **more) -> Page:
        page = self.request("POST", path, urllib.parse.urlencode(fields).encode(),
                            {"Content-Type": "application/x-www-form-urlencoded"} | (headers or {}), **more)
        return self._follow(page) if follow else page

    def submit(self, page: Page, action: str | None = None, files: dict | None = None, follow: bool = True,
               headers: dict | None = None, source: str | None = None, **fields: str) -> Page:
        """The form with that action (or the first that is not the frame's), with these fields filled in. `files`:
        field -> (file name, bytes)."""
        forms = [form for form in page.forms if form.action not in ("/language", "/sign-out")]
        form = page.form(action) if action or not forms else forms[0]
        filled = form.fields | fields
        if form.method == "get":
            return self.get(f"{form.action}?{urllib.parse.urlencode(filled)}", follow)
        if not form.multipart:
            return self.post(form.action, filled, follow, headers, source=source)
        body, kind = multipart(filled, files or {})
        answer = self.request("POST", form.action, body, {"Content-Type": kind} | (headers or {}), source=source)
        return self._follow(answer) if follow else answer

    # Signing in.

    def password(self, user: str, password: str, **more) -> Page:
        return self.submit(self.get("/sign-in"), "/sign-in", user=user, password=password, **more)

    def sign_in(self, account: dict, tries: int = 3) -> Page:
        """As one of the sandbox's accounts; a code that somebody has just used is waited out."""
        page = self.password(account["user"], account["password"])
        assert page.path == "/sign-in/code", f"{page.url} {page.status} {page.alerts}"
        for step in range(tries):
            # One step of slack: the code of the next half minute is right already.
            page = self.submit(page, "/sign-in/code", code=totp(account["totp_secret"], steps=step % 2))
            if page.path != "/sign-in/code":
                return page
            if step > 0:
                time.sleep(30 - time.time() % 30)
        raise AssertionError(f"not signed in: {page.alerts}")

    # What follows.

    def _follow(self, page: Page) -> Page:
        for _ in range(10):
            if page.status != 303:
                return page
            target = page.headers["Location"]
            assert target.startswith("/") and not target.startswith("//"), target
            page = self.request("GET", target)
        raise AssertionError("redirects without end")

    def _keep_cookies(self, page: Page):
        for line in page.headers.get_all("Set-Cookie") or []:
            first, *attributes = [part.strip() for part in line.split(";")]
            name, value = first.split("=", 1)
            lower = {each.lower() for each in attributes}
            assert name.startswith("__Host-") and {"secure", "httponly", "path=/", "samesite=lax"} <= lower, line
            assert not any(each.startswith("domain") for each in lower), line
            if not value or "max-age=0" in lower:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value

    @staticmethod
    def _check(page: Page):
        headers = page.headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy, policy
        assert "frame-ancestors 'none'" in policy and "form-action 'self'" in policy, policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "max-age=" in headers["Strict-Transport-Security"]
        if not page.path.startswith("/static/"):
            assert "no-store" in headers["Cache-Control"], page.url
        if headers.get_content_type() != "text/html" or not page.body:
            return
        assert sum(tag == "h1" for tag, _ in page.tags) == 1, f"{page.url}: not one <h1>"
        for tag, attributes in page.tags:
            assert tag != "style" and "style" not in attributes, f"{page.url}: {tag} {attributes}"
            assert not any(name.startswith("on") for name in attributes), f"{page.url}: {tag} {attributes}"
            assert tag != "script" or attributes.get("src", "").startswith("/static/"), f"{page.url}: inline script"
        for form in page.forms:
            assert form.method == "get" or "form_token" in form.fields, f"{page.url}: {form.action} without token"


def multipart(fields: dict[str, str], files: dict[str, tuple[str, bytes]]) -> tuple[bytes, str]:
    boundary = uuid.uuid4().hex
    body = b""
    for name, value in fields.items():
        if name not in files:
            body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    for name, (file_name, content) in files.items():
        body += (f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
                 "Content-Type: application/octet-stream\r\n\r\n").encode() + content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
