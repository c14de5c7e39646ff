export { type InspectInput, inspect } from './inspect.ts';
export type {
  ApplicationReport,
  CardAuthentication,
  CardInterface,
  CardReport,
  CertificateMethod,
  LogEntry,
} from './report.ts';
