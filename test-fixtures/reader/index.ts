export { fixedCard } from './fixed-card.ts';
export { memoryReaders } from './memory-readers.ts';
export { missingForVirtualReader, type PrivatePcscd, privatePcscd } from './private-pcscd.ts';
export { quickAcknowledgement } from './quick-ack.ts';
export { serveReaders } from './reader-server.ts';
export { openSocketReaders } from './socket-readers.ts';
export { type CardField, virtualField } from './virtual-field.ts';
