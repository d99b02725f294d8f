"""A person uploads: tests a wrong spreadsheet, mends it, delivers it, and holds a receipt with their account in it. And
what somebody else cannot do with an upload, a name, a signature or an address."""

import contextlib
import hashlib
import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import threading
import urllib.parse

import pytest

from instance import Instance, csv, remove, state_of, wait_for
from portal_client import PortalClient, multipart, totp
from test_sequence import IN_THE_PORTAL

NAME = "jeugdhulp_2026H1.csv"
WRONG = (b"20260601;01;", b"20260601;;")


@pytest.fixture(scope="module")
def instance(tmp_path_factory):
    made = Instance(tmp_path_factory.mktemp("upload") / "i", providers=2).up()
    yield made
    made.down()
    remove(made.folder)


@pytest.fixture(scope="module")
def person(instance):
    client = PortalClient(instance.info["portal"])
    client.sign_in(client.account("provider"))
    return client


@pytest.fixture()
def other(instance, person):
    """The same browser, for as long as the test lasts, in the hands of somebody of P0002."""
    instance.query("update portal.account set subject = 'P0002' where role = 'provider'")
    yield person
    instance.query("update portal.account set subject = 'P0001' where role = 'provider'")


def inbox(instance, user="p0001", folder="inbox") -> set[str]:
    return set(os.listdir(drop(instance) / user / folder))


def drop(instance) -> pathlib.Path:
    text = pathlib.Path(instance.info["config"]).read_text()
    return pathlib.Path(re.search(r"^drop: (.+)$", text, re.M).group(1).strip())


def send(person, name, content, **more):
    files = {"file": (name, content)} | ({"signature": more.pop("signature")} if "signature" in more else {})
    return person.submit(person.get("/upload"), "/upload", files=files, **more)


def decide(person, page, what, **fields):
    return person.submit(page, page.path, do=what, **fields)


def status(person, page, settled):
    return wait_for(lambda: (lambda now: now if settled in now.text else None)(
        person.get(page.path + "?" + urllib.parse.urlsplit(page.url).query)), f"{settled} on {page.url}")


def test_a_wrong_file_is_tested_mended_delivered_and_its_receipt_names_the_person(instance, person):
    assert "niet groter dan 4 GiB (4.294.967.296 bytes)." in person.get("/upload").text
    wrong = send(person, NAME, csv(12).replace(*WRONG))
    assert re.fullmatch("/upload/[0-9a-f]{32}", wrong.path), wrong.text
    assert "Klopt dit?" in wrong.text and NAME in wrong.text
    digest = hashlib.sha256(csv(12).replace(*WRONG)).hexdigest()
    assert digest in wrong.text.replace(" ", "")
    tested = decide(person, wrong, "test")
    assert b'http-equiv="refresh"' in tested.body, "without a script the page asks again by itself"
    verdict = status(person, tested, "VAL01")
    assert b'http-equiv="refresh"' not in verdict.body
    assert "Niet goed" in verdict.text and "Kies het bestand opnieuw" not in verdict.text
    with in_english(instance):
        english = person.get(tested.path + "?" + urllib.parse.urlsplit(tested.url).query)
    assert "As a delivery this file would not be accepted." in english.text
    assert "VAL01 Records have errors" in english.text and "Mend the records named" in english.text
    assert 'lang="nl">Proefcontrole' in english.body.decode()
    findings = next(href for href, _ in verdict.links if href.endswith("findings.csv"))
    assert person.get(findings).body.startswith(b"\xef\xbb\xbfrij;veld;regel")
    good = status(person, decide(person, send(person, NAME, csv(12, mark=7)), "test"), "GOED:")
    assert ("/upload", "Kies het bestand opnieuw") in good.links
    assert instance.deliveries() == [], "a test is no delivery"

    content = csv(12)
    page = send(person, "onze lijst van maandag.csv", content, period="jeugdhulp_2026H1")
    assert NAME in page.text and any("Aanleveren" in form.text for form in page.forms)
    assert instance.deliveries() == [], "not confirmed yet"
    done = decide(person, page, "deliver")
    assert done.path == f"/upload/status/{NAME}"
    signature = (drop(instance) / "p0001" / "inbox" / f"{NAME}.sig").read_bytes()  # at rest for 0.7 s before it goes
    queued = status(person, done, "In de rij")
    row = instance.wait_state("queued", NAME)
    instance.sluis("run", "now")
    row = instance.wait_state("accepted", NAME)
    assert row["records"] == 12

    seen = person.get(f"/deliveries/{row['id']}")
    assert "Geaccepteerd" in seen.text and queued.status == 200
    receipt = json.loads(person.get(f"/deliveries/{row['id']}/receipt.json").body)
    account, = instance.query("select id from portal.account where role = 'provider'")[0]
    assert receipt["signer"]["account"] == account and receipt["signer"]["second_factor"].endswith("Z")
    assert receipt["sha256"] == hashlib.sha256(content).hexdigest()
    assert instance.query("select uploaded_by from intake.delivery where id = %s", row["id"]) == [(account,)]
    events = [json.loads(each[0]) for each in instance.query("select entry from audit.entry order by index")]
    said = [each for each in events if each["event"] == "delivery.uploaded"]
    assert [each["details"]["to"] for each in said] == ["test", "test", "inbox"]
    assert f"account {account}" in said[2]["actor"]
    accepted = next(each for each in events if each["event"] == "delivery.accepted")
    assert accepted["details"]["account"] == str(account) and accepted["details"]["second_factor"]

    moment = re.sub(r"[-:]|\.\d+", "", receipt["signer"]["second_factor"])
    verify_with_ssh_keygen(instance, content, signature, f"sluis:P0001:jeugdhulp_2026H1:portal:{account}:{moment}")


