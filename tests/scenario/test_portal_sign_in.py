"""Signing in at the portal: the ways in that there are, and the ways that there must not be."""

import base64
import os
import re
import signal
import statistics
import time

import pytest

from instance import Instance, wait_for
from portal_client import PortalClient, totp

PASSWORD = "een fiets met drie wielen"


def browser(shared: Instance, **more) -> PortalClient:
    return PortalClient(shared.info["portal"], **more)


def code_is_fresh(shared: Instance, user: str):
    """As if half a minute had gone by: the code of now counts again."""
    shared.query("UPDATE portal.account SET totp_step = NULL WHERE \"user\" = %s AND totp_sealed IS NOT NULL", user)


def sign_in(shared: Instance, role: str, **more) -> PortalClient:
    client = browser(shared, **more)
    account = client.account(role)
    code_is_fresh(shared, account["user"])
    page = client.sign_in(account)
    assert page.status == 200, page.text
    assert is_in(client)
    return client


def is_in(client: PortalClient) -> bool:
    return client.get("/account").path == "/account"


def link_in(shared: Instance, user: str, kind: str, since: int = 0) -> str:
    def mails():
        return [mail for mail in shared.mails(X_Sluis_Kind=kind) if user in str(mail["To"])]
    mail = wait_for(lambda: len(mails()) > since and mails(), f"{kind} to {user}")[-1]
    text = mail.get_body(("plain",)).get_content()
    return re.search(r"(/link/[A-Za-z0-9_-]{43})\b", text).group(1)


def add(shared: Instance, user: str, role: str = "provider", of: str = "P0001") -> str:
    """Invites; the path of the link in the mail."""
    shared.sluis("account", "add", "--user", user, "--name", "J. de Vries", "--role", role,
                 *(("--for", of) if of else ()))
    return link_in(shared, user, "uitnodiging")


def enter(shared: Instance, user: str, client: PortalClient | None = None) -> tuple[PortalClient, dict]:
    """All the way in by an invitation."""
    client = client or browser(shared)
    page = client.submit(client.get(add(shared, user)), password=PASSWORD, password_again=PASSWORD)
    assert page.path == "/enrol", page.alerts
    secret = page.by_id["secret"]
    page = client.submit(page, "/enrol", code=totp(secret))
    codes = re.findall(r"\b[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{2}\b", page.by_id["recovery-codes"])
    assert len(codes) == 10, page.text
    page = client.submit(client.get("/terms"), "/terms")
    assert page.status == 200 and is_in(client)
    return client, {"user": user, "password": PASSWORD, "totp_secret": secret, "codes": codes}


def events(shared: Instance, user: str) -> list[str]:
    rows = shared.query("SELECT entry::json ->> 'event' FROM audit.entry WHERE entry::json ->> 'subject' = %s"
                        " AND entry::json ->> 'system' = 'sluis-portal' ORDER BY index", user)
    return [row[0] for row in rows]


@pytest.fixture(scope="module")
def person(shared):
    """Somebody who came in by an invitation."""
    return enter(shared, "j.devries@p0001.example")[1]


def test_an_invitation_leads_all_the_way_in(shared):
    user = "invited@p0001.example"
    link = add(shared, user)
    client = browser(shared)
    page = client.get(link)
    assert page.status == 200 and user in page.body.decode()
    assert client.get(link).status == 200, "looking at a link uses it up"
    assert "kort" in client.submit(page, password="kort", password_again="kort").alerts[0]
    assert "makkelijk" in client.submit(page, password="password1234", password_again="password1234").alerts[0]
    assert "hetzelfde" in client.submit(page, password=PASSWORD, password_again=PASSWORD + "!").alerts[0]
    page = client.submit(page, password=PASSWORD, password_again=PASSWORD)
    assert page.path == "/enrol"
    assert client.get("/deliveries").path == "/enrol", "past the second factor"
    assert "<svg" in page.body.decode()
    secret = page.by_id["secret"]
    assert client.get("/enrol").by_id["secret"] == secret, "another secret each time"
    right = totp(secret)
    wrong = client.submit(page, "/enrol", code=f"{(int(right) + 1) % 1000000:06d}")
    assert wrong.status == 422 and wrong.alerts
    before = dict(client.cookies)
    page = client.submit(wrong, "/enrol", code=right)
    assert page.status == 200 and len(page.by_id["recovery-codes"].split()) == 10
    assert client.cookies["__Host-session"] != before["__Host-session"]
    assert client.get("/deliveries").path == "/terms"
    page = client.submit(client.get("/terms"), "/terms")
    assert client.get("/deliveries").path == "/deliveries"
    assert events(shared, user) == ["account.password-set", "account.second-factor-set", "account.signed-in",
                                    "account.terms-accepted"]
    gone = browser(shared).get(link)
    assert gone.status == 404 and gone.forms[0].action in ("/language",)
    # What is kept is a digest.
    token = link.rsplit("/", 1)[1]
    assert token not in str(shared.query("SELECT * FROM portal.link"))
    assert PASSWORD not in shared.log() and token not in shared.log()


