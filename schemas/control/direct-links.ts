// Direct links as lab host and agent speak of them: the whole set that an agent is to have, and how each one is.

import { type Static, Type } from 'typebox';
import { Bytes, NodeIdText, Port } from '../common.ts';

const exact = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });

/** An IPv4 or IPv6 address, never a name. */
export const IpText = Type.String({ maxLength: 45, pattern: '^[0-9A-Fa-f:.]+$' });
export const MeshAddress = Type.Object({ host: IpText, port: Port });
export type MeshAddress = Static<typeof MeshAddress>;

const MAX_LINKS = 1_024;

/** All of them: a link that isn't named here goes, and without `listen` nothing listens. */
export const DirectLinksOrder = exact({
  listen: Type.Optional(
    exact({
      /** Absent: the agent finds the phone's own Wi-Fi or Ethernet address. */
      host: Type.Optional(IpText),
      /** The port of before, so that those who dial it find it again; another one if it is taken. */
      port: Type.Optional(Port),
      /** Who may dial us. */
      peers: Type.Array(NodeIdText, { maxItems: MAX_LINKS }),
    }),
  ),
  dial: Type.Array(exact({ peer: NodeIdText, host: IpText, port: Port }), { maxItems: MAX_LINKS }),
});
export type DirectLinksOrder = Static<typeof DirectLinksOrder>;

const Problem = Type.Object({
  code: Type.String({ maxLength: 64 }),
  message: Type.String({ maxLength: 1_000 }),
});

export const DirectLinkReport = Type.Object({
  peer: NodeIdText,
  role: Type.Union([Type.Literal('dial'), Type.Literal('accept')]),
  up: Type.Boolean(),
  /** Of the link that is up now; another one begins at 0. */
  bytesSent: Bytes,
  bytesReceived: Bytes,
  /** Why the last attempt failed. */
  problem: Type.Optional(Problem),
});
export type DirectLinkReport = Static<typeof DirectLinkReport>;

export const DirectLinksReport = Type.Object({
  listening: Type.Optional(MeshAddress),
  /** Why nothing listens, when it was asked for. */
  problem: Type.Optional(Problem),
  links: Type.Array(DirectLinkReport, { maxItems: 2 * MAX_LINKS }),
});
export type DirectLinksReport = Static<typeof DirectLinksReport>;
