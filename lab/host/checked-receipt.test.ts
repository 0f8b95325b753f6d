import { expect, test } from 'vitest';
import { generateIdentity } from '#agent/identity';
import { receiptBytes } from '#agent/tasks';
import type { ReceiptView } from '#schemas';
import { checkedReceipt } from './checked-receipt.ts';

const executor = generateIdentity();
const requester = generateIdentity();
const body: ReceiptView['body'] = {
  taskId: 'ab'.repeat(16),
  requester: requester.nodeId,
  executor: executor.nodeId,
  service: {
    author: `${'a'.repeat(56)}.onion`,
    packageId: 'org.abhaya.wordcount',
    version: '1.0.0',
    manifestSha256: 'c'.repeat(64),
  },
  inputsSha256: 'd'.repeat(64),
  resultSha256: 'e'.repeat(64),
  cpuMs: 1,
  wallMs: 2,
  peakMemoryBytes: 3,
  finishedAt: 4,
};
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const receipt: ReceiptView = {
  body,
  executorSignature: hex(executor.sign(receiptBytes(body))),
  requesterSignature: hex(requester.sign(receiptBytes(body))),
};
const serials = new Map([[executor.nodeId, 'VP0002']]);
const checked = (it: ReceiptView) => checkedReceipt(it, (nodeId) => serials.get(nodeId));

test('both signatures hold, and phones that are known have their names', () => {
  expect(checked(receipt)).toEqual({
    ...receipt,
    executorValid: true,
    requesterValid: true,
    executorPhone: 'VP0002',
  });
});

test('a changed body breaks both, swapped signatures too', () => {
  const cheaper = checked({ ...receipt, body: { ...body, cpuMs: 0 } });
  expect([cheaper.executorValid, cheaper.requesterValid]).toEqual([false, false]);
  const swapped = checked({
    ...receipt,
    executorSignature: receipt.requesterSignature,
    requesterSignature: receipt.executorSignature,
  });
  expect([swapped.executorValid, swapped.requesterValid]).toEqual([false, false]);
});
