import { expect, test } from 'vitest';
import { benchCsv } from './bench-csv.ts';

test('rows, figures and overhead stand in one table', () => {
  const interval = { low: 1, high: 2, n: 3 };
  const csv = benchCsv({
    rounds: 3,
    rows: [
      {
        ...{ place: '=VP0001', runtime: 'native', phase: 'cold', peer: 'bubblewrap' },
        ...{ medianMs: 4, p95Ms: 5, lowMs: 1, highMs: 2, n: 3 },
      },
    ],
    figures: [
      { place: 'local', what: 'pipe', runtime: 'native', unit: 'MB/s', median: 900, p95: 950, ...interval },
    ],
    overhead: [
      {
        ...{ place: 'local', runtime: 'native', what: 'echo', of: 'filter', ratio: 1.01 },
        ...{ ...interval, withinNoise: true },
      },
    ],
    places: [],
  });
  expect(csv.trimEnd().split('\n')).toEqual([
    'place,runtime,what,phase,peer,unit,median,p95,low,high,n',
    "'=VP0001,native,start,cold,bubblewrap,ms,4,5,1,2,3",
    'local,native,pipe,,,MB/s,900,950,1,2,3',
    'local,native,overhead of filter on echo,,,times,1.01,,1,2,3',
  ]);
});
