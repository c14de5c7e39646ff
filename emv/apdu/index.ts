export { parseAnswer } from './answer.ts';
export { command, getData, getProcessingOptions, getResponse, readRecord, selectByName } from './command.ts';
