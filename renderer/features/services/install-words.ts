// What to do when a package is refused, by code. Pure.

const advice: Readonly<Record<string, string>> = {
  'package.signature':
    'It was changed after it was signed, or signed by somebody else. Get it from its author again.',
  'package.unsigned':
    'It carries no signature. Sign it with its author’s key; unsigned packages run on developer phones only.',
  'package.malformed': 'This is not a service package, or it is damaged. Packages end in .meshsvc.',
  'package.too-large': 'Packages may have 50 MB packed and 200 MB unpacked.',
  'package.bomb': 'It unpacks to far more than its size. Don’t use it.',
  'package.manifest-invalid': 'Its author has to correct the manifest.',
  'package.not-installable': 'No running phone can take it; the reasons stand in the message.',
  'device.offline': 'Start a phone first: Fleet, “Add virtual phones”.',
  'device.lost': 'Try again when the phones are back.',
  'input.too-large': 'Packages may have 50 MB.',
  'host.unreachable': 'Try again when the lab host is back.',
};

export const installAdvice = (code: string): string =>
  advice[code] ??
  (code.startsWith('package.')
    ? 'The package breaks a rule that keeps phones safe. Don’t use it; tell its author.'
    : 'Try again.');

export const isPackageName = (name: string): boolean => name.toLowerCase().endsWith('.meshsvc');
