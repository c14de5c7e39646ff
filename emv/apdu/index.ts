export { parseAnswer } from './answer.ts';
export {
  command,
  externalAuthenticate,
  generateAc,
  getChallenge,
  getData,
  getProcessingOptions,
  getResponse,
  internalAuthenticate,
  readRecord,
  selectByName,
  selectNextByName,
  verify,
} from './command.ts';
