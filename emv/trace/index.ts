export { lenientCard, strictCard } from './player.ts';
export { readRecording } from './recording.ts';
export { canReplay, type Replayed, type ReplayHost, type ReplayInterface, replay } from './replay.ts';
export { isContact, replayInput } from './replay-input.ts';
