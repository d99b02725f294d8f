"""The figures in the portal, as the people who look at them: every report, every filter, each role; who looked is in the
log before the page came; and nobody sees another's."""

import concurrent.futures
import io
import json
import re
import subprocess
import urllib.parse
import zipfile

import pytest

from instance import Instance, build_dir, remove, wait_for
from portal_client import PortalClient

INDICATORS = ("tevredenheid", "zonder-hulp-verder", "doelrealisatie", "uitval", "respons", "herhaald-beroep")
PROVIDERS = 3


@pytest.fixture(scope="module")
def instance(tmp_path_factory):
    made = Instance(tmp_path_factory.mktemp("reports") / "i", providers=PROVIDERS).up()
    for provider in range(PROVIDERS):
        file = made.work / f"sample-{provider}.csv"
        subprocess.run([build_dir() / "bin" / "sluis", "sample", "--period", "2026-10", "--records", "600", "--seed",
                        str(provider + 1), "--out", file], check=True, capture_output=True, timeout=60)
        made.deliver("jeugdhulp_2026-10.csv", file.read_bytes(), provider=provider)
    wait_for(lambda: len(made.deliveries(state="queued")) == PROVIDERS, "all are queued")
    made.sluis("run", "now")
    made.sluis("report", "snapshot")
    yield made
    made.down()
    remove(made.folder)


@pytest.fixture(scope="module")
def people(instance):
    """One of each role, signed in."""
    def enter(role):
        client = PortalClient(instance.info["portal"])
        client.sign_in(client.account(role))
        return client
    return {role: enter(role) for role in ("municipality", "provider", "auditor")}


def views(instance) -> list[dict]:
    return [json.loads(row[0]) for row in
            instance.query("SELECT entry FROM audit.entry WHERE event = 'report.viewed' ORDER BY index")]


def choices(page) -> dict[str, list[str]]:
    """Of the form's selects: the values of each, without the empty one."""
    form = page.body.decode().split('<form class="filters', 1)[1].split("</form>", 1)[0]
    found = {}
    for name, inside in re.findall(r'<select id="[^"]+" name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        found[name] = [value or text.strip() for value, text in re.findall(r'<option(?: value="([^"]*)")?[^>]*>([^<]*)', inside)][1:]
    return found


def test_every_report_and_filter_is_there_for_each_role_and_entered_before_it_is_seen(instance, people):
    subjects = {"municipality": "GM0034", "provider": "P0001", "auditor": "TTP"}
    for role, person in people.items():
        for indicator in INDICATORS:
            before = len(views(instance))
            page = person.get(f"/reports/{indicator}")
            assert page.status == 200 and page.url.endswith(f"/reports/{indicator}"), (role, page.url, page.text[:300])
            entry = views(instance)[before:]
            assert len(entry) == 1, (role, indicator)
            assert person.account(role)["user"] in entry[0]["actor"], entry
            assert entry[0]["responsible"] == subjects[role] and entry[0]["details"]["indicator"] == indicator
            assert entry[0]["details"]["role"] == role and entry[0]["details"]["session"].isdigit()
            assert entry[0]["details"]["second_factor"] and entry[0]["details"]["through"]
        filters = choices(page)
        wanted = {"start-from", "start-to", "end-from", "end-to", "reden-einde", "profiel", "verwijzer",
                  "productcategorie", "perspectief", "zorgvraagzwaarte", "hulpvorm", "complexiteit"}
        assert wanted <= set(filters), (role, wanted - set(filters))
        assert ("aanbieder" in filters) == (role != "provider")
        for name in sorted(set(filters) - {"by", "snapshot"}):
            value = filters[name][min(1, len(filters[name]) - 1)]
            page = person.get(f"/reports/uitval?{name}={value}")
            assert page.status == 200, (role, name, value, page.alerts)
            assert views(instance)[-1]["details"]["filters"] == f"{name}={value}"
        for by in filters["by"]:
            assert person.get(f"/reports/respons?by={by}").status == 200, (role, by)
    assert instance.sluis("audit", "verify").returncode == 0


