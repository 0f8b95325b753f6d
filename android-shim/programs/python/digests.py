"""Hashes of every kind, of bytes."""
import base64
import binascii
import hashlib
import hmac
import sys
import zlib

data = sys.stdin.buffer.read()
for name in ('md5', 'sha1', 'sha256', 'sha512', 'sha3_256', 'blake2b'):
    print(name, hashlib.new(name, data).hexdigest())
print('hmac', hmac.new(b'key', data, 'sha512').hexdigest())
print('pbkdf2', hashlib.pbkdf2_hmac('sha256', data[:20], b'salt', 1000).hex())
print('crc32', format(zlib.crc32(data), '08x'))
print('base64', base64.urlsafe_b64encode(data[:99]).decode(), binascii.hexlify(data[:9]).decode())