def verify_with_ssh_keygen(instance, content, signature, space):
    """A third party with the file, its signature, the receipt and the portal's public key."""
    public = (instance.folder / "portal" / "upload_key.pub").read_bytes()
    allowed, file = instance.write("allowed", b"portal " + public), instance.write("signature", signature)
    subprocess.run(["ssh-keygen", "-Y", "verify", "-f", allowed, "-I", "portal", "-n", space, "-s", file],
                   input=content, check=True, capture_output=True)


def test_an_own_signature_is_used_where_there_is_one(instance, person):
    name = "jeugdhulp_2026Q2_own.csv"
    file = instance.write(name, csv(5, mark=3))
    signature = instance.sign(file, "sluis:P0001:jeugdhulp_2026Q2")
    page = send(person, name, file.read_bytes(), signature=(name + ".sig", signature.read_bytes()))
    decide(person, page, "deliver")
    row = instance.wait_state("queued", name)
    assert instance.query("select uploaded_by from intake.delivery where id = %s", row["id"]) == [(None,)]


def test_the_same_upload_cannot_be_confirmed_twice_and_a_name_that_waits_is_not_overwritten(instance, person):
    name = "jeugdhulp_2026-09_twice.csv"
    # A first one that nobody takes: a data file without a signature, over SFTP.
    instance.deliver(name, csv(3), signature=None)
    page = send(person, name, csv(4))
    taken = decide(person, page, "deliver")
    assert taken.status == 422 and "Er staat al een bestand met deze naam klaar" in taken.text
    assert (drop(instance) / "p0001" / "inbox" / name).read_bytes() == csv(3)
    assert name + ".sig" not in inbox(instance)
    instance.sftp(f"rm inbox/{name}")
    assert decide(person, page, "deliver").path == f"/upload/status/{name}"
    assert decide(person, page, "deliver").status == 404
    assert decide(person, page, "test").status == 404
    instance.wait_state("queued", name)


