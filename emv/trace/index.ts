export { lenientCard, strictCard } from './player.ts';
export { type Exchange, type Recording, readRecording, writeRecording } from './recording.ts';
export { lacksCertificates, redact } from './redact.ts';
export { redactCommand } from './redact-command.ts';
export { type Replayed, type ReplayHost, type ReplayInterface, replay } from './replay.ts';
export { isContact, replayInput } from './replay-input.ts';
