import { describe, expect, test } from 'vitest';
import type { DirectLinkReport } from '#schemas';
import { type DirectPair, directView, type EndFacts, orderFor, rolesOf } from './direct-plan.ts';
import { Tally } from './tally.ts';

const pairOf = (a: string, b: string): DirectPair => ({
  linkId: `${a}.${b}`,
  a,
  b,
  traffic: new Map([a, b].map((serial) => [serial, { sent: new Tally(), received: new Tally() }])),
});
const virtual = (nodeId: string, more: Partial<EndFacts> = {}): EndFacts => ({
  nodeId,
  host: '127.0.0.1',
  attached: true,
  listening: undefined,
  report: undefined,
  ...more,
});
const at = (port: number) => ({ host: '127.0.0.1', port });
const link = (
  peer: string,
  role: 'dial' | 'accept',
  up: boolean,
  more: Partial<DirectLinkReport> = {},
): DirectLinkReport => ({ peer, role, up, bytesSent: 0, bytesReceived: 0, ...more });
const telling = (...links: DirectLinkReport[]) => ({ report: { links } });

describe('who does what', () => {
  test('nobody does anything before both phones were seen', () => {
    const facts = new Map([['A', virtual('aa')]]);
    expect(rolesOf(pairOf('A', 'B'), facts)).toBeUndefined();
    expect(orderFor('A', [pairOf('A', 'B')], facts)).toEqual({ dial: [] });
  });

  test('the first dials, the second listens for it alone; dialling waits for the address', () => {
    const pair = pairOf('A', 'B');
    const facts = new Map([
      ['A', virtual('aa')],
      ['B', virtual('bb')],
      ['C', virtual('cc')],
    ]);
    expect(orderFor('B', [pair], facts)).toEqual({ listen: { host: '127.0.0.1', peers: ['aa'] }, dial: [] });
    expect(orderFor('A', [pair], facts)).toEqual({ dial: [] });
    facts.set('B', virtual('bb', { listening: at(7) }));
    expect(orderFor('A', [pair], facts)).toEqual({ dial: [{ peer: 'bb', ...at(7) }] });
    expect(orderFor('C', [pair], facts)).toEqual({ dial: [] });
  });

  test('a phone is asked for the port of before, also when its cable is out', () => {
    const facts = new Map([
      ['A', virtual('aa', { attached: false })],
      ['B', virtual('bb', { attached: false, listening: at(7) })],
    ]);
    const pair = pairOf('A', 'B');
    expect(orderFor('B', [pair], facts).listen).toEqual({ ...at(7), peers: ['aa'] });
    expect(orderFor('A', [pair], facts).dial).toEqual([{ peer: 'bb', ...at(7) }]);
  });

  test('of a virtual and a real phone the virtual one dials, whichever is first', () => {
    const real = virtual('bb', { host: undefined });
    for (const [a, b] of [
      ['VP', 'real'],
      ['real', 'VP'],
    ] as const) {
      const facts = new Map([
        ['VP', virtual('aa')],
        ['real', real],
      ]);
      expect(rolesOf(pairOf(a, b), facts)).toEqual({ dialler: 'VP', listener: 'real' });
      expect(orderFor('real', [pairOf(a, b)], facts).listen).toEqual({ peers: ['aa'] });
    }
  });

  test('without links nothing listens, and nothing is dialled', () => {
    const facts = new Map([['A', virtual('aa', { listening: at(7) })]]);
    expect(orderFor('A', [], facts)).toEqual({ dial: [] });
  });
});

describe('what can be said of a link', () => {
  const pair = pairOf('A', 'B');
  const view = (a: EndFacts | undefined, b: EndFacts | undefined) => {
    const facts = new Map<string, EndFacts>();
    if (a) facts.set('A', a);
    if (b) facts.set('B', b);
    const { state, problem, address } = directView(pair, facts);
    return { state, address, problem: problem?.code, message: problem?.message };
  };
  const up = { a: telling(link('bb', 'dial', true)), b: telling(link('aa', 'accept', true)) };

  test('it is up when every phone in sight says so', () => {
    const b = virtual('bb', { ...up.b, listening: at(7) });
    expect(view(virtual('aa', up.a), b)).toEqual({ state: 'up', address: '127.0.0.1:7' });
    expect(view(virtual('aa', telling(link('bb', 'dial', false))), b).state).toBe('down');
    expect(view(virtual('aa', telling()), b).state).toBe('down');
  });

  test('a pulled cable leaves the word of the other phone; without any it is unknown', () => {
    const pulled = virtual('bb', { ...up.b, attached: false });
    expect(view(virtual('aa', up.a), pulled)).toEqual({ state: 'up' });
    expect(view(virtual('aa', { ...up.a, attached: false }), pulled)).toEqual({
      state: 'unknown',
      problem: 'device.offline',
      message: 'neither A nor B is attached: nobody tells how the link is',
    });
  });

  test('says what stands in the way: the listener before the dialler, then who is missing', () => {
    const refused = telling(link('bb', 'dial', false, { problem: { code: 'wire.forged', message: 'no' } }));
    const noWifi = { problem: { code: 'device.unsupported', message: 'no Wi-Fi' }, links: [] };
    expect(view(virtual('aa', refused), virtual('bb', telling())).problem).toBe('wire.forged');
    expect(view(virtual('aa', refused), virtual('bb', { report: noWifi })).problem).toBe(
      'device.unsupported',
    );
    expect(view(virtual('aa', telling()), virtual('bb', telling())).problem).toBeUndefined();
    expect(view(virtual('aa'), undefined).message).toBe('waiting for the agent of B');
    expect(view(undefined, undefined).message).toBe('waiting for the agent of A and B');
  });

  test('counts on over new connections, by the end that knows more', () => {
    pair.traffic.get('A')?.sent.note(100);
    pair.traffic.get('A')?.sent.note(30);
    pair.traffic.get('B')?.received.note(110);
    pair.traffic.get('B')?.sent.note(5);
    expect(directView(pair, new Map())).toMatchObject({ bytesAtoB: 130, bytesBtoA: 5 });
  });
});
