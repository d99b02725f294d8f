"""Operations in the browser: the same change and the same entry in the log as on the command line, by the person whose
session it is; a provider's way from a public form to signing in; and a log that was broken is told."""

import json
import re
import socket

import pytest

from instance import Instance, csv, remove, wait_for
from portal_client import PortalClient, totp

NAME = "jeugdhulp_2026H1.csv"
OPERATOR = re.compile(r"^[^ ]+@[^ ]+ \(account \d+, operator\)$")


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    made = Instance(tmp_path_factory.mktemp("operations") / "i", providers=3).up()
    yield made
    made.down()
    remove(made.folder)


@pytest.fixture(scope="module")
def operator(shared):
    person = PortalClient(shared.info["portal"])
    person.sign_in(person.account("operator"))
    return person


@pytest.fixture(scope="module")
def auditor(shared):
    person = PortalClient(shared.info["portal"])
    person.sign_in(person.account("auditor"))
    return person


def events(instance: Instance, subject: str, what: str) -> list[dict]:
    found = [json.loads(text) for text, in instance.query(
        "select entry from audit.entry where entry::json ->> 'subject' = %s order by index", subject)]
    return [each for each in found if each["event"] == what]


def same(one: dict, other: dict) -> bool:
    """But for who, when, and through which program."""
    return all(one[key] == other[key] for key in ("event", "subject", "responsible", "details"))


def held(instance: Instance, *providers: int) -> list[str]:
    """A delivery of each that would delete too much."""
    for content in (csv(20), csv(3, mark=7)):
        before = len(instance.deliveries())
        for provider in providers:
            instance.deliver(NAME, content, provider=provider)
        wait_for(lambda: [row["state"] for row in instance.deliveries()[before:]] == ["queued"] * len(providers), "queued")
        instance.sluis("run", "now")
    codes = {row["provider"]: row["id"] for row in instance.deliveries(state="held")}
    return [codes[instance.provider(provider)["code"]] for provider in providers]


def state(instance: Instance, delivery: str) -> str:
    return next(row["state"] for row in instance.deliveries() if row["id"] == delivery)


def test_a_hold_is_released_in_the_browser_and_loaded_by_the_run_and_the_log_names_the_person(shared, operator):
    by_hand, by_command = held(shared, 0, 1)
    page = operator.get("/operations")
    assert by_hand in page.text and by_command in page.text
    path = f"/operations/deliveries/{by_hand}/release"
    missing = operator.submit(page, path, reason="")
    assert missing.status == 422 and missing.alerts, "a reason is obligatory"
    assert state(shared, by_hand) == "held"
    done = operator.submit(page, path, reason="bevestigd door de aanbieder")
    assert (done.status, done.path) == (200, "/operations")
    assert state(shared, by_hand) == "queued"
    shared.sluis("delivery", "release", by_command, "--reason", "bevestigd door de aanbieder")
    one, = events(shared, by_hand, "delivery.released")
    other, = events(shared, by_command, "delivery.released")
    assert OPERATOR.match(one["actor"]) and not OPERATOR.match(other["actor"])
    assert one["system"] == other["system"] == "sluisd"
    assert one["details"] == other["details"] and one["responsible"] == other["responsible"]

    asked = operator.submit(operator.get("/operations"), "/operations/run")
    assert asked.status == 200
    wait_for(lambda: state(shared, by_hand) == "accepted", "loaded by the run that was asked for")
    again = operator.post(path, {"form_token": page.form(path).fields["form_token"], "reason": "nog eens"})
    assert again.status == 422 and "wordt niet meer vastgehouden" in again.text


def test_a_provider_is_suspended_by_a_button_as_by_a_command(shared, operator):
    code, other = shared.provider(0)["code"], shared.provider(1)["code"]
    page = operator.submit(operator.get(f"/operations/providers/{code}"), f"/operations/providers/{code}/suspend")
    assert page.status == 200
    shared.sluis("provider", "suspend", other)
    for each in (code, other):
        assert json.loads(shared.sluis("provider", "show", each, "--json").stdout)["suspended"]
    one, = events(shared, code, "provider.suspended")
    two, = events(shared, other, "provider.suspended")
    assert same(one, {**two, "subject": code})
    assert OPERATOR.match(one["actor"])
    assert (one["system"], two["system"]) == ("sluisd", "sluis")
    operator.submit(page, f"/operations/providers/{code}/resume")
    shared.sluis("provider", "resume", other)
    assert not json.loads(shared.sluis("provider", "show", code, "--json").stdout)["suspended"]


