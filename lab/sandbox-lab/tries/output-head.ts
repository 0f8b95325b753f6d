// The beginning of an output for a person to look at: as text where it is text, else in hexadecimal. Pure.

import { type SandboxTryOutput, TRY_HEAD_BYTES } from '#schemas';

/** Collects the first bytes of a stream, and counts all of them. */
export class OutputHead {
  #head: Uint8Array = new Uint8Array(0);
  #bytes = 0;

  take(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    const room = TRY_HEAD_BYTES - this.#head.length;
    if (room <= 0) return;
    const more = chunk.subarray(0, room);
    const joined = new Uint8Array(this.#head.length + more.length);
    joined.set(this.#head);
    joined.set(more, this.#head.length);
    this.#head = joined;
  }

  view(): SandboxTryOutput {
    const cut = this.#bytes > this.#head.length;
    const text = asText(this.#head);
    return text === undefined
      ? { bytes: this.#bytes, head: Buffer.from(this.#head).toString('hex'), form: 'hex', cut }
      : { bytes: this.#bytes, head: text, form: 'text', cut };
  }
}

/** Undefined where it is no text. A character that was cut at the end is left out: the rest of it may come yet. */
function asText(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true });
    return CONTROL.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

// What no text has: all of C0 but tab, line feed, form feed, carriage return, and escape, which colours terminals.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u0008\u000b\u000e-\u001a\u001c-\u001f]/;