def test_where_one_was_going_is_where_one_ends(shared):
    client = browser(shared)
    account = client.account("provider")
    code_is_fresh(shared, account["user"])
    page = client.get("/deliveries?state=accepted")
    assert page.path == "/sign-in"
    page = client.submit(page, "/sign-in", user=account["user"], password=account["password"])
    page = client.submit(page, "/sign-in/code", code=totp(account["totp_secret"]))
    assert page.url.endswith("/deliveries?state=accepted")
    # But never to another's site.
    for evil in (b"//mallory.example/", b"https://mallory.example/", b"/\\mallory.example", b"/a\r\nX: y"):
        client = browser(shared)
        client.cookies["__Host-next"] = base64.urlsafe_b64encode(evil).rstrip(b"=").decode()
        code_is_fresh(shared, account["user"])
        page = client.sign_in(account)
        assert page.url.startswith(shared.info["portal"]["url"])


def test_a_wrong_password_and_an_unknown_account_are_one_answer(shared, person):
    def answer(user):
        client = browser(shared)
        page = client.password(user, "niet het wachtwoord", source="127.0.9.1")
        return page.status, re.sub(r'value="[^"]*"', "", page.body.decode())
    assert answer(person["user"]) == answer("nobody@p0001.example")


def test_a_code_works_once(shared, person):
    code_is_fresh(shared, person["user"])
    one, other = browser(shared), browser(shared)
    page_of_one = one.password(person["user"], person["password"])
    page_of_other = other.password(person["user"], person["password"])
    code = totp(person["totp_secret"])
    assert one.submit(page_of_one, "/sign-in/code", code=code).path != "/sign-in/code"
    refused = other.submit(page_of_other, "/sign-in/code", code=code)
    assert refused.status == 422 and refused.alerts
    assert not is_in(other)
    # A recovery code neither.
    page = other.submit(other.get("/sign-in/recovery"), "/sign-in/recovery", code=person["codes"][0].upper())
    assert page.status == 200 and is_in(other)
    third = browser(shared)
    third.password(person["user"], person["password"])
    again = third.submit(third.get("/sign-in/recovery"), "/sign-in/recovery", code=person["codes"][0])
    assert again.status == 422 and not is_in(third)


def test_a_session_of_an_attackers_making_is_nobodys(shared, person):
    chosen = "A" * 43
    client = browser(shared)
    client.cookies["__Host-session"] = chosen
    code_is_fresh(shared, person["user"])
    page = client.password(person["user"], person["password"])
    half = client.cookies["__Host-session"]
    assert half != chosen
    client.submit(page, "/sign-in/code", code=totp(person["totp_secret"]))
    assert client.cookies["__Host-session"] not in (chosen, half)
    for token in (chosen, half):
        thief = browser(shared)
        thief.cookies["__Host-session"] = token
        assert not is_in(thief)


