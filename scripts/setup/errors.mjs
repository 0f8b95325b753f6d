// What set-up says when it can't go on: one sentence, and where there is one, the command to paste.

export class SetupError extends Error {
  name = 'SetupError';

  /** @param {string} message @param {{hint?: string, cause?: unknown}} [options] */
  constructor(message, options = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.hint = options.hint;
  }
}

const networkMarks =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|ENOTCACHED|network request|network timeout|code E5\d\d|socket hang up|Could not resolve|Temporary failure resolving|Connection timed out|Could not connect|Unable to connect|Connection failed/i;

/** True when the output of npm, apt or Maven says that the other side could not be reached. */
export const saysOffline = (text) => networkMarks.test(text);

/** True when the output of a tool, or an error's code, says that the disk is full. */
export const saysDiskFull = (text) =>
  /ENOSPC|No space left on device|EDQUOT|Disk quota exceeded|You don't have enough free space/i.test(text);

export function diskFull(path, cause) {
  const error = new SetupError(`The disk that holds ${path} is full; nothing was changed.`, {
    hint: 'Free about 2 GB there, or set ABHAYA_CACHE to a folder on another disk; then run: npm run setup',
    cause,
  });
  error.diskFull = true;
  return error;
}
