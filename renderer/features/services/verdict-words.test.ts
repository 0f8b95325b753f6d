import { expect, test } from 'vitest';
import { installAdvice, isPackageName } from './install-words.ts';
import { verdictSummary } from './verdict-words.ts';

const on = (...verdicts: string[]) => ({
  phones: verdicts.map((verdict, at) => ({ serial: `VP${at}`, verdict, reasons: [] })),
});

test.each([
  [on('ok'), 5, 'ok', 'On 1 of 5 phones'],
  [on('ok', 'warn'), 5, 'warn', 'On 2 of 5 phones, 1 with a warning'],
  [on('ok', 'reject', 'reject'), 3, 'warn', 'On 3 of 3 phones, 2 refuse it'],
  [on('reject'), 1, 'bad', 'On 1 of 1 phone, refused there'],
  [on('ok', 'ok'), 1, 'ok', 'On 2 of 2 phones'],
])('%j of %d phones', (service, running, tone, text) => {
  expect(verdictSummary(service, running)).toEqual({ tone, text });
});

test('refused packages come with advice, also under codes that are new', () => {
  expect(installAdvice('package.signature')).toContain('author');
  expect(installAdvice('package.traversal')).toContain('rule');
  expect(installAdvice('something.else')).toBe('Try again.');
  expect([isPackageName('a.MESHSVC'), isPackageName('a.meshsvc.zip')]).toEqual([true, false]);
});
