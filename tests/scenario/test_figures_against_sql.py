"""Thousands of questions at random, answered by the engine and by SQL that is slow and obviously right: true counts are
equal inside the engine, and what it publishes lies within the noise's bound and favours no side.

SLUIS_SQL_QUERIES says how many (10,000 take some minutes)."""

import collections
import datetime
import json
import math
import os
import random
import subprocess

import psycopg2
import pytest

from instance import HEADER, Instance, bsns, build_dir, remove, wait_for

QUERIES = int(os.environ.get("SLUIS_SQL_QUERIES", "400"))
CHILDREN = 1500
PROVIDERS = 4
BOUND, VARIANCE = 5, 3
WINDOW = 365

COLUMNS = HEADER.split(";")[:11] + [
    "tevredenheid_1", "zonder_hulp_verder_1", "doelrealisatie_1", "informant_1", "tevredenheid_2",
    "zonder_hulp_verder_2", "doelrealisatie_2", "informant_2", "productcategorie", "profiel", "zorgvraagzwaarte",
    "complexiteit"]

UNKNOWN = ["onbekend"]
KEYS = {
    "hulpvorm": ["01", "02", "03", "04", "11", "12", "13", "14"],
    "verwijzer": ["01", "02", "03", "04", "05", "06", "08"],
    "reden-einde": ["01", "02", "03", "04", "05"] + UNKNOWN,
    "profiel": [str(n) for n in range(1, 5)] + UNKNOWN,
    "productcategorie": ["40", "45", "54"] + UNKNOWN,
    "zorgvraagzwaarte": ["1", "2", "3", "4"] + UNKNOWN,
    "complexiteit": ["1", "2", "3"] + UNKNOWN,
    "aanbieder": [f"P{n:04}" for n in range(1, PROVIDERS + 1)],
    "start": [f"{year}Q{quarter}" for year in range(2023, 2027) for quarter in range(1, 5)],
    "respondent": ["J", "O"],
    "meting": ["tevredenheid", "zonder-hulp-verder", "doelrealisatie"],
}
KEYS["end"] = KEYS["start"]
SCORES = {"tevredenheid": "satisfaction", "zonder-hulp-verder": "go_on", "doelrealisatie": "goals"}
PARTS = {"tevredenheid": 3, "zonder-hulp-verder": 4, "doelrealisatie": 4, "uitval": 6, "respons": 2,
         "herhaald-beroep": 2}


def trajectories() -> list[dict]:
    """Of children who come back, change provider, and whose youth and parents do not agree."""
    pick = random.Random(20261122)
    made = []
    for bsn in bsns(CHILDREN):
        home = pick.randrange(PROVIDERS)
        day = datetime.date(2023, 1, 1) + datetime.timedelta(days=pick.randrange(900))
        used = set()
        for _ in range(pick.choice([1, 1, 1, 2, 2, 3])):
            form = pick.choices(KEYS["hulpvorm"], [20, 50, 5, 10, 6, 3, 3, 3])[0]
            if form in used or day > datetime.date(2026, 6, 1):
                continue
            used.add(form)
            end = day + datetime.timedelta(days=pick.randrange(5, 400))
            ended = end <= datetime.date(2026, 6, 30)
            row = {"bsn": bsn, "geboortedatum": "20120514", "geslacht": "V", "postcode": "1315AB",
                   "gemeentecode": "GM0034", "verwijzer": pick.choice(KEYS["verwijzer"]), "hulpvorm": form,
                   "gestart_met_crisis": "N", "datum_aanvang": f"{day:%Y%m%d}",
                   "datum_einde": f"{end:%Y%m%d}" if ended else "",
                   "reden_beeindiging": pick.choices(KEYS["reden-einde"][:5], [60, 12, 10, 8, 10])[0] if ended else "",
                   "productcategorie": pick.choice(["40", "45", "54", ""]),
                   "profiel": pick.choice(["1", "2", "3", "4", ""]),
                   "zorgvraagzwaarte": pick.choice(["1", "2", "3", "4", ""]),
                   "complexiteit": pick.choice(["1", "2", "3", ""])}
            place = 0
            for informant in pick.sample("JO", 2):
                if not ended or pick.random() < 0.4:
                    continue
                place += 1
                row[f"informant_{place}"] = informant
                row[f"doelrealisatie_{place}"] = str(pick.randint(1, 4))
                if pick.random() < 0.9:
                    row[f"tevredenheid_{place}"] = str(pick.randint(1, 10))
                if pick.random() < 0.8:
                    row[f"zonder_hulp_verder_{place}"] = str(pick.randint(1, 4))
            row["provider"] = home if pick.random() < 0.8 else pick.randrange(PROVIDERS)
            row["began"], row["ended"] = day, end if ended else None
            made.append(row)
            day = end + datetime.timedelta(days=pick.randrange(1, 500))
    return made


