export { parseAnswer } from './answer.ts';
export {
  externalAuthenticate,
  generateAc,
  getData,
  getProcessingOptions,
  getResponse,
  internalAuthenticate,
  readRecord,
  selectByName,
  selectNextByName,
} from './command.ts';
