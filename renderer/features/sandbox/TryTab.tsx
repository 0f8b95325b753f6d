// Anybody's own program in this machine's sandbox: what it gets, what it wrote, and how it ended, in words.

import { mdiFlaskOutline } from '@mdi/js';
import { EmptyState } from '../../parts/EmptyState.tsx';
import { useSandbox } from './sandbox-store.ts';
import { TryForm } from './TryForm.tsx';
import { TryResult } from './TryResult.tsx';
import { TwoColumns } from './TwoColumns.tsx';

export function TryTab({ connected }: { readonly connected: boolean }) {
  const tried = useSandbox((data) => data.tried);
  return (
    <TwoColumns
      fresh={tried && (tried.tryId ?? 'none')}
      left={<TryForm connected={connected} />}
      right={
        tried && tried.state !== 'never' ? (
          <TryResult tried={tried} connected={connected} />
        ) : (
          <EmptyState icon={mdiFlaskOutline} title="What would a phone make of it?">
            Choose a program: it runs here, in the sandbox that phones have, with the same filter and limits.
            It reads its input, writes its output, and may do nothing else; how it ended is explained.
          </EmptyState>
        )
      }
    />
  );
}
