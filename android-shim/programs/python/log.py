"""Patterns: what a web server's log says."""
import re
import sys
from collections import Counter
from datetime import datetime, timezone

LINE = re.compile(r'(?P<host>\S+) \S+ \S+ \[(?P<at>[^\]]+)\] "(?P<verb>[A-Z]+) (?P<path>[^ ?"]*)[^"]*" (?P<status>\d{3}) (?P<size>\d+|-)')
statuses, paths, hours, size, wrong = Counter(), Counter(), Counter(), 0, 0
for line in sys.stdin:
    found = LINE.match(line)
    if found is None:
        wrong += 1
        continue
    statuses[found['status']] += 1
    paths[found['path']] += 1
    hours[datetime.strptime(found['at'], '%d/%b/%Y:%H:%M:%S %z').astimezone(timezone.utc).hour] += 1
    size += 0 if found['size'] == '-' else int(found['size'])
print(*(f'{status} {count}' for status, count in sorted(statuses.items())), sep='\n')
print(*(f'{path} {count}' for path, count in sorted(paths.items(), key=lambda pair: (-pair[1], pair[0]))[:5]), sep='\n')
print(*(f'{hour:02} {count}' for hour, count in sorted(hours.items())), sep='\n')
print(f'{size} bytes, {wrong} lines of another kind')
