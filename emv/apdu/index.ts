export { parseAnswer } from './answer.ts';
export {
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
