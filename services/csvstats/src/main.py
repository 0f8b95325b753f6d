"""Statistics of a table: what stands in each column of a CSV file, as JSON.

One pass over the input, in bounded memory: what would not fit (more than a thousand different values of a column, more
than two million numbers for the medians) is left out, and the result says so.
"""

import csv
import io
import json
import math
import re
import sys
from array import array
from collections import Counter
from datetime import date, datetime

HEAD_BYTES = 65_536
FIELD_MAX = 1 << 20
COLUMNS_MAX = 1_000
DIFFERENT_MAX = 1_000
TOP = 5
KEPT_NUMBERS_MAX = 2_000_000
DELIMITERS = ',;\t|'
NUMBER = re.compile(r'[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?')
DATE = re.compile(r'\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?)?')


def encoding_of(head):
    """UTF-8, where it is that (a character may be cut at the end), else what Western Windows writes."""
    try:
        head.decode('utf-8')
    except UnicodeDecodeError as error:
        if error.start < len(head) - 3:
            return 'cp1252'
    return 'utf-8-sig'


def delimiter_of(lines):
    """What stands in every one of the first lines as often, outside of quotes; the more often the better."""

    def score(delimiter):
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        same = sum(width == widths[0] for width in widths)
        return (widths[0] > 1, same / len(widths), widths[0])

    return max(DELIMITERS, key=score)


class Numbers:
    """Mean and deviation by Welford's method, so that large values of little difference keep their digits."""

    def __init__(self):
        self.count, self.mean, self.squares = 0, 0.0, 0.0
        self.least, self.most = math.inf, -math.inf
        self.kept = array('d')

    def add(self, value):
        self.count += 1
        difference = value - self.mean
        self.mean += difference / self.count
        self.squares += difference * (value - self.mean)
        self.least, self.most = min(self.least, value), max(self.most, value)
        if self.kept is not None:
            self.kept.append(value)

    def result(self):
        deviation = math.sqrt(self.squares / (self.count - 1)) if self.count > 1 else 0.0
        found = {'minimum': self.least, 'maximum': self.most, 'mean': self.mean, 'deviation': deviation}
        if self.kept is not None:
            ordered = sorted(self.kept)
            middle = len(ordered) // 2
            found['median'] = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
        return {name: tidy(value) for name, value in found.items()}


def tidy(value):
    """Twelve digits, whole numbers as such."""
    rounded = float(f'{value:.12g}')
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e15 else rounded


def number_of(text, comma):
    if not NUMBER.fullmatch(text) or (',' in text and not comma):
        return None
    value = float(text.replace(',', '.'))
    return value if math.isfinite(value) else None


def is_date(text):
    if not DATE.fullmatch(text):
        return False
    try:
        (datetime if len(text) > 10 else date).fromisoformat(text)
    except ValueError:
        return False
    return True


class Column:
    def __init__(self, name):
        self.name = name
        self.empty = self.dates = self.texts = 0
        self.first_date, self.last_date = '9', ''
        self.longest = 0
        self.numbers = Numbers()
        self.different = Counter()

    def add(self, text, comma):
        if not text:
            self.empty += 1
            return
        if self.different is not None:
            self.different[text] += 1
            if len(self.different) > DIFFERENT_MAX:
                self.different = None
        value = number_of(text, comma)
        if value is not None:
            self.numbers.add(value)
        elif is_date(text):
            self.dates += 1
            self.first_date, self.last_date = min(self.first_date, text), max(self.last_date, text)
        else:
            self.texts += 1
            self.longest = max(self.longest, len(text))

    def kind(self):
        kinds = {'number': self.numbers.count, 'date': self.dates, 'text': self.texts}
        present = [kind for kind, count in kinds.items() if count]
        return present[0] if len(present) == 1 else 'mixed' if present else 'empty'

    def result(self):
        found = {
            'name': self.name,
            'kind': self.kind(),
            'values': self.numbers.count + self.dates + self.texts,
            'empty': self.empty,
        }
        if self.different is None:
            found['differentMoreThan'] = DIFFERENT_MAX
        else:
            found['different'] = len(self.different)
            common = sorted(self.different.items(), key=lambda pair: (-pair[1], pair[0]))[:TOP]
            found['common'] = [{'value': text[:200], 'count': count} for text, count in common]
        if self.numbers.count:
            found['numbers'] = self.numbers.result()
        if self.dates:
            found['dates'] = {'first': self.first_date, 'last': self.last_date}
        if self.texts:
            found['longestText'] = self.longest
        return found


def names_of(row):
    """The first row's, made different where they are not."""
    names = []
    for at, text in enumerate(row):
        name = text.strip()[:200] or f'column {at + 1}'
        while name in names:
            name += "'"
        names.append(name)
    return names


def main():
    csv.field_size_limit(FIELD_MAX)
    source = io.BufferedReader(sys.stdin.buffer.raw, HEAD_BYTES)
    head = source.peek(HEAD_BYTES)
    encoding = encoding_of(head)
    lines = [line for line in head.decode(encoding, 'replace').splitlines() if line.strip()][:20]
    if not lines:
        sys.exit('the table is empty')
    delimiter = delimiter_of(lines)
    comma = delimiter != ','
    text = io.TextIOWrapper(source, encoding=encoding, errors='replace', newline='')
    rows = (row for row in csv.reader(text, delimiter=delimiter) if row)
    columns = [Column(name) for name in names_of(next(rows))]
    if len(columns) > COLUMNS_MAX:
        sys.exit(f'the table has {len(columns)} columns; {COLUMNS_MAX} are the most')
    count = ragged = kept = 0
    for row in rows:
        count += 1
        if len(row) != len(columns):
            ragged += 1
        for column, cell in zip(columns, row):
            column.add(cell.strip(), comma)
        kept += len(columns)
        if kept > KEPT_NUMBERS_MAX:
            for column in columns:
                column.numbers.kept = None
    result = {
        'rows': count,
        'delimiter': delimiter,
        'encoding': 'utf-8' if encoding.startswith('utf') else encoding,
        'columns': [column.result() for column in columns],
    }
    if ragged:
        result['rowsOfAnotherLength'] = ragged
    json.dump(result, sys.stdout, ensure_ascii=False)


try:
    main()
except csv.Error as error:
    sys.exit(f'this is no table: {error}')
