export { CENTRAL_COMPONENTS, registerCentralRoutes, type SettledBatches } from './central-routes.ts';
export { type Collections, registerCollectionRoutes } from './collection-routes.ts';
export type { GuardRule } from './loopback-guard.ts';
export { numberedCursor } from './numbered-cursor.ts';
export {
  ApiProblem,
  problemResponses,
  problemsOf,
} from './problem.ts';
export { type ApiServer, createApiServer, type ServerTls } from './server.ts';
