"""Decimal numbers: a loan's plan, rounded as banks do; and fractions, exactly."""
import sys
from decimal import ROUND_HALF_EVEN, Decimal, getcontext
from fractions import Fraction

getcontext().prec = 40
cent = Decimal('0.01')
owed, rate, payment = (Decimal(word) for word in sys.stdin.readline().split())
months = 0
while owed > 0:
    interest = (owed * rate / 1200).quantize(cent, ROUND_HALF_EVEN)
    paid = min(payment, owed + interest)
    owed += interest - paid
    months += 1
    print(f'{months} {interest} {paid} {owed}')
print(sum((Fraction(1, n) for n in range(1, 101)), Fraction(0)))
