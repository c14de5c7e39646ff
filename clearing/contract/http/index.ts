export { CENTRAL_COMPONENTS, registerCentralRoutes, type SettledBatches } from './central-routes.ts';
export type { GuardRule } from './loopback-guard.ts';
export {
  ApiProblem,
  commonProblem,
  type ProblemDetails,
  problemDetails,
  problemResponses,
  problemsOf,
} from './problem.ts';
export { type ApiServer, type ApiServerOptions, createApiServer } from './server.ts';
