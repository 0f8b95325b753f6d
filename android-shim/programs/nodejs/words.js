#!/usr/bin/env node

// The most frequent words of a text in any script, in the order of its language.
const fs = require('fs');
const segmenter = new Intl.Segmenter('de', { granularity: 'word' });
const counts = {};

for (const { segment, isWordLike } of segmenter.segment(fs.readFileSync(process.stdin.fd).toString()))
  if (isWordLike) counts[segment.toLowerCase()] = (counts[segment.toLowerCase()] ?? 0) + 1;
Object.entries(counts)
  .sort(([a, x], [b, y]) => y - x || a.localeCompare(b, 'de'))
  .slice(0, 20)
  .forEach(([word, count]) => {
    console.log('%s %d', word.normalize('NFC'), count);
  });