def test_a_page_says_what_the_command_line_says_and_its_downloads_what_the_page_says(instance, people):
    person = people["municipality"]
    page = person.get("/reports/uitval?end-from=2025Q1&by=verwijzer")
    said = json.loads(instance.sluis("report", "uitval", "--as", "municipality:GM0034", "--filter", "end-from=2025Q1",
                                     "--by", "verwijzer", "--json").stdout)
    links = dict((text, href) for href, text in page.links)
    rows = person.get(links["Download als CSV"]).body.decode("utf-8-sig").splitlines()
    shown = [row for row in said["rows"] if row["shown"]]
    assert shown
    for row in said["rows"]:
        line = next(each for each in rows if f";{row['key']};" in each).split(";")
        if row["shown"]:
            assert str(row["count"]) in line
            assert f"{row['count']:,}".replace(",", ".") in page.text
        else:
            assert "niet getoond: te weinig kinderen of te veel van hetzelfde antwoord" in line
    workbook = person.get(links["Download voor Excel"])
    assert workbook.headers["Content-Disposition"].startswith("attachment")
    with zipfile.ZipFile(io.BytesIO(workbook.body)) as book:
        numbers = set(re.findall(r"<v>([0-9.]+)</v>", book.read("xl/worksheets/sheet1.xml").decode()))
    assert {str(row["count"]) for row in shown} <= numbers
    assert person.get(links["Download de grafiek"]).body.startswith(b"<svg")


def test_a_link_shows_each_their_own(instance, people):
    address = "/reports/tevredenheid?verwijzer=02"
    seen = {role: person.get(address) for role, person in people.items()}
    assert "Gemeente Almere" in seen["municipality"].text
    assert "Eigen" in seen["provider"].text and views(instance)[-2]["responsible"] == "P0001"
    form = seen["municipality"].body.decode().split('<form class="filters', 1)[1].split("</form>", 1)[0]
    assert '<option value="02" selected>Huisarts' in form
    # Somebody who still has to sign in comes back to it.
    stranger = PortalClient(instance.info["portal"])
    page = stranger.get(address)
    assert page.path == "/sign-in"
    back = stranger.sign_in(stranger.account("municipality"))
    assert back.url.endswith(address), back.url


def test_nobody_sees_anothers_by_changing_an_address(instance, people):
    before = len(views(instance))
    tries = {
        "municipality": ["/reports/uitval?gemeente=GM0363", "/overview?gemeente=GM0363", "/reports/uitval?as=ttp",
                         "/reports/uitval?aanbieder=P0099", "/reports/uitval?snapshot=GM0363-000001"],
        "provider": ["/reports/uitval?aanbieder=P0002", "/reports/uitval?by=aanbieder", "/reports/uitval?as=provider:P0002",
                     "/reports/uitval?gemeente=GM0363", "/reports/uitval.csv?aanbieder=P0002"],
        "auditor": ["/reports/uitval?gemeente=GM0363", "/overview?gemeente=GM0363", "/reports/..%2f..%2fetc"],
    }
    for role, addresses in tries.items():
        for address in addresses:
            page = people[role].get(address)
            assert page.status in (400, 404, 410), (role, address, page.status)
            assert "gemeten" not in page.text and (role != "provider" or "P0002" not in page.text), (role, address)
    assert len(views(instance)) == before


def test_what_is_wrong_is_named_with_what_is_possible_and_never_said_back(people):
    person = people["municipality"]
    page = person.get("/reports/uitval?verwijzer=99&hulpvorm=02")
    assert page.status == 400 and "Huisarts (02)" in page.alerts[0]
    assert page.form("/reports/uitval").fields["hulpvorm"] == "02"
    for evil in ("<script>alert(1)</script>", "\"><img src=x>", "{{TITLE}}", "[[common.yes]]", "'; drop table x"):
        page = person.get("/reports/uitval?verwijzer=" + urllib.parse.quote(evil))
        assert page.status == 400 and evil not in page.body.decode(), evil