def test_a_stale_second_factor_must_be_shown_again_to_deliver_but_not_to_test(instance, person):
    instance.query("update portal.session set second_factor_at = now() - interval '16 minutes'")
    name = "jeugdhulp_2026-10_code.csv"
    page = send(person, name, csv(2, mark=9))
    assert "code" in page.forms[-1].fields
    assert decide(person, page, "test").path == f"/upload/status/{name}"
    page = send(person, name, csv(2, mark=9))
    assert decide(person, page, "deliver", code="").status == 422
    assert decide(person, page, "deliver", code="123456").status == 422
    instance.query("update portal.account set totp_step = null")
    instance.query("delete from portal.attempt")
    before = person.cookies["__Host-session"]
    done = decide(person, page, "deliver", code=totp(person.account("provider")["totp_secret"]))
    assert done.path == f"/upload/status/{name}", done.text
    assert person.cookies["__Host-session"] != before, "a new token with the new privilege"
    row = instance.wait_state("queued", name)
    fresh, = instance.query("select now() - second_factor_at < interval '1 minute' from intake.delivery"
                            " where id = %s", row["id"])[0]
    assert fresh


def test_nobody_else_sees_or_confirms_an_upload_or_a_delivery(instance, person, request):
    page = send(person, "jeugdhulp_2026Q3_mine.csv", csv(3))
    row = instance.deliveries(file=NAME)[-1]
    paths = [f"/deliveries/{row['id']}{end}" for end in ("", "/receipt.json", "/receipt.json.p7s", "/findings.csv")]
    request.getfixturevalue("other")
    assert person.get(page.path).status == 404
    for path in paths:
        assert person.get(path).status == 404, path
    assert row["id"] not in person.get("/deliveries").text
    assert row["id"] not in person.get("/deliveries?provider=P0001").text
    fields = {"form_token": page.forms[-1].fields["form_token"], "do": "deliver"}
    assert person.post(page.path, fields).status == 404
    assert "jeugdhulp_2026Q3_mine.csv" not in inbox(instance)
    # Somebody else without a role for it, and nobody at all.
    for path in ("/upload", page.path, "/expected", "/contacts"):
        assert PortalClient(instance.info["portal"]).get(path).path == "/sign-in"


def test_a_municipality_has_no_deliveries_and_the_ttp_is_entered_in_the_log(instance, person):
    town = PortalClient(instance.info["portal"])
    town.sign_in(town.account("municipality"))
    row = instance.deliveries(file=NAME)[-1]
    for path in ("/upload", "/deliveries", f"/deliveries/{row['id']}", f"/deliveries/{row['id']}/receipt.json"):
        assert town.get(path).status == 404, path
    auditor = PortalClient(instance.info["portal"])
    auditor.sign_in(auditor.account("auditor"))
    assert row["id"] in auditor.get("/deliveries").text
    assert auditor.get(f"/deliveries/{row['id']}/receipt.json").status == 200
    page = auditor.get(f"/deliveries/{row['id']}").text
    assert "De gegevens zijn geladen." in page and "outbox van de aanbieder" in page
    assert "U hoeft niets" not in page and "uw map" not in page
    assert auditor.get("/upload").status == 404
    views = instance.query("select entry from audit.entry where entry like '%%delivery.viewed%%'")
    assert json.loads(views[-1][0])["subject"] == row["id"]


def test_hostile_names_and_files_come_to_nothing(instance, person):
    before = inbox(instance)
    for name in ("../../etc/passwd", "jeugdhulp_2026H1.csv\\..\\x.csv", "..", "", "jeugdhulp_2026H1_123456782.csv",
                 "jeugdhulp_2026H1.csv.sig", ".jeugdhulp_2026H1.csv", "<script>alert(1)</script>.csv",
                 "jeugdhulp_2026H1.exe", "jeugdhulp_2026H1.csv%00.csv", "onbekend_2026H1.csv", "x" * 400):
        page = send(person, name, b"data")
        assert page.status in (400, 422), f"{name}: {page.status} {page.url}"
        assert b"<script>alert" not in page.body
    assert send(person, NAME, b"").status == 422
    other_period = send(person, "jeugdhulp_2026H1.csv", csv(1), period="jeugdhulp_2026Q3")
    assert other_period.status == 422 and "andere periode" in other_period.text
    token = person.get("/upload").form("/upload").fields["form_token"]
    for fields in ({}, {"form_token": "x" * 43}):
        body, kind = multipart(fields, {"file": (NAME, csv(1))})
        assert person.request("POST", "/upload", body, {"Content-Type": kind}).status == 403
    body, kind = multipart({"form_token": token}, {"file": (NAME, csv(1)), "evil": ("x", b"x")})
    assert person.request("POST", "/upload", body, {"Content-Type": kind}).status == 400
    for path in (f"/upload/status/{NAME}/..%2f..%2f/findings.csv", "/upload/status/..%2f..%2fetc%2fpasswd?since=1",
                 f"/upload/status/{NAME}?since=x", f"/upload/status/{NAME}/D000001x/findings.csv", "/deliveries/%2e%2e"):
        assert person.get(path).status in (400, 404), path
    assert inbox(instance) == before, "nothing is left behind"