@pytest.fixture(scope="module")
def instance(tmp_path_factory):
    made = Instance(tmp_path_factory.mktemp("figures-sql") / "i", PROVIDERS).up()
    yield made
    made.down()
    remove(made.folder)


@pytest.fixture(scope="module")
def snapshot(instance):
    """Years and a half-year that overlap in what was running: each trajectory counts once all the same."""
    rows = trajectories()
    names = []
    for period, first, last in (("2024", 2024, datetime.date(2024, 12, 31)), ("2025", 2025, datetime.date(2025, 12, 31)),
                                ("2026H1", 2026, datetime.date(2026, 6, 30))):
        name = f"jeugdhulp_{period}.csv"
        names.append(name)
        begin = datetime.date(first, 1, 1)
        for provider in range(PROVIDERS):
            lines = [";".join(COLUMNS)]
            for row in rows:
                if row["provider"] != provider or row["began"] > last:
                    continue
                # As it stood at the end of the period; what ended in an earlier one is not delivered again.
                if row["ended"] is None or row["ended"] > last:
                    shown = {key: value for key, value in row.items() if key[-2:] not in ("_1", "_2")}
                    shown |= {"datum_einde": "", "reden_beeindiging": ""}
                elif row["ended"] >= begin:
                    shown = row
                else:
                    continue
                lines.append(";".join(str(shown.get(column, "")) for column in COLUMNS))
            instance.deliver(name, ("\r\n".join(lines) + "\r\n").encode(), provider=provider)
    for name in names:
        instance.wait_state("queued", name, count=PROVIDERS)
    instance.sluis("run", "now")
    assert len(instance.deliveries(state="accepted")) == 3 * PROVIDERS
    folder = instance.folder / "snapshots" / "GM0034"
    return wait_for(lambda: [f for f in sorted(folder.glob("*.snapshot")) if f.with_suffix(".withheld").exists()][-1:],
                    "a snapshot is published", 60)[0]


@pytest.fixture(scope="module")
def database(instance, snapshot):
    """What is counted, as tables: `record` for each current trajectory, `measurement` for each score of one."""
    def code(column: str, width: int = 0) -> str:
        text = f"lpad({column}::text, {width}, '0')" if width else f"{column}::text"
        return f"coalesce({text}, 'onbekend')"

    def quarter(column: str) -> str:
        return f"to_char({column}, 'YYYY\"Q\"Q')"

    scores = ", ".join(f"{name}_{n}" for n in (1, 2) for name in ("satisfaction", "go_on", "goals", "informant"))
    instance.query("drop schema if exists naive cascade")
    instance.query("create schema naive")
    instance.query(f"""
        create table naive.record as
        select pseudonym::text as child, {code('form', 2)} as hulpvorm,
          {code('referrer', 2)} as verwijzer, {code('reason', 2)} as "reden-einde", {code('profile')} as profiel,
          {code('product_category', 2)} as productcategorie, {code('severity')} as zorgvraagzwaarte,
          {code('complexity')} as complexiteit, provider as aanbieder, {quarter('start_date')} as start,
          {quarter('end_date')} as "end", end_date, {scores},
          end_date <= (now() at time zone 'Europe/Amsterdam')::date - {WINDOW} as long_ended,
          exists (select from care.current_trajectory as later where later.pseudonym = one.pseudonym
            and later.start_date between one.end_date + 1 and one.end_date + {WINDOW}) as renewed
        from care.current_trajectory as one where dataset = 'jeugdhulp'""")
    for name, column in SCORES.items():
        instance.query(f"""
            create table naive."{name}" as
            select record.*, score, respondent from naive.record as record,
              lateral (values ({column}_1, informant_1), ({column}_2, informant_2)) as given (score, respondent)
            where score is not null""")
    connection = psycopg2.connect(instance.info["dsn"])
    yield connection.cursor()
    connection.close()


