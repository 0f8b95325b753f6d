"""Text of several languages: normal forms, cases, categories, the most common words."""
import sys
import textwrap
import unicodedata
from collections import Counter

text = unicodedata.normalize('NFKC', sys.stdin.read()).lower()
words = Counter(''.join(c if unicodedata.category(c)[0] in 'LM' else ' ' for c in text).split())
for word, count in sorted(words.items(), key=lambda pair: (-pair[1], pair[0]))[:20]:
    print(count, word)
print('\n'.join(textwrap.wrap(' '.join(sorted(words)), 40)))
