// The window's verbs: one handler for each entry of the table, and one door before all of them, which checks who asks
// and what. Answers carry errors as values, since Electron would drop their codes.

import type { IpcMain, IpcMainInvokeEvent } from 'electron';
import { AbhayaError, toErrorShape } from '#base';
import {
  APP_ORIGIN,
  type AppVerb,
  type AppVerbs,
  appVerbs,
  type Parser,
  parserOf,
  type VerbAnswer,
} from '#schemas';

export type VerbHandlers = {
  readonly [V in AppVerb]: (
    params: AppVerbs[V]['params'],
  ) => Promise<AppVerbs[V]['result']> | AppVerbs[V]['result'];
};

export const VERB_CHANNEL = 'abhaya:verb';

/** Only the main frame of our own page is heard. */
export function isOurPage(event: Pick<IpcMainInvokeEvent, 'senderFrame'>): boolean {
  const frame = event.senderFrame;
  return (
    frame !== null &&
    frame.parent === null &&
    new URL(frame.url).origin === APP_ORIGIN_OF_URL &&
    frame.url.startsWith(`${APP_ORIGIN}/`)
  );
}

/** What URL() makes of a custom scheme's origin outside Chromium. */
const APP_ORIGIN_OF_URL = new URL(`${APP_ORIGIN}/`).origin;

export function serveVerbs(ipc: IpcMain, handlers: VerbHandlers, log: (message: string) => void): void {
  const parsers = new Map<string, Parser<unknown>>(
    Object.entries(appVerbs).map(([verb, { params }]) => [
      verb,
      parserOf(params, `parameters of ${verb}`, 'input.invalid'),
    ]),
  );
  ipc.handle(VERB_CHANNEL, async (event, verb: unknown, params: unknown): Promise<VerbAnswer<AppVerb>> => {
    try {
      if (!isOurPage(event)) throw new AbhayaError('auth.refused', 'only the app’s own window may ask');
      const parse = typeof verb === 'string' ? parsers.get(verb) : undefined;
      if (!parse) throw new AbhayaError('input.invalid', 'there is no such verb');
      const handler = handlers[verb as AppVerb] as (params: unknown) => unknown;
      return { ok: true, result: (await handler(parse(params))) as never };
    } catch (error) {
      const shape = toErrorShape(error);
      if (shape.code === 'bug' || shape.code === 'auth.refused') log(`${String(verb)}: ${shape.message}`);
      return { ok: false, error: shape as { code: string; message: string } };
    }
  });
}
