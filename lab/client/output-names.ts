// The name of an output's file: the manifest's pattern or the output's name, date and time, a counter where that is
// taken, and an ending. Pattern and input's name were written by strangers: what comes out is one harmless file name.

import type { OutputView, TaskView } from '#schemas';

const endings: Readonly<Record<string, readonly string[]>> = {
  'application/json': ['.json'],
  'image/png': ['.png'],
  'application/x-ndjson': ['.jsonl', '.ndjson'],
  'image/jpeg': ['.jpg', '.jpeg'],
  'image/webp': ['.webp'],
  'image/svg+xml': ['.svg'],
  'text/plain': ['.txt', '.log', '.md'],
  'text/csv': ['.csv'],
  'text/html': ['.html', '.htm'],
  'application/pdf': ['.pdf'],
  'application/zip': ['.zip'],
  'application/gzip': ['.gz'],
  'audio/wav': ['.wav'],
};
/** Beside those, what a pattern may say where the media type has no ending here: nothing that a double click runs. */
const harmless = ['.bin', '.dat', '.gif', '.mp3', '.mp4', '.ogg', '.onnx', '.tar', '.tsv', '.xml', '.yaml'];

const STEM_BYTES = 160;
const INPUT_BYTES = 80;

export interface OutputNaming {
  readonly output: Pick<OutputView, 'name' | 'mediaType'>;
  /** Such as `{input}.thumbnail.png`: `{input}` is the first input, `{NAME}` the one of that name. */
  readonly pattern?: string | undefined;
  /** The inputs in the manifest's order, with the name of the file that was given, where that is known. */
  readonly inputs?: readonly { readonly name: string; readonly file?: string | undefined }[];
}

/** Such as `thumbnail-2026-11-24-063000.png`, then `thumbnail-2026-11-24-063000-2.png`. Local time. */
export function nameFor(naming: OutputNaming, at: Date, count: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = `${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`;
  const { stem, ending } = naming.pattern === undefined ? byName(naming.output) : byPattern(naming);
  return `${stem}-${day}-${time}${count === 0 ? '' : `-${count + 1}`}${ending}`;
}

/** What the manifest and the task say of an output's name. */
export function namingOf(
  output: OutputNaming['output'],
  task: Pick<TaskView, 'inputFiles'>,
  manifest:
    | {
        readonly inputs: readonly { readonly name: string }[];
        readonly outputs: readonly { readonly name: string; readonly filename?: string }[];
      }
    | undefined,
): OutputNaming {
  const inputs = manifest?.inputs.map(({ name }) => ({ name, file: task.inputFiles?.[name] })) ?? [];
  return { output, inputs, pattern: manifest?.outputs.find(({ name }) => name === output.name)?.filename };
}

const endingsOf = (mediaType: string) => endings[mediaType.split(';')[0]?.trim() ?? ''];

const byName = ({ name, mediaType }: OutputNaming['output']) => ({
  stem:
    name
      .replaceAll(/[^A-Za-z0-9._-]/g, '-')
      .replace(/^\.+/, '')
      .slice(0, 80) || 'output',
  ending: endingsOf(mediaType)?.[0] ?? '.bin',
});

function byPattern({ output, pattern = '', inputs = [] }: OutputNaming): { stem: string; ending: string } {
  const nameOf = (input: { name: string; file?: string | undefined } | undefined): string | undefined =>
    input && cut(input.file === undefined ? input.name : stemOf(input.file), INPUT_BYTES);
  const filled = pattern.replaceAll(/\{([^{}]*)\}/g, (_, name: string) => {
    const input = inputs.find((it) => it.name === name) ?? (name === 'input' ? inputs[0] : undefined);
    return nameOf(input) ?? name;
  });
  const ofType = endingsOf(output.mediaType);
  const allowed = ofType ?? [...harmless, ...Object.values(endings).flat()];
  const said = /\.[A-Za-z0-9]{1,8}$/.exec(filled)?.[0].toLowerCase() ?? '';
  // An ending that is not of the media type stays in the name, and the right one follows.
  const ending = allowed.includes(said) ? said : (ofType?.[0] ?? '.bin');
  const stem = tame(ending === said ? filled.slice(0, -said.length) : filled);
  return { stem: stem || byName(output).stem, ending };
}

/** The name of a file of ours or of the user's without folders and ending. */
const stemOf = (file: string): string => (file.split(/[\\/]/).at(-1) ?? '').replace(/(?<=.)\.[^.]*$/, '');

/** Letters and digits of every language; nothing that a shell, a file manager or a file system takes for more. */
function tame(text: string): string {
  const plain = text
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{M}\p{N}._ -]/gu, '-')
    .replaceAll(/\.{2,}/g, '.');
  const stem = cut(plain.replace(/^[. -]+/, ''), STEM_BYTES).replace(/[. -]+$/, '');
  // Windows takes these for devices, whatever follows the first dot.
  return /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i.test(stem) ? `_${stem}` : stem;
}

/** At most so many bytes of UTF-8, in whole characters. */
function cut(text: string, bytes: number): string {
  const encoder = new TextEncoder();
  const kept: string[] = [];
  let left = bytes;
  for (const character of text) {
    left -= encoder.encode(character).length;
    if (left < 0) break;
    kept.push(character);
  }
  return kept.join('');
}
