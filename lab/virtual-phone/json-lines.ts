// Lines of a byte stream, with a limit: what both ends of a phone's control pipe read.

import { StringDecoder } from 'node:string_decoder';
import { AbhayaError } from '#base';

/** Ends with the stream; throws `wire.too-large` for a line above maxBytes (counted in UTF-16 units). */
export async function* linesOf(input: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let pending = '';
  for await (const chunk of input) {
    pending += decoder.write(Buffer.from(chunk));
    for (let end = pending.indexOf('\n'); end >= 0; end = pending.indexOf('\n')) {
      yield pending.slice(0, end);
      pending = pending.slice(end + 1);
    }
    if (pending.length > maxBytes) throw new AbhayaError('wire.too-large', `a line above ${maxBytes} bytes`);
  }
}
