// The bytes of an output, fetched for its preview: an address for a picture, or the beginning of a text.

import { useEffect, useState } from 'react';
import { toErrorShape } from '#base';
import type { OutputView } from '#schemas';
import { blob } from '../../api/client.ts';

export type OutputContent =
  | { readonly phase: 'loading' }
  | { readonly phase: 'picture'; readonly url: string }
  | { readonly phase: 'text'; readonly text: string; readonly cut: boolean }
  | { readonly phase: 'failed'; readonly message: string };

const MOST_TEXT = 64_000;

export function useOutputContent(taskId: string, output: OutputView, as: 'picture' | 'text'): OutputContent {
  const { name, mediaType, sha256 } = output;
  const [content, setContent] = useState<OutputContent>({ phase: 'loading' });
  // sha256: another content under the same name is fetched anew.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    const stop = new AbortController();
    let url: string | undefined;
    setContent({ phase: 'loading' });
    async function load(): Promise<void> {
      const data = await blob(`/tasks/${encodeURIComponent(taskId)}/outputs/${encodeURIComponent(name)}`, {
        signal: stop.signal,
      });
      if (as === 'text') {
        const text = await data.slice(0, MOST_TEXT).text();
        if (!stop.signal.aborted) setContent({ phase: 'text', text, cut: data.size > MOST_TEXT });
        return;
      }
      if (stop.signal.aborted) return;
      url = URL.createObjectURL(new Blob([data], { type: mediaType }));
      setContent({ phase: 'picture', url });
    }
    load().catch((error: unknown) => {
      if (!stop.signal.aborted) setContent({ phase: 'failed', message: toErrorShape(error).message });
    });
    return () => {
      stop.abort();
      if (url !== undefined) URL.revokeObjectURL(url);
    };
  }, [taskId, name, mediaType, sha256, as]);
  return content;
}
