"""XML: the entries of a feed, newest first."""
import json
import sys
from datetime import datetime
from xml.etree import ElementTree

root = ElementTree.parse(sys.stdin.buffer).getroot()
names = {'a': 'http://www.w3.org/2005/Atom'}
entries = [
    {
        'title': entry.findtext('a:title', namespaces=names).strip(),
        'link': entry.find('a:link', names).get('href'),
        'at': datetime.fromisoformat(entry.findtext('a:updated', namespaces=names).replace('Z', '+00:00')).timestamp(),
        'tags': sorted(tag.get('term') for tag in entry.iterfind('a:category', names)),
    }
    for entry in root.iterfind('a:entry', names)
]
json.dump(sorted(entries, key=lambda entry: -entry['at']), sys.stdout, ensure_ascii=False)
