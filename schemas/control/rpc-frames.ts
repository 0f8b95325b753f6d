// Frames of the control connection between lab host and agent: JSON text over WebSocket.

import { type Static, Type } from 'typebox';

export const RpcRequest = Type.Object(
  { id: Type.Integer({ minimum: 1 }), method: Type.String({ maxLength: 64 }), params: Type.Unknown() },
  { additionalProperties: false },
);
export const RpcResult = Type.Object(
  { id: Type.Integer({ minimum: 1 }), result: Type.Unknown() },
  { additionalProperties: false },
);
export const RpcFailure = Type.Object(
  {
    id: Type.Integer({ minimum: 1 }),
    error: Type.Object({
      code: Type.String({ maxLength: 64 }),
      message: Type.String({ maxLength: 4000 }),
      details: Type.Optional(Type.Object({})),
    }),
  },
  { additionalProperties: false },
);
export const RpcEvent = Type.Object(
  { event: Type.String({ maxLength: 64 }), payload: Type.Unknown() },
  { additionalProperties: false },
);
export const RpcFrame = Type.Union([RpcRequest, RpcResult, RpcFailure, RpcEvent]);
export type RpcFrame = Static<typeof RpcFrame>;
