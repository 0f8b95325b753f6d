// What both sides signed about the task: the requester's acknowledgement and the executor's word, checked by the lab
// host.

import { mdiCheckDecagram, mdiCloseOctagon } from '@mdi/js';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { memo, useEffect, useState } from 'react';
import { type ErrorShape, toErrorShape } from '#base';
import type { CheckedReceipt, TaskView } from '#schemas';
import { get } from '../../api/client.ts';
import { CopyButton } from '../../parts/CopyButton.tsx';
import { dateAndTime } from '../../parts/format.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Facts, Panel } from '../../parts/Panel.tsx';
import { isFinal } from './task-words.ts';

export const ReceiptPanel = memo(function ReceiptPanel({
  task,
  past,
}: {
  readonly task: TaskView;
  /** Receipts stay on the phones of a run. */
  readonly past: boolean;
}) {
  const done = isFinal(task) && !past;
  return (
    <Panel title="Acknowledgement and receipt">
      <Acknowledgement task={task} />
      {done && task.report ? <Receipt taskId={task.taskId} /> : null}
    </Panel>
  );
});

function Acknowledgement({ task }: { readonly task: TaskView }) {
  const at = task.timeline.find(({ state }) => state === 'acknowledged')?.atMs;
  return (
    <Typography variant="body2" sx={{ mb: 1.5 }}>
      {at !== undefined
        ? `${task.from} took the result, checked it against its hash and acknowledged it at ${dateAndTime(task.startedAt + at)}.`
        : isFinal(task)
          ? 'No result was acknowledged.'
          : 'The result is acknowledged when it is here and its hash fits.'}
    </Typography>
  );
}

function Receipt({ taskId }: { readonly taskId: string }) {
  const [receipt, setReceipt] = useState<CheckedReceipt>();
  const [error, setError] = useState<ErrorShape>();
  useEffect(() => {
    const stop = new AbortController();
    setError(undefined);
    get('receipt', `/tasks/${encodeURIComponent(taskId)}/receipt`, { signal: stop.signal }).then(
      setReceipt,
      (problem: unknown) => {
        if (!stop.signal.aborted) setError(toErrorShape(problem));
      },
    );
    return () => stop.abort();
  }, [taskId]);
  if (error)
    return error.code === 'not-found' ? (
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>
        There is no receipt of it on the requester any more.
      </Typography>
    ) : (
      <Alert severity="warning" variant="outlined">
        The receipt could not be read: {error.message}.
      </Alert>
    );
  if (!receipt) return <Skeleton variant="rounded" height={90} aria-label="Loading the receipt" />;
  const { body } = receipt;
  return (
    <>
      <Signature
        who={receipt.executorPhone ?? body.executor.slice(0, 16)}
        did="ran it"
        valid={receipt.executorValid}
        signature={receipt.executorSignature}
      />
      <Signature
        who={receipt.requesterPhone ?? body.requester.slice(0, 16)}
        did="requested it"
        valid={receipt.requesterValid}
        signature={receipt.requesterSignature}
      />
      <Box sx={{ mt: 1.5 }}>
        <Facts
          rows={[
            ['Finished', dateAndTime(body.finishedAt)],
            ['Inputs', <Hash key="in" hash={body.inputsSha256} what="the hash of the inputs" />],
            ['Result', <Hash key="out" hash={body.resultSha256} what="the hash of the result" />],
            ['Service', <Hash key="of" hash={body.service.manifestSha256} what="the hash of the manifest" />],
          ]}
        />
      </Box>
    </>
  );
}

function Signature({
  who,
  did,
  valid,
  signature,
}: {
  readonly who: string;
  readonly did: string;
  readonly valid: boolean;
  readonly signature: string;
}) {
  return (
    <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, py: 0.25, fontSize: 12.5 }}>
      <Icon
        path={valid ? mdiCheckDecagram : mdiCloseOctagon}
        sx={({ palette }) => ({ fontSize: 18, color: palette.tones[valid ? 'ok' : 'bad'].dot })}
      />
      <span>
        {valid ? 'Signed by' : 'Not signed by'} <strong>{who}</strong>, which {did}
        {valid ? '' : ': the signature does not fit'}
      </span>
      <CopyButton text={signature} what={`the signature of ${who}`} />
    </Box>
  );
}

function Hash({ hash, what }: { readonly hash: string; readonly what: string }) {
  return (
    <>
      {hash.slice(0, 16)}… <CopyButton text={hash} what={what} />
    </>
  );
}
