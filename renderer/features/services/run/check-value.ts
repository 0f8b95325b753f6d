// Whether a value fits a JSON Schema, as far as a form can say at once: types, ranges, lengths, required fields. The
// schema comes from a package: patterns and references are left to the phone, which judges where it can be stopped.

type Schema = Readonly<Record<string, unknown>>;

const MOST_DEPTH = 16;

/** The first thing that is wrong, in a sentence; undefined when nothing is. */
export function valueProblem(
  schema: Schema,
  value: unknown,
  place = 'The value',
  depth = 0,
): string | undefined {
  if (depth > MOST_DEPTH) return undefined;
  return (
    typeProblem(schema, value, place) ??
    choiceProblem(schema, value, place) ??
    (typeof value === 'number' ? numberProblem(schema, value, place) : undefined) ??
    (typeof value === 'string' ? textProblem(schema, value, place) : undefined) ??
    (Array.isArray(value) ? listProblem(schema, value, place, depth) : undefined) ??
    (isObject(value) ? objectProblem(schema, value, place, depth) : undefined)
  );
}

function typeProblem({ type }: Schema, value: unknown, place: string): string | undefined {
  const types = (Array.isArray(type) ? type : [type]).filter((it): it is string => typeof it === 'string');
  if (types.length === 0 || types.some((it) => isOfType(it, value))) return undefined;
  return `${place} must be ${types.map((it) => words[it] ?? it).join(' or ')}.`;
}
const words: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'null',
};

function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    case 'null':
      return value === null;
    default:
      return typeof value === type;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function choiceProblem(schema: Schema, value: unknown, place: string): string | undefined {
  const allowed = 'const' in schema ? [schema.const] : Array.isArray(schema.enum) ? schema.enum : undefined;
  const text = JSON.stringify(value);
  if (!allowed || allowed.some((it) => JSON.stringify(it) === text)) return undefined;
  return `${place} must be ${allowed.map((it) => JSON.stringify(it)).join(' or ')}.`;
}

const limit = (schema: Schema, key: string): number | undefined =>
  typeof schema[key] === 'number' ? schema[key] : undefined;

function numberProblem(schema: Schema, value: number, place: string): string | undefined {
  const [min, max] = [limit(schema, 'minimum'), limit(schema, 'maximum')];
  const [above, below] = [limit(schema, 'exclusiveMinimum'), limit(schema, 'exclusiveMaximum')];
  if (min !== undefined && value < min) return `${place} must be at least ${min}.`;
  if (max !== undefined && value > max) return `${place} must be at most ${max}.`;
  if (above !== undefined && value <= above) return `${place} must be more than ${above}.`;
  if (below !== undefined && value >= below) return `${place} must be less than ${below}.`;
  return undefined;
}

function textProblem(schema: Schema, value: string, place: string): string | undefined {
  const [min, max] = [limit(schema, 'minLength'), limit(schema, 'maxLength')];
  const length = [...value].length;
  if (min !== undefined && length < min)
    return min === 1 ? `${place} must not be empty.` : `${place} must have at least ${min} characters.`;
  return max !== undefined && length > max ? `${place} must have at most ${max} characters.` : undefined;
}

function listProblem(
  schema: Schema,
  value: readonly unknown[],
  place: string,
  depth: number,
): string | undefined {
  const [min, max] = [limit(schema, 'minItems'), limit(schema, 'maxItems')];
  if (min !== undefined && value.length < min) return `${place} must have at least ${min} items.`;
  if (max !== undefined && value.length > max) return `${place} must have at most ${max} items.`;
  const { items } = schema;
  if (!isObject(items)) return undefined;
  for (const [at, item] of value.entries()) {
    const problem = valueProblem(items, item, `${place}, item ${at + 1},`, depth + 1);
    if (problem) return problem;
  }
  return undefined;
}

function objectProblem(
  schema: Schema,
  value: Readonly<Record<string, unknown>>,
  place: string,
  depth: number,
): string | undefined {
  const required = Array.isArray(schema.required) ? schema.required : [];
  const missing = required.find((name) => typeof name === 'string' && !Object.hasOwn(value, name));
  if (missing !== undefined) return `${place} lacks ${JSON.stringify(missing)}.`;
  const properties = isObject(schema.properties) ? schema.properties : {};
  for (const [name, item] of Object.entries(value)) {
    const own = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (own === undefined && schema.additionalProperties === false && !isObject(schema.patternProperties))
      return `${place} may not have ${JSON.stringify(name)}.`;
    const problem = isObject(own) ? valueProblem(own, item, `${JSON.stringify(name)}`, depth + 1) : undefined;
    if (problem) return problem;
  }
  return undefined;
}