def test_a_forged_form_changes_nothing(shared, person):
    code_is_fresh(shared, person["user"])
    client = browser(shared)
    client.sign_in(person)
    form = client.get("/account").form("/account/language")
    token = form.fields["form_token"]
    def status(fields, **headers):
        return client.post("/account/language", fields, follow=False, headers=headers).status
    assert status({"language": "en"}) == 403
    assert status({"language": "en", "form_token": token[:-1]}) == 403
    assert status({"language": "en", "form_token": token}, Origin="https://mallory.example") == 403
    assert status({"language": "en", "form_token": token}, **{"Sec-Fetch-Site": "cross-site"}) == 403
    other = browser(shared)
    theirs = other.get("/sign-in").form("/sign-in").fields["form_token"]
    assert status({"language": "en", "form_token": theirs}) == 403
    assert shared.query('SELECT language FROM portal.account WHERE "user" = %s', person["user"]) == [("nl",)]
    assert status({"language": "nl", "form_token": token}) == 303
    # Nor can a browser be signed in to somebody else's account from elsewhere.
    victim = browser(shared)
    assert victim.post("/sign-in", {"user": person["user"], "password": PASSWORD, "form_token": theirs}).status == 403


def test_nobody_can_lock_somebody_else_out(shared, person):
    attacker = browser(shared)
    page = attacker.get("/sign-in")
    statuses = [attacker.submit(page, "/sign-in", user=person["user"], password=f"raden {guess}",
                                source="127.0.2.1").status for guess in range(12)]
    assert statuses[0] == 422 and statuses[-1] == 429
    waiting = attacker.submit(page, "/sign-in", user=person["user"], password="raden", source="127.0.2.1")
    assert "Wacht" in waiting.alerts[0] and 1 <= int(waiting.headers["Retry-After"]) <= 900
    # From many addresses, too.
    for guess in range(20):
        attacker.submit(page, "/sign-in", user=person["user"], password="raden", source=f"127.0.3.{guess + 1}")
    code_is_fresh(shared, person["user"])
    owner = browser(shared)
    assert owner.sign_in(person).status == 200 and is_in(owner)
    # Guesses are in the log, counted.
    os.kill(shared.info["pids"]["portal"], signal.SIGHUP)
    wait_for(lambda: "account.sign-in-refused" in events(shared, person["user"]), "refusals in the log")
    assert len([event for event in events(shared, person["user"]) if event == "account.sign-in-refused"]) <= 5


def test_a_revoked_session_is_over(shared, person):
    one = browser(shared)
    code_is_fresh(shared, person["user"])
    one.sign_in(person)
    other = browser(shared, user_agent="Mozilla/5.0 (iPhone) Safari/600")
    code_is_fresh(shared, person["user"])
    other.sign_in(person)
    page = one.get("/account/sessions")
    assert "Safari, iPhone" in page.text and "Firefox, Linux" in page.text
    page = one.submit(page, "/account/sessions/end-others")
    assert page.path == "/account/sessions" and is_in(one) and not is_in(other)
    # One of somebody else is not there to be ended.
    [(foreign,)] = shared.query("INSERT INTO portal.session (token_hash, account, created, last_seen, idle_until, expires)"
                                " SELECT sha256('x'), id, now(), now(), now() + '1 h', now() + '1 h' FROM portal.account"
                                ' WHERE "user" = %s RETURNING id', one.account("operator")["user"])
    token = one.get("/account").form("/account/language").fields["form_token"]
    assert one.post(f"/account/sessions/{foreign}/end", {"form_token": token}).status == 404
    assert shared.query("SELECT count(*) FROM portal.session WHERE id = %s", foreign) == [(1,)]
    # Signing out ends it in the database, not only in the browser.
    kept = dict(one.cookies)
    one.submit(one.get("/account"), "/sign-out")
    one.cookies = kept
    assert not is_in(one)


def test_a_disabled_account_is_out_at_once(shared):
    client, account = enter(shared, "leaves@p0001.example")
    shared.sluis("account", "disable", account["user"])
    assert not is_in(client)
    page = browser(shared).password(account["user"], account["password"])
    assert page.status == 422 and "horen niet bij elkaar" in page.alerts[0]


