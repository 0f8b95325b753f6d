// Short messages to the person: what was done, what went wrong and what to do.

import { create } from 'zustand';
import { toErrorShape } from '#base';
import { sentence } from '../parts/format.ts';

export interface Message {
  readonly id: number;
  readonly tone: 'ok' | 'bad';
  readonly text: string;
  readonly code?: string;
}

interface MessagesData {
  readonly messages: readonly Message[];
  readonly next: number;
}

export const useMessages = create<MessagesData>(() => ({ messages: [], next: 1 }));

const MOST = 4;

function show(message: Omit<Message, 'id'>): void {
  useMessages.setState(({ messages, next }) => ({
    messages: [...messages, { ...message, id: next }].slice(-MOST),
    next: next + 1,
  }));
}

export const showDone = (text: string): void => show({ tone: 'ok', text });

/** Cancelling is no failure: nothing is shown. */
export function showError(error: unknown): void {
  const { code, message } = toErrorShape(error);
  if (code !== 'cancelled') show({ tone: 'bad', text: sentence(message), code });
}

export const dismiss = (id: number): void =>
  useMessages.setState(({ messages }) => ({ messages: messages.filter((message) => message.id !== id) }));