class Questions:
    def __init__(self, seed: int):
        self.pick = random.Random(seed)

    def next(self) -> dict:
        pick = self.pick
        indicator = pick.choice(list(PARTS))
        viewer = pick.choice(["ttp", "municipality:GM0034", "provider:" + pick.choice(KEYS["aanbieder"])])
        names = [name for name in KEYS if not (
            (name == "respondent" and indicator not in SCORES and indicator != "respons")
            or (name == "meting" and indicator != "respons")
            or (name == "aanbieder" and viewer.startswith("provider")))]
        filters = {}
        for name in pick.sample(names, pick.choice([0, 1, 1, 2, 2, 3])):
            if name in ("start", "end"):
                first, last = sorted(pick.sample(KEYS[name], 2))
                filters[f"{name}-from"] = first
                filters[f"{name}-to"] = last
                if pick.random() < 0.3:
                    del filters[pick.choice([f"{name}-from", f"{name}-to"])]
            else:
                filters[name] = pick.choice(KEYS[name])
        by = pick.choice(names)
        return {"indicator": indicator, "as": viewer, "filters": filters, "by": by, "rows": KEYS[by]}


def sql_of(query: dict, row: str) -> tuple[str, list]:
    """One row of the answer, unit by unit: (select, values)."""
    indicator = query["indicator"]
    conditions, values = [], []

    def need(condition: str, *value: str):
        conditions.append(condition)
        values.extend(value)

    chosen = dict(query["filters"])
    both = chosen.get(query["by"], row) == row
    chosen[query["by"]] = row
    if not both:
        need("false")
    if query["as"].startswith("provider:"):
        need("aanbieder = %s", query["as"].split(":")[1])
    counts_scores = indicator in SCORES
    given = []  # of respons: which measurement makes a yes
    given_values = []
    for name, value in chosen.items():
        if name.endswith(("-from", "-to")):
            need(f'"{name.split("-")[0]}" {">=" if name.endswith("from") else "<="} %s', value)
        elif name == "respondent" and not counts_scores:
            given.append("respondent = %s")
            given_values.append(value)
        elif name == "meting":
            given.append("meting = %s")
            given_values.append(value)
        else:
            need(f'"{name}" = %s', value)
    table = f'naive."{indicator}"' if counts_scores else "naive.record"
    mark = "score" if indicator == "tevredenheid" else "0"
    if indicator == "tevredenheid":
        part = "case when score <= 4 then 0 when score < 8 then 1 else 2 end"
    elif counts_scores:
        part = "score - 1"
    elif indicator == "uitval":
        need("end_date is not null")
        part = """case "reden-einde" when 'onbekend' then 5 else "reden-einde"::int - 1 end"""
    elif indicator == "herhaald-beroep":
        need("long_ended")
        part = "case when renewed then 0 else 1 end"
    else:
        need("end_date is not null")
        measures = ", ".join(f"('{name}', {column}_{n}, informant_{n})" for name, column in SCORES.items()
                             for n in (1, 2))
        narrowed = " and ".join(["score is not null"] + given)
        part = (f"case when exists (select from (values {measures}) as given (meting, score, respondent) "
                f"where {narrowed}) then 0 else 1 end")
        values = given_values + values
    where = " and ".join(conditions) or "true"
    return (f"select part, count(*), array_agg(distinct child), sum(mark) from "
            f"(select {part} as part, child, {mark} as mark from {table} where {where}) as units group by part"), values


