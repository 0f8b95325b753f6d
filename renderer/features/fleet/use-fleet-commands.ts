// What the command palette offers while the fleet is shown.

import { useEffect } from 'react';
import { useNavigate } from 'react-router';
import type { PhoneView } from '#schemas';
import { count } from '../../parts/format.ts';
import { type Action, offerActions } from '../../shell/palette-store.ts';
import type { ActionsMenuProps } from './actions/ActionsMenu.tsx';
import { offerFor, phoneActions, refusePower } from './actions/phone-actions.ts';

export interface FleetCommands extends Pick<ActionsMenuProps, 'onAction' | 'onPower'> {
  readonly chosen: readonly PhoneView[];
  readonly able: boolean;
}

export function useFleetCommands({ chosen, able, onAction, onPower }: FleetCommands): void {
  const navigate = useNavigate();
  useEffect(() => {
    if (!able) return undefined;
    const add: Action[] = [
      {
        id: 'add-phones',
        label: 'Add virtual phones…',
        group: 'Fleet',
        keys: 'Ctrl+N',
        run: () => void navigate('/fleet?add'),
      },
      {
        id: 'connect-phone',
        label: 'Connect a phone by Wi-Fi…',
        group: 'Fleet',
        run: () => void navigate('/fleet?connect'),
      },
    ];
    const group = `Chosen: ${chosen.length === 1 ? chosen[0]?.serial : count(chosen.length, 'phone')}`;
    const onChosen = phoneActions.flatMap((action): Action[] => {
      const { fits } = offerFor(action, chosen);
      if (fits.length === 0) return [];
      return [{ id: `fleet-${action.id}`, label: action.label, group, run: () => onAction(action, fits) }];
    });
    const virtual = chosen.filter((phone) => refusePower(phone) === undefined);
    const power: Action[] =
      virtual.length > 0
        ? [{ id: 'fleet-power', label: 'Battery and heat…', group, run: () => onPower(virtual) }]
        : [];
    return offerActions('fleet', [...add, ...onChosen, ...power]);
  }, [navigate, chosen, able, onAction, onPower]);
}