def test_a_form_leads_to_the_address_of_its_view(people):
    person = people["municipality"]
    page = person.submit(person.get("/reports/uitval"), "/reports/uitval", hulpvorm="02", by="end")
    assert page.url.endswith("/reports/uitval?hulpvorm=02&by=end"), page.url
    assert "per kwartaal" in page.text


def test_the_overview_has_the_totals_of_each_provider_and_of_one_snapshot(instance, people):
    before = len(views(instance))
    page = people["municipality"].get("/overview")
    seen = views(instance)[before:]
    assert [each["details"]["indicator"] for each in seen] == list(INDICATORS)
    assert len({each["details"]["snapshot"] for each in seen}) == 1
    links = [href for href, _ in page.links]
    for provider in instance.info["providers"]:
        assert f"/reports/uitval?aanbieder={provider['code']}" in links
    own = people["provider"].get("/overview")
    assert "Gemeente" in own.text and "aanbieder=" not in own.body.decode()


def test_english_by_the_switch(people):
    person = people["provider"]
    person.submit(person.get("/reports"), "/language", language="en")
    page = person.get("/reports/tevredenheid?verwijzer=02")
    assert "Client satisfaction" in page.text and "General practitioner" in page.text
    assert "Why these figures are what they are" in page.text and "gemeten" not in page.text
    person.submit(page, "/language", language="nl")


def test_a_snapshot_that_is_swapped_or_erased_meanwhile_leaves_clear_pages(instance, people):
    person = people["municipality"]
    pinned = next(href for href, text in person.get("/reports/uitval").links if "snapshot=" in href and ".csv" not in href
                  and ".xlsx" not in href and ".svg" not in href)
    pinned = urllib.parse.urlsplit(pinned).path + "?" + urllib.parse.urlsplit(pinned).query
    first = person.get(pinned)
    old = re.search(r"snapshot=(GM0034-\d+)", pinned).group(1)
    file = instance.work / "more.csv"
    subprocess.run([build_dir() / "bin" / "sluis", "sample", "--period", "2026-09", "--records", "400", "--seed", "77",
                    "--out", file], check=True, capture_output=True, timeout=60)
    instance.deliver("jeugdhulp_2026-09.csv", file.read_bytes())
    instance.wait_state("queued", "jeugdhulp_2026-09.csv")
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        work = pool.submit(lambda: (instance.sluis("run", "now"), instance.sluis("report", "snapshot")))
        pages = []
        while not work.done():
            pages.append(person.get("/overview"))
        work.result()
    assert pages and all(page.status == 200 for page in pages)
    of_page = [set(re.findall(r"GM0034-\d{6}", page.text)) for page in pages]
    assert all(len(each) == 1 for each in of_page), of_page
    assert old not in person.get("/reports/uitval").url and old not in person.get("/overview").text
    # The link to exactly those figures still shows them, until they are erased.
    assert re.findall(r"\d+ gemeten", person.get(pinned).text) == re.findall(r"\d+ gemeten", first.text)
    instance.sluis("report", "erase", old)
    gone = person.get(pinned)
    assert gone.status == 410 and "niet meer" in gone.text
    assert any(href == "/reports/uitval" for href, _ in gone.links)


def test_without_sluis_figures_there_is_a_clear_page_and_nothing_is_seen(instance, people):
    before = len(views(instance))
    instance.kill("figures")
    for address in ("/reports/uitval", "/overview"):
        page = people["municipality"].get(address)
        assert page.status == 503 and "storing" in page.text, (address, page.status)
    assert people["municipality"].get("/reports").status == 200
    assert len(views(instance)) == before
