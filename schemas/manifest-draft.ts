// A manifest while it is edited: every field may be missing, and what is still lacking is listed.

import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { type Static, type TObject, Type } from 'typebox';
import { Manifest, manifestFields, ResourceRequirements } from './manifest.ts';
import { type BrokenRule, brokenRules } from './manifest-rules.ts';
import { parserOf } from './validator.ts';

export const ManifestDraft = Type.Object(
  {
    ...Type.Partial(Type.Object(manifestFields)).properties,
    resourceRequirements: Type.Optional(Type.Partial(ResourceRequirements as TObject)),
    /** The DSSE envelope of META/signature.json, shown here. */
    signature: Type.Optional(Type.Unknown()),
  },
  { title: 'Service manifest, draft', additionalProperties: false },
);
export type ManifestDraft = Static<typeof ManifestDraft>;

/** A draft, or AbhayaError `package.manifest-invalid`: what is there must already be right. */
export const parseManifestDraft = parserOf(ManifestDraft, 'manifest draft', 'package.manifest-invalid');

export type Lack = BrokenRule;

/** What a draft still lacks to be publishable, in the order of the schema's fields; empty when nothing. */
export function lacksOf(draft: ManifestDraft): Lack[] {
  const { signature, ...fields } = draft as ManifestDraft & { signature?: unknown };
  const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
  const validate = ajv.compile(Manifest);
  const lacks: Lack[] = validate(fields)
    ? brokenRules(fields as Manifest)
    : (validate.errors ?? []).map(lackOf);
  if (signature === undefined) lacks.push({ path: '/signature', message: 'signature is missing' });
  return lacks;
}

function lackOf(error: ErrorObject): Lack {
  if (error.keyword === 'required') {
    const field = String((error.params as { missingProperty: string }).missingProperty);
    return { path: `${error.instancePath}/${field}`, message: `${field} is missing` };
  }
  return { path: error.instancePath, message: error.message ?? 'does not match' };
}
