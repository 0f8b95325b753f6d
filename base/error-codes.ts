// The closed set of error codes. Each says whose problem it is, which HTTP status and CLI exit code it gives.
// Codes are part of the API: they are added, never renamed. docs/ERRORS.md is made from this table.

export type Whose = 'user' | 'device' | 'peer' | 'package' | 'host';

export interface ErrorKind {
  readonly whose: Whose;
  readonly http: number;
  /** Exit code of the CLI. 1 is kept for bugs, 2 for wrong usage. */
  readonly exit: number;
}

const kind = (whose: Whose, http: number, exit: number): ErrorKind => ({ whose, http, exit });

export const errorKinds = {
  // general
  cancelled: kind('user', 499, 130),
  timeout: kind('host', 504, 10),
  closed: kind('host', 503, 11),
  'input.invalid': kind('user', 400, 2),
  'input.too-large': kind('user', 413, 2),
  'not-found': kind('user', 404, 3),
  ambiguous: kind('user', 409, 3),
  conflict: kind('user', 409, 4),
  // doors of the API
  'auth.missing': kind('user', 401, 5),
  'auth.refused': kind('user', 403, 5),
  // lab host
  'host.unreachable': kind('host', 503, 11),
  'host.already-running': kind('host', 409, 4),
  'host.setup': kind('host', 500, 12),
  'history.unavailable': kind('host', 503, 13),
  // adb and phones
  'adb.server': kind('host', 502, 20),
  'adb.protocol': kind('device', 502, 20),
  'device.offline': kind('device', 503, 21),
  'device.unauthorized': kind('device', 403, 21),
  'device.lost': kind('device', 503, 21),
  'device.unsupported': kind('device', 501, 22),
  'device.command-failed': kind('device', 502, 23),
  'agent.push-failed': kind('device', 502, 24),
  'agent.handshake': kind('device', 502, 24),
  // wire
  'wire.malformed': kind('peer', 400, 30),
  'wire.too-large': kind('peer', 413, 30),
  'wire.version': kind('peer', 400, 30),
  'wire.forged': kind('peer', 403, 31),
  'mesh.unroutable': kind('peer', 503, 32),
  'mesh.stream-reset': kind('peer', 502, 32),
  // packages
  'package.malformed': kind('package', 400, 40),
  'package.traversal': kind('package', 400, 40),
  'package.duplicate': kind('package', 400, 40),
  'package.symlink': kind('package', 400, 40),
  'package.encrypted': kind('package', 400, 40),
  'package.too-large': kind('package', 400, 40),
  'package.bomb': kind('package', 400, 40),
  'package.undeclared-file': kind('package', 400, 40),
  'package.missing-file': kind('package', 400, 40),
  'package.hash-mismatch': kind('package', 400, 40),
  'package.size-mismatch': kind('package', 400, 40),
  'package.header-mismatch': kind('package', 400, 40),
  'package.manifest-invalid': kind('package', 400, 41),
  'package.not-canonical': kind('package', 400, 41),
  'package.signature': kind('package', 400, 42),
  'package.unsigned': kind('package', 403, 42),
  'package.not-installable': kind('package', 409, 43),
  'package.absolute-path': kind('package', 400, 40),
  'package.backslash': kind('package', 400, 40),
  'package.bad-name': kind('package', 400, 40),
  'package.case-clash': kind('package', 400, 40),
  'package.crc-mismatch': kind('package', 400, 40),
  'package.overlap': kind('package', 400, 40),
  'package.zip64': kind('package', 400, 40),
  'package.meta-extra': kind('package', 400, 40),
  'package.payload-mismatch': kind('package', 400, 41),
  'package.schema-hostile': kind('package', 400, 41),
  'identity.invalid': kind('user', 400, 2),
  // tasks
  'task.no-offers': kind('device', 503, 50),
  'task.failed': kind('device', 502, 51),
  'task.expired': kind('device', 504, 52),
  'task.cancelled': kind('user', 499, 130),
  'task.input-invalid': kind('user', 400, 2),
  'task.output-invalid': kind('package', 502, 53),
  // sandbox
  'sandbox.unavailable': kind('device', 501, 60),
  'sandbox.supervisor-died': kind('device', 502, 61),
  'sandbox.not-completed': kind('package', 502, 62),
  'sandbox.breached': kind('device', 500, 63),
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorKinds;

export const isErrorCode = (value: unknown): value is ErrorCode =>
  typeof value === 'string' && Object.hasOwn(errorKinds, value);
