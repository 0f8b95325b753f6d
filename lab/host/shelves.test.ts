import { expect, test } from 'vitest';
import type { LibraryItem, ServiceView } from '#schemas';
import { createShelves } from './shelves.ts';

const itemOf = (name: string, verdict: LibraryItem['verdict'] = 'ok'): LibraryItem => ({
  author: 'someone',
  packageId: `org.example.${name}`,
  version: '1.0.0',
  manifestSha256: Buffer.from(name).toString('hex').padEnd(64, '0'),
  packageSha256: 'f'.repeat(64),
  serviceName: name,
  description: '',
  packedBytes: 1,
  signed: true,
  verdict,
  reasons: [],
});

function shelves() {
  const told: string[] = [];
  const it = createShelves((service: ServiceView) =>
    told.push(
      `${service.serviceName}: ${service.phones.map(({ serial, verdict }) => `${serial} ${verdict}`)}`,
    ),
  );
  return { ...it, news: () => told.splice(0) };
}

test('each change is told once, with all phones that have the service then', () => {
  const { put, change, news } = shelves();
  put('VP2', [itemOf('echo')]);
  expect(news()).toEqual(['echo: VP2 ok']);
  change('VP1', { added: itemOf('echo', 'warn') });
  expect(news()).toEqual(['echo: VP1 warn,VP2 ok']);
  change('VP2', { removed: itemOf('echo').manifestSha256 });
  expect(news()).toEqual(['echo: VP1 warn']);
  change('VP1', { removed: itemOf('echo').manifestSha256 });
  expect(news()).toEqual(['echo: ']);
});

test('what is known already is no news, nor is the end of what was never there', () => {
  const { put, change, take, news } = shelves();
  put('VP1', [itemOf('echo'), itemOf('count')]);
  news();
  put('VP1', [itemOf('echo'), itemOf('count')]);
  change('VP1', { added: itemOf('echo') });
  change('VP1', { removed: itemOf('nothing').manifestSha256 });
  change('VP9', { removed: itemOf('echo').manifestSha256 });
  take('VP9');
  expect(news()).toEqual([]);
});

test('a phone that leaves takes its services along, and one that comes back changed tells what changed', () => {
  const { put, take, news } = shelves();
  put('VP1', [itemOf('echo'), itemOf('count')]);
  put('VP2', [itemOf('echo')]);
  news();
  take('VP1');
  expect(news()).toEqual(['echo: VP2 ok', 'count: ']);
  put('VP1', [itemOf('echo')]);
  put('VP2', []);
  expect(news()).toEqual(['echo: VP1 ok,VP2 ok', 'echo: VP1 ok']);
});
