// What is filled into the form: from a drop on the card, from an earlier task, or by hand.

import { useEffect, useMemo, useState } from 'react';
import type { ServiceDetail } from '#schemas';
import { showError } from '../../../shell/messages-store.ts';
import { pickFile } from './FileInput.tsx';
import {
  type FieldSource,
  type FieldValue,
  type FormField,
  type FormValues,
  fieldsOf,
  fileFieldFor,
  type RunChoices,
} from './form-model.ts';
import { takeDropped, useRuns } from './run-store.ts';

export interface Form {
  readonly fields: readonly FormField[];
  readonly values: FormValues;
  readonly sources: Readonly<Record<string, FieldSource>>;
  readonly choices: RunChoices;
  setValue(name: string, value: FieldValue | undefined): void;
  setSource(name: string, source: FieldSource): void;
  setChoices(choices: RunChoices): void;
}

export function useForm(detail: ServiceDetail, again: string | undefined): Form {
  const { manifest, manifestSha256 } = detail;
  const fields = useMemo(() => fieldsOf(manifest), [manifest]);
  const earlier = again === undefined ? undefined : useRuns.getState().byTask.get(again);
  const fits = earlier?.manifestSha256 === manifestSha256 ? earlier : undefined;
  const [values, setValues] = useState<FormValues>(() => fits?.values ?? firstValues(fields));
  const [sources, setSources] = useState<Readonly<Record<string, FieldSource>>>(
    () =>
      fits?.sources ?? Object.fromEntries(fields.map(({ name, sources: all }) => [name, firstSource(all)])),
  );
  const [choices, setChoices] = useState<RunChoices>(() => fits?.choices ?? useRuns.getState().choices);
  const dropped = useRuns((data) => data.dropped);

  useEffect(() => {
    if (!dropped) return;
    const [file] = takeDropped(manifestSha256);
    const target = file && fileFieldFor(fields, file.type);
    if (!target) return;
    const source = target.sources.find((it) => it === 'image' || it === 'file') ?? 'file';
    pickFile(file).then((picked) => {
      setSources((before) => ({ ...before, [target.name]: source === 'image' ? 'image' : 'file' }));
      setValues((before) => ({
        ...before,
        [target.name]: { source: source === 'image' ? 'image' : 'file', picked },
      }));
    }, showError);
  }, [dropped, fields, manifestSha256]);

  return {
    fields,
    values,
    sources,
    choices,
    setValue: (name, value) => setValues((before) => ({ ...before, [name]: value })),
    setSource(name, source) {
      setSources((before) => ({ ...before, [name]: source }));
      // A file is a file and an image alike; what another source gave does not count any more.
      setValues((before) => {
        const value = before[name];
        const files = ['file', 'image'];
        const kept = value !== undefined && files.includes(value.source) && files.includes(source);
        const field = fields.find((it) => it.name === name);
        return {
          ...before,
          [name]: kept ? value : source === 'value' && field ? firstValue(field) : undefined,
        };
      });
    },
    setChoices,
  };
}

const firstSource = (sources: readonly FieldSource[]): FieldSource =>
  sources.find((source) => source !== 'url') ?? 'file';

/** A switch says false before anybody touches it. */
const firstValue = ({ widget }: FormField): FieldValue | undefined =>
  widget === 'boolean' ? { source: 'value', raw: 'false' } : undefined;

const firstValues = (fields: readonly FormField[]): FormValues =>
  Object.fromEntries(
    fields.map((field) => [
      field.name,
      firstSource(field.sources) === 'value' ? firstValue(field) : undefined,
    ]),
  );