def test_leaving_in_mid_upload_cancelling_and_signing_out_leave_nothing(instance, person):
    before = inbox(instance)
    token = person.get("/upload").form("/upload").fields["form_token"]
    body, kind = multipart({"form_token": token}, {"file": ("jeugdhulp_2026Q3.csv", b"x" * 1_000_000)})
    plain = socket.create_connection((person.base.hostname, person.base.port), timeout=10)
    link = person.tls.wrap_socket(plain, server_hostname=person.base.hostname)
    link.sendall((f"POST /upload HTTP/1.1\r\nHost: {person.base.netloc}\r\nOrigin: https://{person.base.netloc}\r\n"
                  f"Sec-Fetch-Site: same-origin\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nCookie: "
                  + "; ".join(f"{name}={value}" for name, value in person.cookies.items()) + "\r\n\r\n").encode())
    link.sendall(body[:600_000])
    wait_for(lambda: len(inbox(instance)) > len(before), "bytes have come")
    assert all(name.startswith(".portal-") and name.endswith(".part") for name in inbox(instance) - before)
    link.close()
    wait_for(lambda: inbox(instance) == before, "what was broken off is gone")

    page = send(person, "jeugdhulp_2026Q3_gone.csv", csv(3))
    assert len(inbox(instance)) == len(before) + 1
    assert decide(person, page, "cancel").path == "/upload"
    assert inbox(instance) == before
    instance.query("update portal.account set totp_step = null")
    leaving = PortalClient(instance.info["portal"])
    leaving.sign_in(leaving.account("provider"))
    send(leaving, "jeugdhulp_2026Q3_gone.csv", csv(3))
    assert len(inbox(instance)) == len(before) + 1
    leaving.submit(leaving.get("/upload"), "/sign-out")
    assert inbox(instance) == before


def test_a_portals_signature_is_worth_nothing_elsewhere(instance, person):
    key = str(instance.folder / "portal" / "upload_key")
    account, = instance.query("select id from portal.account where role = 'provider'")[0]

    def put(name, space, provider):
        instance.deliver(name, csv(6, mark=4), namespace=f"sluis:{space}:portal:{account}:20260101T101500Z", key=key,
                         provider=provider)

    instance.query("insert into register.signer (provider, kind, public_key, fingerprint, label) select 'P0002', kind,"
                   " public_key, fingerprint, label from register.signer where kind = 'portal'")
    put("jeugdhulp_2026H1_a.csv", "P0001:jeugdhulp_2026H1", 1)  # of another provider
    put("jeugdhulp_2026H1_b.csv", "P0002:jeugdhulp_2026H1", 1)  # its agreement does not let people upload
    put("jeugdhulp_2025H2_c.csv", "P0001:jeugdhulp_2026H1", 0)  # of another period
    assert instance.wait_state("quarantined", "jeugdhulp_2026H1_a.csv")["code"] == "SIG02"
    assert instance.wait_state("quarantined", "jeugdhulp_2026H1_b.csv")["code"] == "SIG03"
    assert instance.wait_state("quarantined", "jeugdhulp_2025H2_c.csv")["code"] == "SIG02"
    assert "portaal" in instance.query("select detail from intake.delivery where file = %s",
                                       "jeugdhulp_2026H1_b.csv")[0][0]
    instance.query("delete from register.signer where kind = 'portal' and provider = 'P0002'"
                   " and not exists (select from intake.delivery where signer_id = signer.id)")


