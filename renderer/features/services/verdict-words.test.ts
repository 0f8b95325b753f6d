import { expect, test } from 'vitest';
import { installAdvice, isPackageName } from './install-words.ts';
import { verdictSummary } from './verdict-words.ts';

const said = (...verdicts: string[]) =>
  verdicts.map((verdict, at) => ({ serial: `VP${at}`, verdict, reasons: [] }));

test.each([
  [said('ok'), undefined, 5, 'ok', 'On 1 of 5 phones'],
  [said('ok', 'warn'), said('ok'), 3, 'ok', 'On 2 of 3 phones'],
  [said('reject'), undefined, 5, 'warn', 'On 1 of 5 phones, refused there'],
  [said('reject'), said('ok', 'warn', 'reject'), 4, 'ok', 'On 1 of 4 phones, 2 can run it'],
  [said('reject', 'ok'), undefined, 2, 'ok', 'On 2 of 2 phones, 1 can run it'],
  [said('reject'), said('reject'), 2, 'bad', 'On 1 of 2 phones, none can run it'],
  [said('ok', 'ok'), undefined, 1, 'ok', 'On 2 of 2 phones'],
])('%j here, %j elsewhere, of %d phones', (phones, others, running, tone, text) => {
  expect(verdictSummary({ phones }, others, running)).toEqual({ tone, text });
});

test('refused packages come with advice, also under codes that are new', () => {
  expect(installAdvice('package.signature')).toContain('author');
  expect(installAdvice('package.traversal')).toContain('rule');
  expect(installAdvice('something.else')).toBe('Try again.');
  expect([isPackageName('a.MESHSVC'), isPackageName('a.meshsvc.zip')]).toEqual([true, false]);
});
