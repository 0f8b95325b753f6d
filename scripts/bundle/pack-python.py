"""Packs Python's standard library for the sandbox: compiled once, here, and read from two files at its start.

    python3.11 -I pack-python.py LIBRARY MODULES.json SET OUT

SET is `service` or `attack` (what only the conformance suite loads). Makes OUT/lib/python311.zip, with what the
interpreter itself imports while it starts, and OUT/lib/modules: a marshalled pair of what is loaded before the lock
(name to (is it a package, code)) and of what may be imported later (the same, code marshalled and deflated).
"""

import json
import marshal
import os
import sys
import zipfile
import zlib
from importlib.util import MAGIC_NUMBER

library, list_path, which, out = sys.argv[1:5]
if sys.version_info[:2] != (3, 11):
    sys.exit('Python 3.11 is needed: what is packed is in its format')

with open(list_path, encoding='utf-8') as file:
    lists = json.load(file)


def find(name):
    """The path of a module's source and whether it is a package; None for those that have no source."""
    base = os.path.join(library, *name.split('.'))
    for path, package in ((os.path.join(base, '__init__.py'), True), (base + '.py', False)):
        if os.path.isfile(path):
            return path, package
    return None


def expand(names):
    """`email.*` is the package with everything below it."""
    for name in names:
        if not name.endswith('.*'):
            yield name
            continue
        package = name[:-2]
        yield package
        root = os.path.join(library, *package.split('.'))
        for folder, folders, files in os.walk(root):
            folders[:] = sorted(one for one in folders if one not in ('__pycache__', 'test', 'tests'))
            below = os.path.relpath(folder, root).replace(os.sep, '.')
            prefix = package if below == '.' else f'{package}.{below}'
            if below != '.':
                yield prefix
            for file in sorted(files):
                if file.endswith('.py') and file != '__init__.py':
                    yield f'{prefix}.{file[:-3]}'


def compiled(name):
    path, package = find(name)
    with open(path, 'rb') as file:
        source = file.read()
    # A name in brackets keeps tracebacks from looking for a file. Without docstrings: they would be a third of it.
    return package, compile(source, f'<{name}>', 'exec', dont_inherit=True, optimize=2)


def pack(names):
    wanted = set(expand(names)) - set(lists['without'])
    return {name: compiled(name) for name in sorted(wanted) if find(name) is not None}


def write_zip(path, modules):
    with zipfile.ZipFile(path, 'w', zipfile.ZIP_STORED) as archive:
        for name, (package, code) in modules.items():
            inside = name.replace('.', '/') + ('/__init__.pyc' if package else '.pyc')
            # Flags 1: a pyc that is named by a hash which nobody checks; so it is the same wherever it is made.
            data = MAGIC_NUMBER + (1).to_bytes(4, 'little') + bytes(8) + marshal.dumps(code)
            archive.writestr(zipfile.ZipInfo(inside, (1980, 1, 1, 0, 0, 0)), data)


os.makedirs(os.path.join(out, 'lib'), exist_ok=True)
if which == 'service':
    first = pack(lists['init'])
    write_zip(os.path.join(out, 'lib', 'python311.zip'), first)
    early = {name: entry for name, entry in pack(lists['preloaded']).items() if name not in first}
    late = {name: entry for name, entry in pack(lists['available']).items() if name not in first and name not in early}
else:
    early, late = {}, pack(lists['attack']['available'])
small = {name: (package, zlib.compress(marshal.dumps(code), 9)) for name, (package, code) in late.items()}
with open(os.path.join(out, 'lib', 'modules' if which == 'service' else 'attack-modules'), 'wb') as file:
    marshal.dump((early, small), file)