def test_an_agreement_ends_after_it_was_asked_twice(shared, operator):
    code = shared.provider(2)["code"]
    number = next(each["id"] for each in json.loads(shared.sluis("agreement", "list", "--json").stdout)
                  if each["provider"] == code)
    page = operator.get(f"/operations/agreements/{number}/end")
    assert operator.submit(page, until="not a day").status == 422
    assert not events(shared, code, "agreement.ended")
    assert operator.submit(page, until="2030-12-31").path == "/operations/agreements"
    one, = events(shared, code, "agreement.ended")
    assert one["details"]["until"] == "2030-12-31" and OPERATOR.match(one["actor"])


def test_an_auditor_sees_everything_and_changes_nothing(shared, operator, auditor):
    code = shared.provider(0)["code"]
    for path in ("/operations", "/operations/providers", f"/operations/providers/{code}", "/operations/agreements",
                 "/operations/accounts", "/operations/applications"):
        page = auditor.get(path)
        assert page.status == 200, path
        assert {form.action for form in page.forms} <= {"/language", "/sign-out"}, f"{path} has buttons"
    token = auditor.get("/operations").form("/sign-out").fields["form_token"]
    before = shared.query("select count(*) from audit.entry where entry::json ->> 'system' in ('sluis', 'sluisd')")
    for path in ("/operations/run", "/operations/deliveries/D000001/release", f"/operations/providers/{code}/suspend",
                 "/operations/agreements/1/end", "/operations/accounts/invite", "/operations/accounts/disable",
                 "/operations/applications/1/sent", "/operations/applications/1/in-force"):
        assert auditor.post(path, {"form_token": token, "reason": "x", "user": "x@y.nl"}).status == 404, path
    assert auditor.get("/operations/agreements/1/end").status == 404
    assert before == shared.query(
        "select count(*) from audit.entry where entry::json ->> 'system' in ('sluis', 'sluisd')")


def test_others_find_no_operations_at_all(shared):
    for role in ("provider", "municipality"):
        person = PortalClient(shared.info["portal"])
        person.sign_in(person.account(role))
        token = person.get("/account").form("/sign-out").fields["form_token"]
        for path in ("/operations", "/operations/providers", "/operations/accounts", "/operations/applications/1"):
            assert person.get(path).status == 404, f"{role} {path}"
        assert person.post("/operations/run", {"form_token": token}).status == 404


