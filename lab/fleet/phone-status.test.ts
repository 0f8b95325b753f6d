import { describe, expect, test } from 'vitest';
import { parseStatus } from './phone-status.ts';

const agent = JSON.stringify({
  protocol: 1,
  pid: 77,
  nodeId: 'ab'.repeat(32),
  controlPort: 4000,
  bundleHash: 'f00d',
});
const answer = (lines: readonly string[], newline = '\n') => lines.join(newline);
const phone = ['serial=VP0001', 'model=Virtual Phone', 'abi=x86_64', 'android=14', 'api=34', 'qemu=1'];

describe("a phone's status", () => {
  test.each(['\n', '\r\n'])('is read whatever ends the lines', (newline) => {
    const status = parseStatus(
      answer(
        [...phone, 'jvm=/apex/jvm/bin/java', 'has=runtime/0123abcd', 'has=agent/deadbeef', `agent=${agent}`],
        newline,
      ),
    );
    expect(status).toMatchObject({
      serial: 'VP0001',
      virtual: true,
      apiLevel: 34,
      jvm: '/apex/jvm/bin/java',
      folders: ['runtime/0123abcd', 'agent/deadbeef'],
      running: { pid: 77, controlPort: 4000 },
    });
  });

  test('of a bare phone has nothing of ours', () => {
    expect(parseStatus(answer(phone))).toMatchObject({
      folders: [],
      running: undefined,
      art: undefined,
      jvm: undefined,
    });
  });

  test.each([
    ['a truncated run file', 'agent={"protocol":1,"pid"'],
    ['a port that is none', `agent=${agent.replace('4000', '400000')}`],
    ['a run file of megabytes', `agent="${'x'.repeat(5_000)}"`],
  ])('%s counts as no agent', (_name, line) => {
    expect(parseStatus(answer([...phone, line])).running).toBeUndefined();
  });

  test('folders with names that are no hashes are ignored', () => {
    expect(parseStatus(answer([...phone, 'has=agent/../../x', 'has=agent/$(reboot)'])).folders).toEqual([]);
  });

  test.each([
    ['nothing', ''],
    ['a serial with a space', answer(['serial=a b', 'abi=x86_64'])],
    ['no ABI', 'serial=a'],
  ])('%s is refused', (_name, output) => {
    expect(() => parseStatus(output)).toThrowError(
      expect.objectContaining({ code: 'device.command-failed' }),
    );
  });
});