def test_what_is_expected_and_whom_to_mail_can_be_seen_and_changed(instance, person):
    expected = person.get("/expected").text
    assert "2026H1" in expected and "Geaccepteerd" in expected and "Nog niets ontvangen" in expected
    page = person.get("/contacts")
    assert "p0001@aanbieder.example" in page.body.decode() and "Dit portaal" in page.text
    assert person.submit(page, "/contacts", mails="geen adres\n<x>").status == 422
    saved = person.submit(page, "/contacts", mails="zorg@aanbieder.example\nict@aanbieder.example")
    assert saved.path == "/contacts" and "zorg@aanbieder.example" in saved.body.decode()
    told = wait_for(lambda: instance.mails(X_Sluis_Kind="adressen-gewijzigd"), "the old and the new addresses are told")
    assert all(address in told[0]["To"] for address in
               ("p0001@aanbieder.example", "zorg@aanbieder.example", "ict@aanbieder.example")), told[0]["To"]
    assert instance.query("select mails from register.provider where code = 'P0001'") == [
        (["zorg@aanbieder.example", "ict@aanbieder.example"],)]
    assert instance.query("select mails from register.provider where code = 'P0002'") != [
        (["zorg@aanbieder.example", "ict@aanbieder.example"],)]


@contextlib.contextmanager
def in_english(instance):
    instance.query("update portal.account set language = 'en' where role = 'provider'")
    try:
        yield
    finally:
        instance.query("update portal.account set language = 'nl' where role = 'provider'")


def plant(instance, id, **columns):
    """A delivery of P0001 as it might stand in the database."""
    columns = {"id": id, "provider": "P0001", "file": f"jeugdhulp_{columns['period']}.csv", "dataset": "jeugdhulp",
               "name_digest": b"d" * 32, "node": "test", "first_seen": "now", "processed": "now"} | columns
    instance.query(f"insert into intake.delivery ({', '.join(columns)}) values ({', '.join(['%s'] * len(columns))})",
                   *columns.values())
    return id


def test_what_is_expected_tells_what_was_refused_and_what_came_after(instance, person):
    def row(period):
        return re.search(rf'<tr><th scope="row">{period}</th>.*?</tr>', person.get("/expected").body.decode(), re.S)[0]

    def told(period):
        return re.findall(r'badge-(\w+)">([^<]+)</span> <a href="/deliveries/(D\d+)"', row(period))

    page = person.get("/expected").body.decode()
    period = re.search(r'<tr><th scope="row">([^<]+)</th><td>Nog niets ontvangen', page)[1]
    bad = plant(instance, "D900001", period=period, state="rejected", code="VAL01")
    assert told(period) == [("bad", "Afgekeurd", bad)]
    assert "Nog niets ontvangen" not in row(period)
    assert "Er is nog niets geaccepteerd" in row(period)
    instance.query("update intake.delivery set state = 'quarantined', code = 'SIG02' where id = %s", bad)
    assert told(period) == [("bad", "Niet geopend", bad)]
    held = plant(instance, "D900002", period=period, state="held", code="DEL01")
    assert told(period) == [("wait", "Vastgehouden", held)], "what was refused before it does not count"
    good = instance.deliveries(file=NAME)[-1]["id"]
    assert told("2026H1") == [("good", "Geaccepteerd", good)]
    plant(instance, "D900003", period="2026H1", state="held", code="DEL01")
    plant(instance, "D900004", period="2026H1", state="rejected", code="VAL01")
    assert told("2026H1") == [("good", "Geaccepteerd", good), ("wait", "Vastgehouden", "D900003"),
                              ("bad", "Afgekeurd", "D900004")]
    assert "Er is nog niets geaccepteerd" not in row("2026H1")
    instance.query("delete from intake.delivery where id >= 'D900001'")