def ask(instance: Instance, command: str, **arguments) -> dict:
    """sluisd, over its socket, as any program of this machine's administrator can."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(instance.info["control"])
        connection.sendall(json.dumps({"command": command, "arguments": arguments}).encode() + b"\n")
        return json.loads(connection.makefile().readlines()[-1])


def test_sluisd_judges_a_session_and_not_who_brings_it(shared, operator, auditor):
    code = shared.provider(0)["code"]
    for session in ("", "x", "A" * 43, auditor.cookies["__Host-session"], None, ["x"]):
        answer = ask(shared, "provider-suspend", session=session, provider=code)
        assert answer["ok"] is False and answer["usage"], session
        assert answer["reason"] in ("session-over", "not-allowed"), session
    person = PortalClient(shared.info["portal"])
    person.sign_in(person.account("provider"))
    own = person.cookies["__Host-session"]
    mails = shared.provider(1)["mail"]
    assert ask(shared, "provider-suspend", session=own, provider=code)["ok"] is False
    # It names another provider: only its own changes.
    assert ask(shared, "provider-mails", session=own, provider=shared.provider(1)["code"],
               mails=["new@aanbieder.example"])["ok"]
    assert json.loads(shared.sluis("provider", "show", shared.provider(1)["code"], "--json").stdout)["mail"] == [mails]
    assert json.loads(shared.sluis("provider", "show", code, "--json").stdout)["mail"] == ["new@aanbieder.example"]
    for command in ("rotate", "reload", "snapshot", "erase-snapshot"):
        assert ask(shared, command, session=operator.cookies["__Host-session"])["ok"] is False, command


APPLICATION = {
    "organisation": "Stichting <b>Nieuw</b> & Co", "kvk": "12345678", "street": "Kade 1", "postcode": "1315 AB",
    "town": "Almere", "contact_name": "J. de Vries", "contact_mail": "j.devries@nieuw.example",
    "contact_phone": "036-1234567", "municipalities": "Almere", "upload": "person", "format": "xlsx",
    "person_name_1": "A. Jansen", "person_mail_1": "a.jansen@nieuw.example",
}


def link_in(mail) -> str:
    return re.search(r"https://\S+?(/\S+)", mail.get_body(("plain",)).get_content().replace("=\n", "")).group(1)


def mail_to(instance: Instance, kind: str, to: str):
    return wait_for(lambda: [mail for mail in instance.mails(X_Sluis_Kind=kind) if to in mail["To"]], f"{kind} to {to}",
                    20)[-1]


def test_a_provider_applies_and_signs_in(shared, operator):
    anybody = PortalClient(shared.info["portal"])
    form = anybody.get("/apply")
    wrong = anybody.submit(form, "/apply", **{**APPLICATION, "kvk": "123", "municipalities": "Nergenshuizen"})
    assert wrong.status == 422
    assert wrong.by_id["kvk-error"] and wrong.by_id["municipalities-error"]
    assert wrong.form("/apply").fields["contact_mail"] == "j.devries@nieuw.example", "what was typed is kept"
    sent = anybody.submit(form, "/apply", **APPLICATION)
    assert sent.path == "/apply/received"

    link = link_in(mail_to(shared, "aanmelding-ontvangen", "j.devries@nieuw.example"))
    assert "Ontvangen" in anybody.get(link).text
    assert anybody.get("/apply/" + "A" * 43).status == 404
    listed = operator.get("/operations/applications")
    number, = re.findall(r"/operations/applications/(\d+)", " ".join(href for href, _ in listed.links))
    one = f"/operations/applications/{number}"
    assert "<b>Nieuw</b>" in operator.get(one).text, "shown as it was typed, not as markup"

    code = "P0777"
    for step, fields in (("sent", {}), ("received", {"note": "dossier 2026-17"}),
                         ("in-force", {"code": code, "from": "2026-01-01"}), ("invite", {})):
        page = operator.submit(operator.get(one), f"{one}/{step}", **fields)
        assert page.status == 200, f"{step}: {page.alerts}"
    assert "Personen uitgenodigd" in anybody.get(link).text
    whats = [json.loads(text)["event"] for text, in shared.query(
        "select entry from audit.entry where entry::json ->> 'subject' = %s order by index", f"application-{number}")]
    assert whats == ["application.received", "application.agreement-sent", "application.agreement-received",
                     "application.in-force", "application.invited"]
    agreement, = [each for each in json.loads(shared.sluis("agreement", "list", "--json").stdout)
                  if each["provider"] == code]
    assert agreement["municipality"] == "GM0034"

    shared.sluis("run", "now")  # mail goes at once
    person = PortalClient(shared.info["portal"])
    page = person.get(link_in(mail_to(shared, "uitnodiging", "a.jansen@nieuw.example")))
    page = person.submit(page, password="een lange zin over water", password_again="een lange zin over water")
    assert page.path == "/enrol", f"{page.path} {page.alerts}"
    person.submit(page, "/enrol", code=totp(page.by_id["secret"]))
    person.submit(person.get("/deliveries"), "/terms")
    assert person.get("/deliveries").path == "/deliveries"
    assert operator.get("/operations/providers").text.count(code) == 1
    assert [each["user"] for each in json.loads(shared.sluis("account", "list", "--json").stdout)
            if each["user"] == "a.jansen@nieuw.example"]


def test_the_same_by_command(shared):
    """Declining is one command, and the contact is told why."""
    anybody = PortalClient(shared.info["portal"])
    anybody.submit(anybody.get("/apply"), "/apply", **{**APPLICATION, "contact_mail": "x@elders.example"})
    number = str(json.loads(shared.sluis("application", "list", "--json").stdout)[-1]["id"])
    assert "Nieuw" in shared.sluis("application", "show", number).stdout
    assert shared.sluis("application", "invite", number, check=False).returncode == 2, "not before it is in force"
    shared.sluis("application", "decline", number, "--reason", "geen jeugdhulp")
    told = mail_to(shared, "aanmelding-afgewezen", "x@elders.example")
    assert "geen jeugdhulp" in told.get_body(("plain",)).get_content()
    assert json.loads(shared.sluis("application", "list", "--json").stdout) == []


def test_what_cannot_be_done_is_said_in_the_language_of_the_page(shared, operator):
    anybody = PortalClient(shared.info["portal"])
    anybody.submit(anybody.get("/apply"), "/apply",
                   **{**APPLICATION, "contact_mail": "z@zeewolde.example", "municipalities": "Zeewolde"})
    number = str(json.loads(shared.sluis("application", "list", "--json").stdout)[-1]["id"])
    shared.sluis("application", "agreement-sent", number)
    one = f"/operations/applications/{number}"
    early = operator.post(f"{one}/in-force", {"code": "P0888", "from": "2026-01-01",
                                              "form_token": operator.get(one).form("/sign-out").fields["form_token"]})
    assert early.status == 422 and "Deze stap kan nu niet" in early.text
    shared.sluis("application", "agreement-received", number)
    for code, said in (("?", "kan geen code van een aanbieder zijn"),
                       (shared.provider(0)["code"], "is al van een andere aanbieder"),
                       ("P0888", "Voor gemeente GM0050 is er nog geen sleutel")):
        page = operator.submit(operator.get(one), f"{one}/in-force", code=code, **{"from": "2026-01-01"})
        assert page.status == 422 and said in page.text and "Sluis zegt waarom" not in page.text, code
    accounts = operator.get("/operations/accounts")
    for role, of, said in (("municipality", "GM9999", "Gemeente GM9999 staat niet in onze codelijst"),
                           ("municipality", "P0001", "is geen code van een gemeente"),
                           ("operator", "GM0034", "Laat dat veld leeg")):
        page = operator.submit(accounts, "/operations/accounts/invite", user="n@n.example", name="N", role=role,
                               subject=of)
        assert page.status == 422 and said in page.text, of
    shared.sluis("application", "decline", number, "--reason", "geen sleutel")


def test_a_flood_of_applications_ends(shared):
    anybody = PortalClient(shared.info["portal"])
    form = anybody.get("/apply")
    answers = [anybody.submit(form, "/apply", **{**APPLICATION, "contact_mail": f"flood{n}@d.example"}, follow=False)
               for n in range(8)]
    assert answers[-1].status == 429 and int(answers[-1].headers["Retry-After"]) >= 1
    assert answers[-1].form("/apply").fields["organisation"] == APPLICATION["organisation"]


def test_a_broken_log_is_told_and_shown(shared, operator):
    shared.sluis("audit", "verify")
    assert json.loads(shared.sluis("status", "--json", check=False).stdout)["database"]["log"]["good"]
    shared.query("alter table audit.entry disable trigger all")
    shared.query("update audit.entry set entry = replace(entry, '2026', '2025') where index = 0")
    shared.query("alter table audit.entry enable always trigger refuse_change")
    shared.query("alter table audit.entry enable always trigger continue_chain")
    shared.query("update audit.verification set at = at - interval '2 days'")
    shared.kill("sluisd")  # it looks at its start
    shared.up()
    wait_for(lambda: shared.mails(X_Sluis_Kind="logboek-beschadigd"), "the operators are told")
    status = shared.sluis("status", "--json", check=False)
    assert status.returncode == 1 and not json.loads(status.stdout)["database"]["log"]["good"]
    page = operator.get("/operations")
    assert "Klopt niet" in page.text and "entry 0 was changed" in page.text
