// CSV as RFC 4180 has it, byte by byte: fields in quotes, doubled quotes inside, lines that end with LF or CRLF. Memory does
// not grow with the input.

import { fail } from './wasi';

const LF: u8 = 0x0a;
const CR: u8 = 0x0d;
const QUOTE: u8 = 0x22;
export const FIELD_MAX = 65536;

export abstract class Rows {
  /** `quoted`: it stood in quotes. */
  abstract field(bytes: StaticArray<u8>, length: i32, column: i32, quoted: bool): void;
  abstract endRow(): void;
}

export class Csv {
  private readonly field: StaticArray<u8> = new StaticArray<u8>(FIELD_MAX);
  private length: i32 = 0;
  private column: i32 = 0;
  private quoted: bool = false;
  /** The last byte was a quote inside quotes: the end of them, or the first of two. */
  private maybeEnd: bool = false;
  private wasQuoted: bool = false;
  private row: i32 = 1;

  constructor(
    private readonly rows: Rows,
    private readonly separator: u8,
  ) {}

  take(byte: u8): void {
    if (this.quoted) {
      if (!this.maybeEnd) {
        if (byte == QUOTE) this.maybeEnd = true;
        else this.keep(byte);
        return;
      }
      this.maybeEnd = false;
      if (byte == QUOTE) return this.keep(QUOTE);
      this.quoted = false;
    }
    if (byte == this.separator) this.endField();
    else if (byte == LF) this.endRow();
    else if (byte == QUOTE && this.length == 0 && !this.wasQuoted) {
      this.quoted = true;
      this.wasQuoted = true;
    } else this.keep(byte);
  }

  /** The last line may have no end. */
  end(): void {
    if (this.quoted && !this.maybeEnd) fail('row ' + this.row.toString() + ': a quote is never closed');
    if (this.length > 0 || this.column > 0 || this.wasQuoted) this.endRow();
  }

  private keep(byte: u8): void {
    if (this.length == FIELD_MAX)
      fail('row ' + this.row.toString() + ': a field has more than ' + FIELD_MAX.toString() + ' bytes');
    unchecked((this.field[this.length++] = byte));
  }

  private endField(): void {
    this.rows.field(this.field, this.length, this.column++, this.wasQuoted);
    this.length = 0;
    this.quoted = this.maybeEnd = this.wasQuoted = false;
  }

  private endRow(): void {
    if (this.length > 0 && unchecked(this.field[this.length - 1]) == CR) this.length--;
    this.row++;
    // An empty line is no row.
    if (this.length == 0 && this.column == 0 && !this.wasQuoted) return;
    this.endField();
    this.rows.endRow();
    this.column = 0;
  }
}
