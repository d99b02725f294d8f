#!/usr/bin/python3
"""Writes the workbooks beside it with openpyxl: what ../written_test.cpp reads. Run it again only to change them."""
import datetime
import pathlib

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904

HERE = pathlib.Path(__file__).resolve().parent
HEADER = ["bsn", "geboortedatum", "verwijzer", "hulpvorm", "datum_aanvang", "tevredenheid_1"]


def usual():
    book = openpyxl.Workbook()
    notes = book.active
    notes.append(["Uitleg bij bsn en hulpvorm"])
    sheet = book.create_sheet("gegevens")
    book.create_sheet("codes").sheet_state = "veryHidden"
    for column, name in enumerate(HEADER, 1):
        sheet.cell(3, column, name)
    day = datetime.date
    rows = [
        ["111222333", day(2014, 5, 12), "01", 2, datetime.datetime(2026, 1, 15), 8],
        [23456787, "20140000", 7, 11, day(2026, 2, 28), 7.5],
        ["999999999", 60, None, 2.0, datetime.datetime(2026, 3, 1, 9, 30), True],
        [111222333, 0, 1, "#N/A", None, "10"],
    ]
    for number, row in enumerate(rows, 4):
        for column, value in enumerate(row, 1):
            sheet.cell(number, column, value)
    sheet.cell(6, 2).number_format = "dd-mm-yyyy"
    sheet.row_dimensions[5].hidden = True
    sheet.cell(40, 3).number_format = "0.00"
    return book


def mac():
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    sheet.append(HEADER[:2])
    sheet.append(["111222333", datetime.date(2014, 5, 12)])
    sheet.append(["111222333", datetime.date(1904, 1, 2)])
    return book


def formula():
    book = openpyxl.Workbook()
    for row in (HEADER[:2], ["111222333", 20140512], ["=A2", 20140512]):
        book.active.append(row)
    return book


def merged():
    book = openpyxl.Workbook()
    for row in (HEADER[:2], ["111222333", 20140512], [None, 20140512]):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    return book


for name, make in {"gewoon": usual, "mac": mac, "formule": formula, "samengevoegd": merged}.items():
    make().save(HERE / f"{name}.xlsx")
