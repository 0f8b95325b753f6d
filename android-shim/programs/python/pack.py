"""Compression: gzip to the output, and on the way there and back again by two others."""
import bz2
import gzip
import lzma
import sys
import zlib

data = sys.stdin.buffer.read()
for packer, level in ((bz2, 9), (lzma, 1), (zlib, 9)):  # more of LZMA would take more than 64 MB
    packed = packer.compress(data, preset=level) if packer is lzma else packer.compress(data, level)
    if len(packed) * 2 > len(data):
        sys.exit(f'{packer.__name__} saves too little')
    data = packer.decompress(packed)
with gzip.GzipFile(fileobj=sys.stdout.buffer, mode='wb', mtime=0) as out:
    out.write(data)
