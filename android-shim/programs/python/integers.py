"""Large integers: powers, a factorial, primes, a common divisor."""
import math
import sys
from itertools import islice

seed = int(sys.stdin.read())


def primes(limit):
    sieve = bytearray([1]) * limit
    for number in range(2, limit):
        if sieve[number]:
            yield number
            sieve[number * number :: number] = bytes(len(range(number * number, limit, number)))


found = list(primes(200_000))
print(len(found), sum(found), *islice(found, 5), found[-1])
print(pow(3, seed, 2**521 - 1))
print(math.factorial(400) + seed)
print(math.gcd(math.factorial(60), 6**80 * 7**9), math.isqrt(seed**7))
