export { type CardAnswer, parseAnswer } from './answer.ts';
export {
  type CommandParts,
  command,
  getData,
  getProcessingOptions,
  getResponse,
  readRecord,
  selectByName,
} from './command.ts';
