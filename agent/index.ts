export { openAgentQueue } from './agent-queue.ts';
export { type Agent, type AgentParts, compose } from './compose.ts';
export { queuePaths } from './config/paths.ts';
export { configSchema, settingsOf } from './config/schema.ts';
export { openDevices } from './devices/open-devices.ts';
export { memorySweeper } from './memory-sweep.ts';
export { type OnStep, STEPS, type StepName } from './payment/steps.ts';
export { BUILT_AT, CASHIER_FOLDER, SOFTWARE } from './software.ts';
