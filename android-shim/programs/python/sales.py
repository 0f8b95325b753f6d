"""A table with quotes, commas and line ends in its fields, to another, by region."""
import csv
import statistics
import sys

groups = {}
for row in csv.DictReader(sys.stdin):
    groups.setdefault(row['region'], []).append((row['note'], int(row['amount'])))
out = csv.writer(sys.stdout, lineterminator='\n')
out.writerow(['region', 'count', 'sum', 'median', 'longest note'])
for region in sorted(groups):
    notes, amounts = zip(*groups[region])
    longest = min(notes, key=lambda note: (-len(note), note))
    out.writerow([region, len(amounts), sum(amounts), statistics.median_low(amounts), longest])
