#!/usr/bin/python3
"""How long a report over ten million trajectories takes, against PostgreSQL counting the same in the records.

    tests/bench/report.py [--rows 10000000] [--turns 3]

Starts a throw-away database, fills it with trajectories of one municipality, makes a snapshot of them, and takes turns:

  engine  protect_bench: the protected outcome, true counts, distinct children and noise included
  sql     GROUP BY on care.trajectory, parallel, with an index for each filter; counts only, no distinct children, no
          question which records are current: less than a report needs

Prints each question's ratio, and the spread of the engine over questions at random; asserts nothing. Needs the targets
snapshot_bench and protect_bench and some 200 bytes of disk a row.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("SLUIS_BUILD_DIR", ROOT / "build/release"))
FILL = BUILD / "bin/snapshot_bench"
ENGINE = BUILD / "bin/protect_bench"

MARK = "width_bucket(get_byte(codes, {0}), array[1, 5, 8])"
# question: (columns, condition); places in `codes` as in sql/migrations/0006.
QUESTIONS = {
    "tevredenheid hulpvorm": (["form", MARK.format(9), MARK.format(13)], "true"),
    "doelrealisatie verwijzer": (["get_byte(codes, 2)", "get_byte(codes, 11)", "get_byte(codes, 15)"], "true"),
    "uitval hulpvorm": (["form", "get_byte(codes, 3)"], "end_date IS NOT NULL"),
    "uitval verwijzer hulpvorm=11": (["get_byte(codes, 2)", "get_byte(codes, 3)"],
                                     "end_date IS NOT NULL AND form = 11"),
    "tevredenheid hulpvorm verwijzer=08": (["form", MARK.format(9), MARK.format(13)], "get_byte(codes, 2) = 8"),
    "uitval start profiel=3": (["date_trunc('quarter', start_date)", "get_byte(codes, 3)"],
                               "end_date IS NOT NULL AND get_byte(codes, 6) = 3"),
}
INDEXES = ["form", "(get_byte(codes, 2))", "(get_byte(codes, 6))"]


def psql(conninfo: str, sql: str) -> str:
    return subprocess.run(["psql", "-q", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", conninfo, "-c", sql], check=True,
                          capture_output=True, text=True).stdout


def by_sql(conninfo: str, question: str) -> float:
    """Milliseconds in the server."""
    columns, condition = QUESTIONS[question]
    plan = psql(conninfo, "SET max_parallel_workers_per_gather = 4; SET work_mem = '256MB'; SET jit = off; "
                f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT json) SELECT {', '.join(columns)}, count(*) "
                f"FROM care.trajectory WHERE municipality = 34 AND {condition} "
                f"GROUP BY {', '.join(str(place + 1) for place in range(len(columns)))}")
    return json.loads(plan)[0]["Execution Time"]


def by_engine(file: str) -> dict[str, float]:
    done = subprocess.run([ENGINE, "ask", file], input="\n".join(QUESTIONS) + "\n", check=True, capture_output=True,
                          text=True)
    return dict(zip(QUESTIONS, map(float, done.stdout.split())))


def index(conninfo: str):
    """On each part; and what the planner needs to choose them."""
    for number, columns in enumerate(INDEXES):
        psql(conninfo, f"DO $$ BEGIN FOR part IN 0 .. 127 LOOP EXECUTE format('CREATE INDEX bench_%s_{number} ON "
             f"care.trajectory_%s ({columns})', part, to_char(part, 'FM000')); END LOOP; END $$")
    psql(conninfo, "VACUUM ANALYZE")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--turns", type=int, default=3)
    chosen = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="sluis-report-") as folder, \
            subprocess.Popen([FILL, "cluster"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as cluster:
        try:
            conninfo = cluster.stdout.readline().strip()
            file = str(pathlib.Path(folder) / "x.snapshot")
            subprocess.run([FILL, "fill", conninfo, str(chosen.rows), "1"], check=True, capture_output=True)
            subprocess.run([FILL, "build", conninfo, file], check=True, capture_output=True)
            index(conninfo)
            ratios = {question: [] for question in QUESTIONS}
            for turn in range(chosen.turns):
                engine = by_engine(file)
                for question in QUESTIONS:
                    sql = by_sql(conninfo, question)
                    ratios[question].append(sql / engine[question])
                    print(f"{turn + 1}: {question}: engine {engine[question]:.1f} ms, sql {sql:.0f} ms, "
                          f"{ratios[question][-1]:.0f} times")
            for question, found in ratios.items():
                print(f"{question}: {statistics.median(found):.0f} times")
            print(f"least {min(statistics.median(found) for found in ratios.values()):.0f} times")
        finally:
            cluster.stdin.close()
    print(subprocess.run([ENGINE, str(chosen.rows)], check=True, capture_output=True, text=True).stdout, end="")


if __name__ == "__main__":
    main()
