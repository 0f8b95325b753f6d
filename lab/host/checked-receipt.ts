// A receipt as the API shows it: its two signatures checked here, whatever the phones say of them.

import { createVerifier } from '#agent/identity';
import { receiptBytes } from '#agent/tasks';
import type { CheckedReceipt, ReceiptView } from '#schemas';

export function checkedReceipt(
  receipt: ReceiptView,
  serialOf: (nodeId: string) => string | undefined,
): CheckedReceipt {
  const { body } = receipt;
  const verify = createVerifier();
  const signed = receiptBytes(body);
  const executorPhone = serialOf(body.executor);
  const requesterPhone = serialOf(body.requester);
  return {
    ...receipt,
    executorValid: verify(body.executor, signed, Buffer.from(receipt.executorSignature, 'hex')),
    requesterValid: verify(body.requester, signed, Buffer.from(receipt.requesterSignature, 'hex')),
    ...(executorPhone ? { executorPhone } : {}),
    ...(requesterPhone ? { requesterPhone } : {}),
  };
}
