export * from './discovery.ts';
export * from './execution.ts';
export * from './kinds.ts';
export {
  MAX_INLINE_BYTES,
  ReceiptBody,
  ServiceCard,
  ServiceNeeds,
  TaskId,
  WireExitReport,
  WireFile,
  type WirePort,
  WireServiceKey,
} from './parts.ts';
export * from './streams.ts';