def test_a_forgotten_password_is_replaced_and_nothing_else(shared, person):
    before = browser(shared)
    code_is_fresh(shared, person["user"])
    before.sign_in(person)
    def asked(user):
        client = browser(shared)
        page = client.submit(client.get("/forgot"), "/forgot", user=user, source="127.0.8.1")
        return page.status, page.path, page.text
    assert asked(person["user"].upper()) == asked("nobody@nowhere.example")
    client = browser(shared)
    page = client.get(link_in(shared, person["user"], "wachtwoord-herstel"))
    person["password"] = PASSWORD + " en een bel"
    page = client.submit(page, password=person["password"], password_again=person["password"])
    assert page.path == "/sign-in/code", "the second factor was not asked"
    assert not is_in(client) and not is_in(before)
    code_is_fresh(shared, person["user"])
    page = client.submit(client.get("/sign-in/code"), "/sign-in/code", code=totp(person["totp_secret"]))
    assert is_in(client)
    wait_for(lambda: [mail for mail in shared.mails(X_Sluis_Kind="account-gewijzigd")
                      if person["user"] in str(mail["To"])], "a mail about the change")
    assert browser(shared).password(person["user"], PASSWORD).status == 422
    assert not shared.mails(To="nobody@nowhere.example")


def test_power_over_the_account_asks_for_the_password_again(shared, person):
    shared.query("DELETE FROM portal.attempt")  # as if the guesses above were of long ago
    client = browser(shared)
    code_is_fresh(shared, person["user"])
    client.sign_in(person)
    for path in ("/account/recovery-codes", "/account/second-factor"):
        page = client.submit(client.get(path), path, current="niet mijn wachtwoord", source="127.0.7.1")
        assert page.status == 422 and page.alerts, path
    page = client.submit(client.get("/account/recovery-codes"), "/account/recovery-codes", current=person["password"])
    assert len(page.by_id["recovery-codes"].split()) == 10
    assert client.get("/account").by_id["codes-left"] == "10"
    page = client.submit(client.get("/account/second-factor"), "/account/second-factor", current=person["password"])
    secret = page.by_id["secret"]
    assert secret.replace(" ", "") != person["totp_secret"].replace(" ", "")
    page = client.submit(page, "/account/second-factor/code", code=totp(secret))
    assert len(page.by_id["recovery-codes"].split()) == 10, page.alerts
    person["totp_secret"] = secret
    code_is_fresh(shared, person["user"])
    other = browser(shared)
    assert other.sign_in(person).status == 200
    fresh = PASSWORD + " en een mand"
    page = client.submit(client.get("/account/password"), "/account/password", current=person["password"],
                         password=fresh, password_again=fresh)
    assert page.path == "/account", page.alerts
    person["password"] = fresh
    assert is_in(client) and not is_in(other)
    assert events(shared, person["user"])[-1] == "account.password-set"


def test_what_an_account_is_cannot_be_told_from_the_time(shared, person):
    client = browser(shared)
    page = client.get("/sign-in")
    took = {"known": [], "unknown": []}
    for guess in range(20):
        kind, user = (("known", person["user"]), ("unknown", "nobody@p0001.example"))[guess % 2]
        begun = time.perf_counter()
        assert client.submit(page, "/sign-in", user=user, password="raden", source=f"127.0.4.{guess + 1}").status == 422
        took[kind].append(time.perf_counter() - begun)
    known, unknown = statistics.median(took["known"]), statistics.median(took["unknown"])
    assert abs(known - unknown) / max(known, unknown) < 0.2, took


def test_changed_terms_are_asked_again(shared):
    client = sign_in(shared, "municipality")
    terms = shared.folder / "portal" / "terms.txt"
    before = terms.read_text()
    try:
        terms.write_text("Nieuwe voorwaarden.\n\nLees ze <b>goed</b>.\n")
        os.kill(shared.info["pids"]["portal"], signal.SIGHUP)
        page = wait_for(lambda: (page := client.get("/account")).path == "/terms" and page, "the new terms")
        assert "veranderd" in page.text and "<b>goed" not in page.body.decode()
        assert client.submit(page, "/terms").status == 200 and is_in(client)
    finally:
        terms.write_text(before)
        os.kill(shared.info["pids"]["portal"], signal.SIGHUP)


def test_without_its_database_the_portal_says_so(shared):
    client = sign_in(shared, "auditor")
    shared.kill("postgres")
    page = client.get("/account", follow=False)
    assert page.status == 503 and "even niet bereikbaar" in page.text
    assert browser(shared).get("/static/portal.css").status == 200
    shared.up()
    wait_for(lambda: client.get("/account").status == 200, "the portal is back")
    assert is_in(client)
