export { type InspectInput, inspect } from './inspect.ts';
export type {
  ApplicationReport,
  CardAuthentication,
  CardInterface,
  CardReport,
  LogEntry,
} from './report.ts';