def test_a_refusal_is_told_in_the_language_of_the_page(instance, person):
    wrong = plant(instance, "D900001", period="2026-05", state="rejected", code="VAL01", records=60, wrong_records=16,
                  detail="16 van de 60 records hebben fouten.")
    named = plant(instance, "D900002", period="2026-05", state="rejected", code="FMT02",
                  detail="De kolom bsn ontbreekt.")
    page = person.get(f"/deliveries/{wrong}").text
    assert "Herstel de genoemde records" in page and "16 van de 60 records" in page
    with in_english(instance):
        page = person.get(f"/deliveries/{wrong}")
        assert "Mend the records named in your own system" in page.text
        assert "Records with errors: 16 of 60." in page.text
        assert "Herstel" not in page.text and "hebben fouten" not in page.text
        page = person.get(f"/deliveries/{named}")
        assert "Compare the names of the columns" in page.text
        assert '<p lang="nl">De kolom bsn ontbreekt.</p>' in page.body.decode()
    instance.query("delete from intake.delivery where id >= 'D900001'")


def test_a_deliverys_documents_bear_the_name_of_what_they_prove(instance, person):
    good = instance.deliveries(file=NAME)[-1]["id"]
    page = person.get(f"/deliveries/{good}").text
    assert "Verwerkingsbewijs (receipt.json)" in page and "Ontvangstbewijs" not in page
    fresh = plant(instance, "D900001", period="2026-05", state="rejected", code="VAL01")
    page = person.get(f"/deliveries/{fresh}").text
    assert "Wij maken de documenten nu" in page and "bewijs (" not in page
    outbox = drop(instance) / "p0001" / "outbox"
    proof = outbox / f"jeugdhulp_2026-05.csv.{fresh}.receipt.json"
    shutil.copy(outbox / f"{NAME}.{good}.receipt.json", proof)
    shutil.chown(proof, *[getattr(outbox.stat(), each) for each in ("st_uid", "st_gid")])
    page = person.get(f"/deliveries/{fresh}").text
    assert "Ontvangstbewijs (receipt.json)" in page and "Wij maken" not in page
    proof.unlink()
    instance.query("update intake.delivery set processed = now() - interval '91 days' where id = %s", fresh)
    assert "Documenten blijven 90 dagen staan" in person.get(f"/deliveries/{fresh}").text
    instance.query("delete from intake.delivery where id >= 'D900001'")


def test_a_deliverys_page_says_how_many_findings_it_shows(instance, person):
    id = plant(instance, "D900001", period="2026-05", state="rejected", code="VAL01")
    instance.query("insert into intake.finding_count (delivery, rule, severity, count)"
                   " values (%s, 'JH008', 'fout', 2)", id)
    instance.query("insert into intake.finding (delivery, ord, row, rule, severity)"
                   " select %s, n, n, 'JH008', 'fout' from generate_series(1, 2) as n", id)
    page = person.get(f"/deliveries/{id}").text
    assert "De bevindingen: 2." in page and "eerste" not in page
    instance.query("update intake.finding_count set count = 1234 where delivery = %s", id)
    instance.query("insert into intake.finding (delivery, ord, row, rule, severity)"
                   " select %s, n, n, 'JH008', 'fout' from generate_series(3, 101) as n", id)
    assert "De eerste 100 van 1.234 bevindingen." in person.get(f"/deliveries/{id}").text
    for table in ("finding", "finding_count"):
        instance.query(f"delete from intake.{table} where delivery = %s", id)
    instance.query("delete from intake.delivery where id = %s", id)


def test_who_signed_in_long_ago_changes_no_addresses(instance, person):
    before = instance.query("select mails from register.provider where code = 'P0001'")
    page = person.get("/contacts")
    instance.query("update portal.session set second_factor_at = now() - interval '61 minutes'")
    try:
        refused = person.submit(page, "/contacts", mails="indringer@elders.example")
        assert refused.status == 403 and "Meld u af en weer aan" in refused.text
        assert "indringer@elders.example" in refused.body.decode(), "what was typed is not lost"
        assert instance.query("select mails from register.provider where code = 'P0001'") == before
    finally:
        instance.query("update portal.session set second_factor_at = now()")


