export { type Agent, type AgentParts, type AgentSettings, compose } from './compose.ts';
export { type ConfigProblem, readConfig } from './config/read-config.ts';
export { type Config, configSchema, settingsOf } from './config/schema.ts';
export { queuePaths, type RunOptions, type RunResult, run } from './main.ts';
export type { OnStep, StepDone, StepName } from './payment/steps.ts';
export { STEPS } from './payment/steps.ts';
export { BUILT_AT, CASHIER_FOLDER, SOFTWARE } from './software.ts';
