// The run form as data: fields made from a manifest, what was filled in, what is wrong with it, and the request that
// comes of it. Pure.

import type { CameraPicture, FileHandle, ManifestView, SubmitTask } from '#schemas';
import { bytes } from '../../../parts/format.ts';
import { valueProblem } from './check-value.ts';

export type FieldSource = 'file' | 'image' | 'camera' | 'value' | 'url';
export type ValueWidget = 'text' | 'string' | 'number' | 'boolean' | 'choice' | 'json';

export interface FormField {
  readonly name: string;
  /** What the schema says that it is. */
  readonly description: string | undefined;
  readonly mediaType: string;
  readonly required: boolean;
  readonly maxBytes: number;
  readonly schema: Readonly<Record<string, unknown>>;
  /** At least one; the first is the one that is open. */
  readonly sources: readonly FieldSource[];
  readonly widget: ValueWidget;
  readonly choices: readonly unknown[];
}

/** A file that a person dropped or chose; `file` is for its preview. */
export interface PickedFile extends FileHandle {
  readonly type: string;
  readonly file: File | undefined;
}

export type FieldValue =
  | { readonly source: 'file' | 'image'; readonly picked: PickedFile }
  | { readonly source: 'camera'; readonly picture: CameraPicture }
  | { readonly source: 'value'; readonly raw: string };

export type FormValues = Readonly<Record<string, FieldValue | undefined>>;

export function fieldsOf(manifest: Pick<ManifestView, 'inputs' | 'inputSources'>): FormField[] {
  return manifest.inputs.map((port) => {
    const { name, mediaType, required, maxBytes, schema } = port;
    const sources = manifest.inputSources.filter((source) => suits(source, mediaType));
    return {
      name,
      description: typeof schema.description === 'string' ? schema.description : undefined,
      mediaType,
      required,
      maxBytes,
      schema,
      sources:
        sources.length > 0 && sources.some((source) => source !== 'url') ? sources : [...sources, 'file'],
      widget: widgetOf(mediaType, schema),
      choices: Array.isArray(schema.enum) ? schema.enum : [],
    };
  });
}

const isJson = (mediaType: string): boolean =>
  mediaType === 'application/json' || mediaType.endsWith('+json');

/** A picture is no JSON, and nobody types a picture. */
function suits(source: FieldSource, mediaType: string): boolean {
  const picture = mediaType.startsWith('image/');
  if (source === 'image' || source === 'camera') return picture || mediaType === 'application/octet-stream';
  return source !== 'value' || !/^(?:image|audio|video)\//.test(mediaType);
}

function widgetOf(
  mediaType: string,
  { type, enum: choices }: Readonly<Record<string, unknown>>,
): ValueWidget {
  if (!isJson(mediaType)) return 'text';
  if (Array.isArray(choices) && choices.length > 0) return 'choice';
  if (type === 'boolean' || type === 'string') return type;
  return type === 'number' || type === 'integer' ? 'number' : 'json';
}

export type Parsed =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string };

/** The value that a person typed, as JSON or text. */
export function parseValue(
  field: Pick<FormField, 'widget' | 'schema' | 'choices' | 'maxBytes'>,
  raw: string,
): Parsed {
  const parsed = read(field, raw);
  if (!parsed.ok) return parsed;
  const problem = field.widget === 'text' ? undefined : valueProblem(field.schema, parsed.value);
  if (problem !== undefined) return { ok: false, problem };
  const size = new TextEncoder().encode(field.widget === 'text' ? raw : JSON.stringify(parsed.value)).length;
  return size > field.maxBytes
    ? { ok: false, problem: `It has ${bytes(size)}; at most ${bytes(field.maxBytes)} are taken.` }
    : parsed;
}

