// Rows as lines of JSON, written in blocks. Text is copied byte by byte: what is no UTF-8 becomes U+FFFD.

import { send, fail } from './wasi';

const BLOCK = 65536;
/** Numbers with more digits than every reader keeps stay text. */
const DIGITS_MAX = 15;
const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;

export class JsonLines {
  private readonly block: StaticArray<u8> = new StaticArray<u8>(BLOCK);
  private length: i32 = 0;

  byte(byte: u8): void {
    if (this.length == BLOCK) this.flush();
    unchecked((this.block[this.length++] = byte));
  }

  ascii(text: string): void {
    for (let i = 0; i < text.length; i++) this.byte(<u8>text.charCodeAt(i));
  }

  /** A number where it is one of JSON's, null where there is nothing, else text. */
  value(bytes: StaticArray<u8>, length: i32, quoted: bool): void {
    if (!quoted && length == 0) return this.ascii('null');
    if (quoted || !isNumber(bytes, length)) return this.text(bytes, length);
    for (let i = 0; i < length; i++) this.byte(unchecked(bytes[i]));
  }

  text(bytes: StaticArray<u8>, length: i32): void {
    this.byte(QUOTE);
    for (let i = 0; i < length; ) {
      const byte = unchecked(bytes[i]);
      const size = sequence(bytes, i, length);
      if (size == 0) this.replacement();
      else if (byte == QUOTE || byte == BACKSLASH) {
        this.byte(BACKSLASH);
        this.byte(byte);
      } else if (byte < 0x20) {
        this.ascii(byte < 0x10 ? '\\u000' : '\\u001');
        this.byte(hexadecimal(byte & 15));
      } else for (let k = 0; k < size; k++) this.byte(unchecked(bytes[i + k]));
      i += max(1, size);
    }
    this.byte(QUOTE);
  }

  flush(): void {
    if (!send(1, changetype<usize>(this.block), this.length)) fail('the output can not be written');
    this.length = 0;
  }

  private replacement(): void {
    this.byte(0xef);
    this.byte(0xbf);
    this.byte(0xbd);
  }
}

function hexadecimal(digit: u8): u8 {
  return digit < 10 ? 0x30 + digit : 0x57 + digit;
}

/** Length of the well-formed sequence at `at`, 0 where there is none (RFC 3629). */
function sequence(bytes: StaticArray<u8>, at: i32, end: i32): i32 {
  const first = unchecked(bytes[at]);
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || end - at < length) return 0;
  for (let i = 1; i < length; i++) if ((unchecked(bytes[at + i]) & 0xc0) != 0x80) return 0;
  const second = unchecked(bytes[at + 1]);
  if (first == 0xe0 && second < 0xa0) return 0;
  if (first == 0xed && second > 0x9f) return 0;
  if (first == 0xf0 && second < 0x90) return 0;
  return first == 0xf4 && second > 0x8f ? 0 : length;
}

function isDigit(byte: u8): bool {
  return byte >= 0x30 && byte <= 0x39;
}

/** As RFC 8259 has it: no plus, no leading zero, digits on both sides of the point. */
function isNumber(bytes: StaticArray<u8>, end: i32): bool {
  let at = unchecked(bytes[0]) == 0x2d ? 1 : 0;
  const whole = digitsFrom(bytes, at, end);
  if (whole == 0 || (whole > 1 && unchecked(bytes[at]) == 0x30)) return false;
  at += whole;
  let digits = whole;
  if (at < end && unchecked(bytes[at]) == 0x2e) {
    const part = digitsFrom(bytes, at + 1, end);
    if (part == 0) return false;
    digits += part;
    at += 1 + part;
  }
  if (at < end && (unchecked(bytes[at]) | 0x20) == 0x65) {
    at++;
    if (at < end && (unchecked(bytes[at]) == 0x2b || unchecked(bytes[at]) == 0x2d)) at++;
    const exponent = digitsFrom(bytes, at, end);
    // No larger than a double takes.
    if (exponent == 0 || exponent > 2) return false;
    at += exponent;
  }
  return at == end && digits <= DIGITS_MAX;
}

function digitsFrom(bytes: StaticArray<u8>, at: i32, end: i32): i32 {
  let count = 0;
  while (at + count < end && isDigit(unchecked(bytes[at + count]))) count++;
  return count;
}
