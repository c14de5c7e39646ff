export { parseAnswer } from './answer.ts';
export {
  getChallenge,
  getData,
  getProcessingOptions,
  getResponse,
  readRecord,
  selectByName,
  verify,
} from './command.ts';