function read({ widget, choices }: Pick<FormField, 'widget' | 'choices'>, raw: string): Parsed {
  switch (widget) {
    case 'number': {
      const value = Number(raw.trim().replace(',', '.'));
      return raw.trim() !== '' && Number.isFinite(value)
        ? { ok: true, value }
        : { ok: false, problem: 'A number is wanted, such as 42 or 0.5.' };
    }
    case 'boolean':
      return { ok: true, value: raw === 'true' };
    case 'choice': {
      const value = choices[Number(raw)];
      return raw !== '' && value !== undefined ? { ok: true, value } : { ok: false, problem: 'Choose one.' };
    }
    case 'json':
      try {
        return { ok: true, value: JSON.parse(raw) as unknown };
      } catch (error) {
        return { ok: false, problem: `This is no JSON: ${(error as Error).message}.` };
      }
    default:
      return { ok: true, value: raw };
  }
}

/** What is wrong, by field; empty: it can be sent. */
export function formProblems(
  fields: readonly FormField[],
  values: FormValues,
): Readonly<Record<string, string>> {
  const problems: Record<string, string> = {};
  for (const field of fields) {
    const problem = fieldProblem(field, values[field.name]);
    if (problem !== undefined) problems[field.name] = problem;
  }
  return problems;
}

export function fieldProblem(field: FormField, value: FieldValue | undefined): string | undefined {
  if (value === undefined) return field.required ? 'This input is needed.' : undefined;
  if (value.source === 'value') {
    const parsed = parseValue(field, value.raw);
    return parsed.ok ? undefined : parsed.problem;
  }
  const file = value.source === 'camera' ? value.picture : value.picked;
  return file.bytes > field.maxBytes
    ? `${file.name} has ${bytes(file.bytes)}; at most ${bytes(field.maxBytes)} are taken.`
    : undefined;
}

/** A doubt, not an error: the ending says another type than the service asks for. */
export function fileDoubt({ mediaType }: Pick<FormField, 'mediaType'>, type: string): string | undefined {
  if (type === '' || mediaType === 'application/octet-stream') return undefined;
  const fits = mediaType.endsWith('/*') ? type.startsWith(mediaType.slice(0, -1)) : type === mediaType;
  return fits ? undefined : `This looks like ${type}; the service takes ${mediaType}.`;
}

export interface RunChoices {
  /** Empty: the lab host takes the first phone that runs. */
  readonly from: string;
  /** Empty: the fittest. */
  readonly on: string;
  readonly deadlineMs: number | undefined;
}

/** Files by field, in order: what has to be uploaded before the request. */
export function filesOf(
  fields: readonly FormField[],
  values: FormValues,
): { name: string; file: FileHandle }[] {
  return fields.flatMap(({ name }) => {
    const value = values[name];
    if (value === undefined || value.source === 'value') return [];
    return [{ name, file: value.source === 'camera' ? value.picture : value.picked }];
  });
}

export function requestOf(
  service: { readonly packageId: string; readonly version: string; readonly author: string },
  fields: readonly FormField[],
  values: FormValues,
  uploads: ReadonlyMap<string, string>,
  choices: RunChoices,
): SubmitTask {
  const inputs: SubmitTask['inputs'] = {};
  for (const field of fields) {
    const value = values[field.name];
    const upload = uploads.get(field.name);
    if (upload !== undefined) inputs[field.name] = { upload };
    else if (value?.source === 'value') {
      const parsed = parseValue(field, value.raw);
      if (parsed.ok) inputs[field.name] = { value: parsed.value };
    }
  }
  const { packageId, version, author } = service;
  const { from, on, deadlineMs } = choices;
  return {
    packageId,
    version,
    author,
    inputs,
    ...(from ? { from } : {}),
    ...(on ? { on } : {}),
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
  };
}

/** The input that a dropped file goes to: one of its very type, else any that takes a file. */
export function fileFieldFor(fields: readonly FormField[], type: string): FormField | undefined {
  const takesFiles = fields.filter(({ sources }) =>
    sources.some((source) => source === 'file' || source === 'image'),
  );
  return (
    takesFiles.find(
      (field) => field.mediaType !== 'application/octet-stream' && fileDoubt(field, type) === undefined,
    ) ?? takesFiles[0]
  );
}
