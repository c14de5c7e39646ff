import type { AgentSettings } from './agent-settings.ts';

/** The settings as everything in the agent reads them, and how those that may change while it runs are changed. */
export interface LiveSettings {
  readonly settings: AgentSettings;
  /** Takes over what `config/settings.ts` says holds at once; all else stays as it was at the start. */
  apply(next: AgentSettings): void;
}

type Fields = Record<string, unknown>;

/** A copy of the settings whose parts are changed in place: whoever was given a part reads the new values from it. */
export function liveSettings(given: AgentSettings): LiveSettings {
  const { payment, offline, archive, sync } = given;
  const { backOff, seal } = sync;
  const own = {
    payment: { ...payment },
    offline: { ...offline },
    archive: { ...archive },
    backOff: { ...backOff },
    seal: { ...seal },
  };
  const ownSync = { ...sync, backOff: own.backOff, seal: own.seal };
  return {
    settings: { ...given, payment: own.payment, offline: own.offline, archive: own.archive, sync: ownSync },
    apply(next) {
      replace(own.payment, next.payment);
      replace(own.offline, next.offline);
      replace(own.archive, next.archive);
      replace(own.backOff, next.sync.backOff);
      replace(own.seal, next.sync.seal);
      const { authorisationTimeoutMs, contactIntervalMs, parametersIntervalMs, settlementsIntervalMs } = next.sync;
      Object.assign(ownSync, {
        authorisationTimeoutMs,
        contactIntervalMs,
        parametersIntervalMs,
        settlementsIntervalMs,
      });
    },
  };
}

/** Gives an object the fields of another, and no others. */
function replace<T extends object>(own: T, next: T): void {
  for (const name of Object.keys(own)) if (!(name in next)) delete (own as Fields)[name];
  Object.assign(own, next);
}
