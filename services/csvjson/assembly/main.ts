// org.abhaya.csvjson: a table as CSV in, one JSON object for each row out, a line each. The first line has the names; the
// separator is the one of comma, semicolon and tab that it has most of.

import { Csv, Rows } from './csv';
import { JsonLines } from './json-lines';
import { fail, read } from './wasi';

const COLUMNS_MAX = 1000;
const BLOCK = 65536;
const COMMA: u8 = 0x2c;
const SEMICOLON: u8 = 0x3b;
const TAB: u8 = 0x09;

class Objects extends Rows {
  readonly out: JsonLines = new JsonLines();
  private readonly names: StaticArray<u8>[] = [];
  private readonly seen: Set<string> = new Set<string>();
  private hasNames: bool = false;
  private row: i64 = 1;

  field(bytes: StaticArray<u8>, length: i32, column: i32, quoted: bool): void {
    if (!this.hasNames) return this.name(bytes, length, column);
    if (column >= this.names.length)
      fail('row ' + this.row.toString() + ' has more fields than the first one has names');
    const name = this.names[column];
    this.out.byte(column == 0 ? 0x7b : 0x2c);
    this.out.text(name, name.length);
    this.out.byte(0x3a);
    this.out.value(bytes, length, quoted);
  }

  endRow(): void {
    this.row++;
    if (this.hasNames) this.out.ascii('}\n');
    this.hasNames = true;
  }

  end(): void {
    if (!this.hasNames) fail('the table is empty');
    this.out.flush();
  }

  private name(bytes: StaticArray<u8>, length: i32, column: i32): void {
    if (column == COLUMNS_MAX) fail('more than ' + COLUMNS_MAX.toString() + ' columns');
    const name = new StaticArray<u8>(length);
    memory.copy(changetype<usize>(name), changetype<usize>(bytes), length);
    const text = String.UTF8.decodeUnsafe(changetype<usize>(bytes), length);
    if (this.seen.has(text)) fail('the name ' + text + ' stands there twice');
    this.seen.add(text);
    this.names.push(name);
  }
}

/** Of the first line, as far as the first block has it. */
function separatorOf(block: StaticArray<u8>, length: i32): u8 {
  let commas = 0;
  let semicolons = 0;
  let tabs = 0;
  let inside = false;
  for (let i = 0; i < length; i++) {
    const byte = block[i];
    if (byte == 0x22) inside = !inside;
    else if (inside) continue;
    else if (byte == 0x0a) break;
    else if (byte == COMMA) commas++;
    else if (byte == SEMICOLON) semicolons++;
    else if (byte == TAB) tabs++;
  }
  if (semicolons > commas && semicolons >= tabs) return SEMICOLON;
  return tabs > commas ? TAB : COMMA;
}

function run(): void {
  const block = new StaticArray<u8>(BLOCK);
  const objects = new Objects();
  let length = read(block);
  const csv = new Csv(objects, separatorOf(block, length));
  // A byte order mark is no part of the first name.
  const marked = length >= 3 && block[0] == 0xef && block[1] == 0xbb && block[2] == 0xbf;
  for (let i = marked ? 3 : 0; length > 0; i = 0, length = read(block))
    for (; i < length; i++) csv.take(unchecked(block[i]));
  csv.end();
  objects.end();
}

run();