def test_an_agreement_says_who_uploads_and_the_portals_key_can_be_revoked(instance, person):
    assert {each["upload"] for each in json.loads(instance.sluis("agreement", "list", "--json").stdout)} == {
        "automation", "person"}
    signer = next(each for each in json.loads(instance.sluis("provider", "show", "P0001", "--json").stdout)["signers"]
                  if each["kind"] == "portal")
    instance.sluis("provider", "revoke-signer", "P0001", signer["fingerprint"])
    name = "jeugdhulp_2026Q3_revoked.csv"
    decide(person, send(person, name, csv(2, mark=2)), "deliver")
    assert instance.wait_state("quarantined", name)["code"] == "SIG04"
    instance.sluis("agreement", "add", "--provider", "P0001", "--municipality", "GM0363", "--dataset", "jeugdhulp",
                   "--from", "2026-01-01", "--upload", "person")
    after = json.loads(instance.sluis("provider", "show", "P0001", "--json").stdout)["signers"]
    assert [each["revoked"] is None for each in after if each["kind"] == "portal"] == [False, True]
    assert instance.sluis("agreement", "add", "--provider", "P0001", "--municipality", "GM0363", "--dataset", "x",
                          "--from", "2026-01-01", "--upload", "fax", check=False).returncode == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="a small file system needs root")
def test_a_full_disk_is_told_and_leaves_nothing(instance, person):
    home = drop(instance) / "p0002" / "inbox"
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k,mode=2770", "none", home], check=True)
    try:
        shutil.chown(home, *[getattr((drop(instance) / "p0002" / "test").stat(), each) for each in ("st_uid", "st_gid")])
        instance.query("update portal.account set subject = 'P0002' where role = 'provider'")
        instance.query("update register.agreement set upload = 'person' where provider = 'P0002'")
        page = send(person, "jeugdhulp_2026Q3.csv", b"x" * 2_000_000)
        assert page.status == 503 and "geen ruimte" in page.text
        assert os.listdir(home) == []
    finally:
        instance.query("update portal.account set subject = 'P0001' where role = 'provider'")
        subprocess.run(["umount", home], check=True)


def test_a_deliverys_page_tells_errors_before_signals(instance, person):
    id, = instance.query("select id from intake.delivery where provider = 'P0001' and file = %s", NAME)[0]
    for order, (row, rule, severity) in enumerate([(701, "JH112", "signaal"), (702, "JH008", "fout")], 10_000):
        instance.query("insert into intake.finding (delivery, ord, row, rule, severity) values (%s, %s, %s, %s, %s)",
                       id, order, row, rule, severity)
        instance.query("insert into intake.finding_count (delivery, rule, severity, count) values (%s, %s, %s, 1)"
                       " on conflict do nothing", id, rule, severity)
    page = person.get(f"/deliveries/{id}").body.decode()
    assert 0 < page.index("<td>702</td>") < page.index("<td>701</td>")
    received, = instance.query("select to_char(received at time zone 'Europe/Amsterdam', 'FMDD FMMonth YYYY \"at\" HH24:MI')"
                               " from intake.delivery where id = %s", id)[0]
    with in_english(instance):
        assert received in person.get(f"/deliveries/{id}").text


@pytest.mark.parametrize("step", IN_THE_PORTAL)
def test_the_portal_killed(instance, person, step):
    name = f"jeugdhulp_2026Q3_{step.replace('.', '-')}.csv"
    instance.kill("portal")
    instance.up(SLUIS_STOP_AT=step)

    def upload():
        with contextlib.suppress(OSError, http.client.HTTPException):
            decide(person, send(person, name, csv(7)), "deliver")
    hand = threading.Thread(target=upload)
    hand.start()
    wait_for(lambda: state_of(instance.info["pids"]["portal"]) == "T", f"the portal is at {step}")
    instance.kill("portal")
    hand.join(60)
    instance.up()
    assert not any(each.startswith(".portal-") for each in inbox(instance)), "what was under way is gone"
    # Without its signature a file is a delivery that still waits, for the person to see.
    assert all(each["state"] in ("receiving", "waiting") for each in instance.deliveries(file=name))
    again = name.replace(".csv", "-2.csv")
    page = decide(person, send(person, again, csv(7)), "deliver")
    assert page.status == 200, page.text
    instance.wait_state("queued", again)
