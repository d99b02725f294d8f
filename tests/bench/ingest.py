#!/usr/bin/python3
"""How long from queued to committed, against two bare loads of the same records; how much memory it takes; who waits.

    tests/bench/ingest.py [--records 2000000] [--pairs 3]

Starts a private instance, makes a delivery, and takes turns:

  run     a run of it: signature judged before, every rule, pseudonyms, load, audit entry, messages, commit
  binary  COPY of the rows which that run left in care.trajectory, in PostgreSQL's binary format, into a table of the
          same columns without index
  text    psql \\copy of the delivered file into a table of text columns without index

All three in one cluster, fsync on, WAL at replica level, a checkpoint before each. Prints each turn, the ratios, and for
the last run what each of its stages did: how long it computed, how long it was ready but had no processor, and how long
it slept (for another stage, or the disk). Asserts nothing.
"""

import argparse
import datetime
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "scenario"))
from instance import Instance, remove  # noqa: E402

NAME = "jeugdhulp_2026H1.csv"


def proportional(pid: int) -> int:
    """Pss in bytes: shared pages count once over those who share them. 0 when the process is gone."""
    try:
        for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def children(pid: int) -> list[int]:
    found = []
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(child) for child in task.read_text().split()]
        except OSError:
            pass
    return found


class Watch(threading.Thread):
    """Memory of sluisd and its workers together, and the time of every thread of theirs and of PostgreSQL's."""

    def __init__(self, pids: dict):
        super().__init__(daemon=True)
        self.sluisd, self.postgres = pids["sluisd"], pids["postgres"]
        self.highest, self.done = 0, threading.Event()
        self.first: dict = {}
        self.last: dict = {}
        self.began = time.monotonic()
        self.start()

    def look(self, pid: int, stage: str):
        for task in pathlib.Path(f"/proc/{pid}/task").glob("*"):
            try:
                ran, queued, _ = map(int, (task / "schedstat").read_text().split())
                name = (task / "comm").read_text().strip()
            except OSError:
                continue
            self.first.setdefault(task, (ran, queued) if self.last or stage != "worker" else (0, 0))
            self.last[task] = (f"{stage} {name}", ran, queued)

    def run(self):
        turn = 0
        while not self.done.wait(0.02):
            workers = children(self.sluisd)
            if turn % 5 == 0:
                self.highest = max(self.highest, sum(map(proportional, [self.sluisd, *workers])))
            turn += 1
            self.look(self.sluisd, "sluisd")
            for pid in workers:
                self.look(pid, "worker")
            for pid in children(self.postgres):
                self.look(pid, "postgres")

    def end(self):
        self.done.set()
        self.join()
        self.took = time.monotonic() - self.began

    def stages(self):
        """(name, running, ready, asleep) in seconds, the busiest first."""
        found = []
        for task, (name, ran, queued) in self.last.items():
            ran, queued = (ran - self.first[task][0]) / 1e9, (queued - self.first[task][1]) / 1e9
            if ran > 0.02 * self.took:
                found.append((name, ran, queued, max(0.0, self.took - ran - queued)))
        return sorted(found, key=lambda stage: -stage[1])


def timed_copy(instance: Instance, table: str, file: pathlib.Path, how: str) -> float:
    instance.query(f"truncate {table}")
    instance.query("checkpoint")
    began = time.monotonic()
    subprocess.run(["psql", "-q", "-X", instance.info["dsn"], "-c", f"\\copy {table} from '{file}' with ({how})"],
                   check=True)
    return time.monotonic() - began


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=2_000_000)
    parser.add_argument("--pairs", type=int, default=3)
    chosen = parser.parse_args()

    folder = pathlib.Path(tempfile.mkdtemp(prefix="sluis-ingest-"))
    instance = Instance(folder / "i").up().without_snapshots()
    try:
        sample, rows = instance.work / "sample.csv", instance.work / "rows.bin"
        with sample.open("wb") as out:
            subprocess.run(["/usr/bin/python3", ROOT / "tests/support/make_sample.py", "--records", str(chosen.records),
                            "--period", "2026H1", "--seed", "1"], stdout=out, check=True)
        data = sample.read_bytes()
        columns = data[:data.index(b"\n")].decode().strip("\r").split(";")
        print(f"{chosen.records} records, {len(data) / 1e6:.0f} MB")
        instance.query("create table bare (" + ", ".join(f"{name} text" for name in columns) + ")")
        instance.query("create table same (like care.trajectory)")
        binary, text, watch = [], [], None
        for pair in range(chosen.pairs):
            # Other bytes, the same records: one empty line more. The earlier one is taken away so that nothing is replaced.
            instance.query("truncate care.trajectory, care.batch")
            instance.deliver(NAME, data + b"\n" * pair)
            instance.wait_state("queued", NAME, seconds=120)
            instance.query("checkpoint")
            watch = Watch(instance.info["pids"])
            instance.sluis("run", "now")
            watch.end()
            row = instance.wait_state("accepted", NAME, count=pair + 1)
            assert row["records"] == chosen.records, row
            ours = float(instance.query("select extract(epoch from d.processed - r.started) from intake.delivery d "
                                        "join intake.run r on r.id = d.run_id where d.id = %s", row["id"])[0][0])
            subprocess.run(["psql", "-q", "-X", instance.info["dsn"], "-c",
                            f"\\copy (select * from care.trajectory) to '{rows}' with (format binary)"], check=True)
            own = timed_copy(instance, "same", rows, "format binary")
            theirs = timed_copy(instance, "bare", sample, "format csv, delimiter ';', header")
            binary.append(ours / own)
            text.append(ours / theirs)
            allowed = 64 * 2**20 + 32 * chosen.records
            print(f"turn {pair + 1}: run {ours:.2f} s, binary {own:.2f} s, text {theirs:.2f} s; run/binary "
                  f"{binary[-1]:.2f}, run/text {text[-1]:.2f}; memory {watch.highest / 2**20:.0f} MiB of "
                  f"{allowed / 2**20:.0f} MiB allowed")
        for name, ratios in (("binary", binary), ("text", text)):
            print(f"ratio run/{name}: median {statistics.median(ratios):.2f}, {min(ratios):.2f}–{max(ratios):.2f} "
                  f"({datetime.date.today()})")
        print(f"the last run, {watch.took:.2f} s with what follows the commit:")
        for name, ran, queued, asleep in watch.stages():
            print(f"  {name:<28} computed {ran:5.2f} s, without processor {queued:5.2f} s, asleep {asleep:5.2f} s")
    finally:
        instance.down()
        remove(instance.folder)


if __name__ == "__main__":
    main()
