export type { ApiName, Service } from './apis/index.ts';
export { MAX_TOPICS, SIMULATOR_EPOCH } from './app/layout.ts';
export type {
  CommunityState,
  MutationPlan,
  MutationResult,
  NewCommunity,
  SimulatedApp,
  TopicFields,
  TopicInfo,
} from './app/types.ts';
export { createSimulatorControl, type SimulatorControl } from './controlClient.ts';
export { type ErrorCode, errorTexts, type RateCode, Refusal } from './errors.ts';
export type { FaultState } from './faults/faults.ts';
export { accidents, defaultMix, type FaultKind, families } from './faults/kinds.ts';
export { type FaultOptions, type FaultSwitch, kindNames } from './faults/options.ts';
export type { GroupType } from './ids.ts';
export type { Intercept, InterceptedCall, Interception } from './intercept.ts';
export type { JsonObject, JsonValue } from './json.ts';
export {
  type AppOptions,
  DEFAULT_SECRET_KEY,
  type SimulatorOptions,
} from './options.ts';
export { createSimulator, type Simulator } from './simulator.ts';
export type { ApiStats, AppStats, SimulatorStats } from './stats.ts';
