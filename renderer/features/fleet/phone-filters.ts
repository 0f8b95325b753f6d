// Which phones the table shows. Pure.

import type { PhoneKind } from '#schemas';
import type { PhoneRow } from './phone-rows.ts';
import { kindWord, stateWord } from './phone-words.ts';

export type StateFilter = 'all' | 'running' | 'busy' | 'attention' | 'ready';

export const stateFilters: readonly { readonly id: StateFilter; readonly label: string }[] = [
  { id: 'all', label: 'All states' },
  { id: 'running', label: 'Running' },
  { id: 'busy', label: 'Under way' },
  { id: 'ready', label: 'No agent' },
  { id: 'attention', label: 'Needs a look' },
];

export interface PhoneFilter {
  readonly text: string;
  readonly state: StateFilter;
  readonly kind: PhoneKind | '';
  readonly profile: string;
}

export const everything: PhoneFilter = { text: '', state: 'all', kind: '', profile: '' };

const groups: Readonly<Record<PhoneRow['phone']['state'], StateFilter>> = {
  running: 'running',
  starting: 'busy',
  deploying: 'busy',
  ready: 'ready',
  unauthorized: 'attention',
  offline: 'attention',
  recovery: 'attention',
  unplugged: 'attention',
  failed: 'attention',
};

/** A phone with a problem needs a look, whatever its state. */
export const inGroup = ({ phone }: PhoneRow, group: StateFilter): boolean =>
  group === 'all' || groups[phone.state] === group || (group === 'attention' && phone.problem !== undefined);

/** Every word must be somewhere: serial, address, model, Android, ABI, profile, kind, state, participation. */
export function shownPhones(rows: readonly PhoneRow[], filter: PhoneFilter): readonly PhoneRow[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const plain = words.length === 0 && filter.state === 'all' && filter.kind === '' && filter.profile === '';
  if (plain) return rows;
  return rows.filter(
    (row) =>
      inGroup(row, filter.state) &&
      (filter.kind === '' || row.phone.kind === filter.kind) &&
      (filter.profile === '' || row.phone.profile === filter.profile) &&
      words.every((word) => textOf(row).includes(word)),
  );
}

const textOf = ({ phone, participation }: PhoneRow): string =>
  [
    phone.serial,
    phone.adbSerial,
    phone.model,
    phone.android && `android ${phone.android}`,
    phone.abi,
    phone.profile,
    kindWord[phone.kind],
    stateWord(phone.state),
    participation.word,
    phone.problem?.code,
  ]
    .join('\n')
    .toLowerCase();

export const profilesOf = (rows: readonly PhoneRow[]): readonly string[] =>
  [...new Set(rows.flatMap(({ phone }) => phone.profile ?? []))].sort();