def true_figures(database, query: dict) -> dict:
    answer = {}
    for row in query["rows"]:
        sql, values = sql_of(query, row)
        parts, children, marks = [0] * PARTS[query["indicator"]], set(), 0
        database.execute(sql, values)
        for part, count, who, sum_of_marks in database.fetchall():
            parts[part] = count
            children.update(who)
            marks += int(sum_of_marks)
        answer[row] = (parts, len(children), marks)
    return answer


def engine(snapshot, questions: list[dict]) -> list[dict]:
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    done = subprocess.run([build_dir() / "bin" / "tally_dump", snapshot], input=lines, capture_output=True, text=True,
                          timeout=600)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def means_between(units: int, marks: int, pieces: int) -> tuple[float, float]:
    """All that the noise can make of a mean, and its rounding."""
    most = BOUND * pieces
    found = [5.5 + (marks - 5.5 * units + 4.5 * second) / max(units + first, 1)
             for first in (-most, most) for second in (-most, most)]
    return max(1, min(found)) - 0.051, min(10, max(found)) + 0.051


def test_figures_are_those_of_sql_and_published_ones_are_them_with_noise(database, snapshot):
    ask = Questions(4)
    questions = [ask.next() for _ in range(QUERIES)]
    answers = engine(snapshot, questions)
    assert len(answers) == len(questions)
    changes = {}  # of figures that the threshold did not choose, each set of units once
    shown = collections.Counter()
    for question, answer in zip(questions, answers):
        assert "error" not in answer, (question, answer)
        expected = true_figures(database, question)
        published = {row["key"]: row for row in answer["published"].get("rows", [])}
        for row in answer["rows"]:
            parts, children, marks = expected[row["key"]]
            assert row["parts"] == parts, (question, row, parts)
            assert row["children"] == children, (question, row)
            assert row["marks"] == marks, (question, row)
            outcome = published.get(row["key"], {"shown": False})
            if not outcome["shown"]:
                continue
            shown[question["indicator"]] += 1
            units, pieces = sum(parts), max(row["pieces"], 1)
            assert children >= 10 and outcome["count"] >= 10
            assert abs(outcome["count"] - units) <= BOUND * pieces, (question, row, outcome)
            for true, part in zip(parts, outcome["parts"]):
                assert abs(part["count"] - true) <= BOUND * pieces
                assert part["count"] >= 0 and (true > 0 or part["count"] == 0)
                assert part["count"] not in (1, 2) or pieces > 1
            if "mean" in outcome:
                low, high = means_between(units, marks, pieces)
                assert low <= outcome["mean"] <= high, (question, row, outcome)
            if units - BOUND * pieces >= 10:
                changes[(question["indicator"], tuple(parts), pieces, marks)] = (outcome["count"] - units, pieces)
                for place, part in enumerate(outcome["parts"]):
                    changes[(question["indicator"], tuple(parts), pieces, marks, place)] = (
                        part["count"] - parts[place], min(pieces, parts[place]))
    assert len(shown) == len(PARTS), shown
    difference = sum(change for change, _ in changes.values())
    spread = math.sqrt(sum(VARIANCE * pieces for _, pieces in changes.values()))
    print(f"\n{len(questions)} questions, {sum(shown.values())} rows shown, {len(changes)} figures: together "
          f"{difference:+} off, of a standard deviation of {spread:.0f}")
    assert len(changes) > 50
    assert abs(difference) < 5 * spread


def test_answers_are_the_same_again_in_any_order_of_filters(snapshot):
    ask = Questions(5)
    questions = [ask.next() for _ in range(100)]
    turned = [{**question, "filters": dict(reversed(question["filters"].items()))} for question in questions]
    first = engine(snapshot, questions)
    assert first == engine(snapshot, turned)
    assert first == engine(snapshot, questions)
