// Begins what is chosen from a menu of actions: at once, or after a question.

import { type ReactNode, useCallback, useState } from 'react';
import type { PhoneView } from '#schemas';
import { startAction } from './actions/batch-store.ts';
import { ConfirmDialog } from './actions/ConfirmDialog.tsx';
import { PowerDialog } from './actions/PowerDialog.tsx';
import type { PhoneAction } from './actions/phone-actions.ts';

type Question =
  | { readonly about: PhoneAction; readonly phones: readonly PhoneView[] }
  | { readonly about: 'power'; readonly phones: readonly PhoneView[] };

const serialsOf = (phones: readonly PhoneView[]) => phones.map(({ serial }) => serial);

export interface PhoneActions {
  readonly onAction: (action: PhoneAction, phones: readonly PhoneView[]) => void;
  readonly onPower: (phones: readonly PhoneView[]) => void;
  /** The question that is open, if any. */
  readonly dialog: ReactNode;
}

export function usePhoneActions(): PhoneActions {
  const [question, setQuestion] = useState<Question>();
  const close = () => setQuestion(undefined);
  const onAction = useCallback((action: PhoneAction, phones: readonly PhoneView[]) => {
    if (action.confirm) setQuestion({ about: action, phones });
    else startAction(action, serialsOf(phones));
  }, []);
  const onPower = useCallback((phones: readonly PhoneView[]) => setQuestion({ about: 'power', phones }), []);
  return { onAction, onPower, dialog: question ? dialogOf(question, close) : null };
}

function dialogOf(question: Question, close: () => void): ReactNode {
  if (question.about === 'power') return <PowerDialog phones={question.phones} onClose={close} />;
  const { about: action, phones } = question;
  return (
    <ConfirmDialog
      action={action}
      phones={phones}
      onClose={close}
      onConfirm={() => {
        close();
        startAction(action, serialsOf(phones));
      }}
    />
  );
}
