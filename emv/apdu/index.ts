export { parseAnswer } from './answer.ts';
export { getData, getProcessingOptions, getResponse, readRecord, selectByName } from './command.ts';
