// Settings as JSON, one a line, checked against a schema. Bundled with ajv, which compiles code.
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';

interface Settings {
  readonly name: string;
  readonly ports: readonly number[];
}

const validate = new Ajv().compile<Settings>({
  type: 'object',
  properties: {
    name: { type: 'string', pattern: '^[a-z-]+$' },
    ports: { type: 'array', items: { type: 'integer', maximum: 65_535 } },
  },
  required: ['name', 'ports'],
});
for (const line of readFileSync(0, 'utf8').trim().split('\n')) {
  const settings: unknown = JSON.parse(line);
  if (validate(settings)) console.log(`${settings.name}: ${settings.ports.toSorted().join(' ')}`);
  else console.log(validate.errors?.map(({ instancePath, keyword }) => `${instancePath} ${keyword}`).join());
}
