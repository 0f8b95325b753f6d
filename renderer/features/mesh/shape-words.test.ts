import { describe, expect, test } from 'vitest';
import { fieldsOf, noShape, problemOf, shapeOf, shapeText } from './shape-words.ts';

describe('the shape of a link', () => {
  test('comes back from its fields as it was', () => {
    const shape = { delayMs: 120, loss: 0.025, rateBytesPerSecond: 64_000 };
    expect(shapeOf(fieldsOf(shape))).toEqual(shape);
    expect(shapeOf(fieldsOf(noShape))).toEqual(noShape);
    expect(shapeOf({ delay: '', loss: '', rate: '' })).toEqual(noShape);
  });

  test.each([
    ['delay', '-1'],
    ['delay', '60001'],
    ['delay', 'x'],
    ['loss', '91'],
    ['rate', '0.01'],
  ] as const)('%s of %s is refused, with what is allowed', (field, value) => {
    expect(problemOf(field, value)).toMatch(/From/);
    expect(shapeOf({ ...fieldsOf(noShape), [field]: value })).toBeUndefined();
  });

  test('is said in short', () => {
    expect(shapeText({ delayMs: 40, loss: 0.01, rateBytesPerSecond: 8_000 })).toBe(
      '+40 ms, 1 % loss, 8 kB/s',
    );
    expect(shapeText(noShape)).toBe('');
  });
});
