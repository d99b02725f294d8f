#!/usr/bin/python3
"""Writes the workbooks that xls_test reads, by another program's hand (xlwt), into the folder given."""

import datetime
import sys

import xlwt

folder = sys.argv[1]
day = xlwt.easyxf(num_format_str="dd-mm-yyyy")
moment = xlwt.easyxf(num_format_str="dd-mm-yyyy hh:mm")
euro = xlwt.easyxf(num_format_str='"€" #,##0.00')
builtin = xlwt.easyxf(num_format_str="D-MMM-YY")


def rows(sheet, *lines):
    for y, line in enumerate(lines):
        for x, value in enumerate(line):
            if value is not None:
                sheet.write(y, x, *(value if isinstance(value, tuple) else (value,)))


def save(book, name):
    book.save(f"{folder}/{name}.xls")


book = xlwt.Workbook()
rows(
    book.add_sheet("Blad1"),
    ["bsn", "datum_aanvang", "verwijzer", "toelichting"],
    [111222333, (datetime.date(2026, 1, 15), day), "01", "café €"],
    [12345678, (datetime.date(1900, 3, 1), builtin), 2, "x" * 9000],
    [None, None, None, None],
    [0.5, (datetime.datetime(2026, 4, 20, 13, 30), moment), -3, True],
    [1234567.25, (42, euro), 1e20, False],
)
save(book, "cells")

book = xlwt.Workbook()
sheet = book.add_sheet("Blad1")
rows(sheet, [None, "bsn", None, "naam"], *[[None, 100000000 + i, None, f"naam {i} {'é' * (i % 50)}"] for i in range(3000)])
for y in range(3001, 3050):
    sheet.write(y, 1, "", day)
sheet.row(7).hidden = True
sheet.col(3).hidden = True
save(book, "many")

book = xlwt.Workbook()
rows(book.add_sheet("Uitleg"), ["Toelichting"], ["Vul het tweede werkblad in"])
rows(book.add_sheet("Gegevens"), ["bsn", "psn"], [111222333, "a"])
hidden = book.add_sheet("Lijsten")
rows(hidden, ["bsn", "psn"], [1, "b"])
hidden.visibility = 1
book.add_sheet("Leeg")
save(book, "sheets")
rows(book.add_sheet("Nog een"), ["bsn", "psn"], [1, "b"])
save(book, "two")

book = xlwt.Workbook()
rows(book.add_sheet("een"), ["a"])
rows(book.add_sheet("twee"), ["b"])
save(book, "unknown")

book = xlwt.Workbook()
hidden = book.add_sheet("Blad1")
rows(hidden, ["bsn"], [1])
hidden.visibility = 2
book.add_sheet("Blad2")
save(book, "empty")

book = xlwt.Workbook()
book.dates_1904 = True
rows(book.add_sheet("Blad1"), ["bsn", "d"], [1, (0, day)], [2, (44575, day)])
save(book, "mac")

book = xlwt.Workbook()
sheet = book.add_sheet("Blad1")
rows(sheet, ["bsn", "naam"], [1, "a"])
sheet.write_merge(2, 4, 0, 0, 2)
save(book, "merged")
