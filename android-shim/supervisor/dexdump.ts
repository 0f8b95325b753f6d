// What `dexdump -d` says of a dex file, as far as it decides whether a phone can run it. Pure.

export interface DexContents {
  /** Of the format: 037 is Android 7's. */
  readonly version: string;
  readonly classes: ReadonlySet<string>;
  /** Every type that is named anywhere: superclasses, fields, signatures, instructions. */
  readonly types: ReadonlySet<string>;
  readonly instructions: ReadonlySet<string>;
  /** `Lcom/example/A;.name:(I)V`, with access as `PUBLIC STATIC`. */
  readonly methods: ReadonlyMap<string, string>;
}

const TYPE = /L[\w$/-]+;/g;

export function parseDexdump(text: string): DexContents {
  const version = /DEX version '(\d+)'/.exec(text)?.[1] ?? '';
  const classes = new Set<string>();
  const types = new Set<string>();
  const instructions = new Set<string>();
  const methods = new Map<string, string>();
  let owner = '';
  let name = '';
  let type = '';
  for (const line of text.split('\n')) {
    const instruction = /^[0-9a-f]+: .*\|[0-9a-f]{4}: ([\w/-]+)(.*)$/.exec(line);
    if (instruction) {
      const [, opcode = '', operands = ''] = instruction;
      instructions.add(opcode);
      // The text of a string may look like a type.
      if (!opcode.startsWith('const-string')) addAll(types, operands);
      continue;
    }
    const [, key = '', value = ''] = /^\s*([\w ]+?)\s*: '?(.*?)'?$/.exec(line) ?? [];
    if (key === 'Class descriptor') {
      owner = value;
      classes.add(owner);
    } else if (key === 'name') name = value;
    else if (key === 'type') type = value;
    else if (key === 'access' && type.startsWith('('))
      methods.set(`${owner}.${name}:${type}`, /\((.*)\)/.exec(value)?.[1] ?? '');
    if (key === 'Superclass' || key === 'type' || line.includes(' : ')) addAll(types, line);
  }
  return { version, classes, types, instructions, methods };
}

function addAll(types: Set<string>, text: string): void {
  for (const [type] of text.matchAll(TYPE)) types.add(type);
}
