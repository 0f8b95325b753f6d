// run/agent.json: how the lab host finds the agent that runs. Only the shell user can read or write it.

import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AgentRunFile, jsonParserOf } from '#schemas';

const parse = jsonParserOf(AgentRunFile, 'run/agent.json', { maxBytes: 4096 });

export const runFileOf = (root: string): string => path.join(root, 'run', 'agent.json');

export async function writeRunFile(root: string, content: AgentRunFile): Promise<void> {
  const file = runFileOf(root);
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(`${file}.part`, JSON.stringify(content), { mode: 0o600 });
  await rename(`${file}.part`, file);
}

/** Undefined when there is none, or a damaged one. */
export async function readRunFile(root: string): Promise<AgentRunFile | undefined> {
  try {
    return parse(await readFile(runFileOf(root)));
  } catch {
    return undefined;
  }
}

/** Removes the file if it is still ours: a successor may have written its own. */
export async function removeRunFile(root: string, pid: number): Promise<void> {
  if ((await readRunFile(root))?.pid === pid) await rm(runFileOf(root), { force: true });
}
