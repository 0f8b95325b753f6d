// The name of an output's file: its name, date and time, a counter where that is taken, and the ending of its type.

import type { OutputView } from '#schemas';

const endings: Readonly<Record<string, string>> = {
  'application/json': '.json',
  'image/png': '.png',
  'image/jpeg': '.jpg',
  'image/webp': '.webp',
  'image/svg+xml': '.svg',
  'text/plain': '.txt',
  'text/csv': '.csv',
  'text/html': '.html',
  'application/pdf': '.pdf',
  'application/zip': '.zip',
  'application/gzip': '.gz',
  'audio/wav': '.wav',
};

/** Such as `thumbnail-2026-11-24-063000.png`, then `thumbnail-2026-11-24-063000-2.png`. Local time. */
export function nameFor(output: Pick<OutputView, 'name' | 'mediaType'>, at: Date, count: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = `${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`;
  const stem =
    output.name
      .replaceAll(/[^A-Za-z0-9._-]/g, '-')
      .replace(/^\.+/, '')
      .slice(0, 80) || 'output';
  const ending = endings[output.mediaType.split(';')[0]?.trim() ?? ''] ?? '.bin';
  return `${stem}-${day}-${time}${count === 0 ? '' : `-${count + 1}`}${ending}`;
}
