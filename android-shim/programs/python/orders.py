"""JSON: what each city ordered, by value."""
import json
import sys
from collections import defaultdict
from dataclasses import asdict, dataclass, field


@dataclass
class City:
    orders: int = 0
    total: int = 0
    items: dict = field(default_factory=dict)


cities = defaultdict(City)
for order in json.load(sys.stdin):
    city = cities[order['city']]
    city.orders += 1
    for item in order['items']:
        city.total += item['price'] * item['count']
        city.items[item['name']] = city.items.get(item['name'], 0) + item['count']
ranked = sorted(cities.items(), key=lambda pair: (-pair[1].total, pair[0]))
json.dump([{'city': name, **asdict(city)} for name, city in ranked], sys.stdout, sort_keys=True, separators=(',', ':'))
