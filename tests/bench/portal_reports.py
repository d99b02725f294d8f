#!/usr/bin/python3
"""Report pages of the portal over a million trajectories, at fifty requests a second from people with a browser.

    tests/bench/portal_reports.py [--rows 1000000] [--rate 50] [--seconds 30]

Starts a sandbox, puts a synthetic snapshot into service, signs in a municipality's and a provider's person, and asks for
reports with filters drawn at random from their own form, over TLS connections that are kept open. Prints one line of JSON:
milliseconds in the portal (its own log: everything between the whole request and the whole answer, sluis-figures and the
entry in the log included), milliseconds as the browser waits, memory of sluis-portal, and the weight of the pages with their
styles. Asserts nothing. Needs the targets sluis sluisd sluis-gate sluis-reader sluis-figures sluis-portal plugins protect_bench.
"""

import argparse
import http.client
import json
import os
import pathlib
import queue
import random
import re
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/scenario"))
from instance import Instance, build_dir, wait_for  # noqa: E402
from portal_client import PortalClient  # noqa: E402

INDICATORS = ("tevredenheid", "zonder-hulp-verder", "doelrealisatie", "uitval", "respons", "herhaald-beroep")
CONNECTIONS = 24


def choices(page) -> dict[str, list[str]]:
    form = page.body.decode().split('<form class="filters', 1)[1].split("</form>", 1)[0]
    found = {}
    for name, inside in re.findall(r'<select id="[^"]+" name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        found[name] = [value or text.strip() for value, text in re.findall(r'<option(?: value="([^"]*)")?[^>]*>([^<]*)', inside)][1:]
    return found


def address(draw: random.Random, filters: dict[str, list[str]]) -> str:
    """One of those that a person could click together: one or two filters, and rows."""
    order = [name for name in filters if name not in ("by", "snapshot")]
    chosen = sorted(draw.sample(range(len(order)), draw.choice((0, 1, 1, 2))))
    words = [f"{order[at]}={draw.choice(filters[order[at]])}" for at in chosen]
    if draw.random() < 0.4:
        words.append(f"by={draw.choice(filters['by'])}")
    return f"/reports/{draw.choice(INDICATORS)}" + ("?" + "&".join(words) if words else "")


def canonical(person: PortalClient, path: str) -> str | None:
    """Where the form would lead; nothing for what is none (a quarter before another)."""
    page = person.request("GET", path)
    for _ in range(3):
        if page.status != 303:
            break
        path = page.headers["Location"]
        page = person.request("GET", path)
    return path if page.status == 200 else None


class Browser(threading.Thread):
    def __init__(self, person: PortalClient, work: queue.Queue):
        super().__init__(daemon=True)
        self.person, self.work = person, work
        self.waited: list[float] = []
        self.weights: list[tuple[int, str]] = []
        self.wrong: list[int] = []

    def run(self):
        connection = http.client.HTTPSConnection(self.person.base.hostname, self.person.base.port, timeout=30,
                                                 context=self.person.tls)
        cookies = "; ".join(f"{name}={value}" for name, value in self.person.cookies.items())
        while (job := self.work.get()) is not None:
            due, path = job
            connection.request("GET", path, headers={"Cookie": cookies, "Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            body = answer.read()
            self.waited.append((time.monotonic() - due) * 1e3)
            self.weights.append((len(body), path))
            if answer.status != 200:
                self.wrong.append(answer.status)


def place(values: list, share: float):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))]


def memory(pid: int, name: str) -> int:
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(rf"{name}:\s+(\d+)", status).group(1)) * 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rate", type=float, default=50)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    draw = random.Random(chosen.seed)

    with tempfile.TemporaryDirectory(prefix="sluis-portal-bench-") as folder:
        instance = Instance(pathlib.Path(folder) / "i", providers=2).up()
        try:
            config = pathlib.Path(instance.info["config"]).read_text()
            snapshots = re.search(r"^\s+snapshots: (.+)$", config, re.M).group(1).strip().strip('"')
            subprocess.run([build_dir() / "bin/protect_bench", "publish", str(chosen.rows), snapshots], check=True,
                           capture_output=True)
            people = []
            for role in ("municipality", "provider"):
                person = PortalClient(instance.info["portal"])
                person.sign_in(person.account(role))
                wait_for(lambda: person.get("/reports/respons").status == 200, "figures are there", 60)
                # Fields differ by indicator: those that all have.
                filters = choices(person.get("/reports/uitval"))
                paths = []
                while len(paths) < 150:
                    path = canonical(person, address(draw, filters))
                    if path:
                        paths.append(path)
                people.append((person, paths))
            log = instance.folder / "log"
            before = {each: each.stat().st_size for each in log.glob("*portal*")}

            queues = [queue.Queue() for _ in people]
            browsers = [Browser(person, queues[i]) for i, (person, _) in enumerate(people) for _ in range(CONNECTIONS // 2)]
            for browser in browsers:
                browser.start()
            begun = time.monotonic()
            for number in range(int(chosen.rate * chosen.seconds)):
                due = begun + number / chosen.rate
                time.sleep(max(0.0, due - time.monotonic()))
                who = number % len(people)
                queues[who].put((due, draw.choice(people[who][1])))
            for i, each in enumerate(queues):
                for _ in range(CONNECTIONS // 2):
                    each.put(None)
            for browser in browsers:
                browser.join()

            text = "".join(each.read_bytes()[size:].decode(errors="replace") for each, size in before.items())
            inside = [int(took) for took in re.findall(r"GET /reports/\{\} 200 (\d+) ms", text)]
            waited = [each for browser in browsers for each in browser.waited]
            styles = sum(len(people[0][0].request("GET", f"/static/{name}").body) for name in ("figures.css", "portal.css"))
            weights = sorted(each for browser in browsers for each in browser.weights)
            pid = instance.info["pids"]["portal"]
            print(json.dumps({
                "rows": chosen.rows, "rate": chosen.rate, "answered": len(waited),
                "wrong": sum(len(browser.wrong) for browser in browsers), "in_log": len(inside),
                "server_median_ms": place(inside, 0.5), "server_p95_ms": place(inside, 0.95), "server_max_ms": max(inside),
                "browser_median_ms": round(place(waited, 0.5), 1), "browser_p95_ms": round(place(waited, 0.95), 1),
                "portal_memory": memory(pid, "VmRSS"), "portal_most_memory": memory(pid, "VmHWM"),
                "figures_memory": memory(instance.info["pids"]["figures"], "VmRSS"),
                "styles": styles, "page_median": styles + weights[len(weights) // 2][0],
                "page_p95": styles + weights[int(0.95 * len(weights))][0],
                "page_largest": styles + weights[-1][0], "largest": weights[-1][1]}))
            if os.environ.get("SLUIS_BENCH_ALL"):
                for weight, path in sorted(set((weight, path) for weight, path in weights))[-40:]:
                    print(weight, path)
        finally:
            instance.down()


if __name__ == "__main__":
    main()
