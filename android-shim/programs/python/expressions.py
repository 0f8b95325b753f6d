"""A parser by hand: sums, products and brackets, one line each."""
import re
import sys

TOKEN = re.compile(r'\s*(?:(\d+)|(.))')


def tokens(text):
    for number, sign in TOKEN.findall(text):
        yield int(number) if number else sign
    yield None


class Parser:
    def __init__(self, text):
        self.rest = tokens(text)
        self.next = next(self.rest)

    def take(self):
        taken, self.next = self.next, next(self.rest, None)
        return taken

    def sum(self):
        value = self.product()
        while self.next in ('+', '-'):
            value = value + self.product() if self.take() == '+' else value - self.product()
        return value

    def product(self):
        value = self.factor()
        while self.next == '*':
            self.take()
            value *= self.factor()
        return value

    def factor(self):
        if self.next == '-':
            self.take()
            return -self.factor()
        if self.next == '(':
            self.take()
            value = self.sum()
            if self.take() != ')':
                raise SyntaxError('a bracket is missing')
            return value
        if not isinstance(self.next, int):
            raise SyntaxError(f'{self.next!r} is no number')
        return self.take()


for line in sys.stdin.read().splitlines():
    print(Parser(line).sum())
