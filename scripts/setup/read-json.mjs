// A JSON file of ours, or undefined where it is missing or damaged.

import { readFileSync } from 'node:fs';

export const readJson = (path) => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
};
