import { amountLimit } from './debit-credit/data-objects.ts';
import type { ApplicationProfile, RiskProfile } from './profile.ts';
import type { StoredApplication } from './state.ts';

/** The limits of an application's electronic cash as they are now: as issued, or as an issuer script has set them since. */
export function limitsNow({ risk, debitCredit }: ApplicationProfile, stored: StoredApplication): RiskProfile {
  const memory = stored.debitCredit;
  if (debitCredit === undefined || memory === undefined) return risk;
  const written = (tag: number): number | undefined => amountLimit(debitCredit, memory, tag);
  return {
    ...risk,
    singleLimit: written(0x9f78) ?? risk.singleLimit,
    balanceLimit: written(0x9f77) ?? risk.balanceLimit,
    resetThreshold: written(0x9f6d) ?? risk.resetThreshold,
  };
}
