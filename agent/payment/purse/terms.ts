import type { ParametersContent } from '../../../clearing/contract/index.ts';
import type { PurseApplication, SamParameters } from '../../../emv/purse/index.ts';
import { hex } from '../../../emv/values/index.ts';
import { present } from '../../present.ts';

/** One purse application as the signed parameters have it. */
export type PurseTerms = NonNullable<ParametersContent['purses']>[number];

/** The application as the core takes it. */
export function applicationOf(terms: PurseTerms): PurseApplication {
  const { kind, aid, path = [aid], applicationTypes, purchaseKeyIndex, loadKeyIndex, proves } = terms;
  return { purse: kind, path: path.map(hex), applicationTypes, purchaseKeyIndex, loadKeyIndex, proves };
}

/** @param last the last terminal sequence number that the PSAM in the slot is known to have given */
export function samParametersOf({ sam }: PurseTerms, last?: number): SamParameters {
  const { application, diversifiedByIssuer, city } = sam;
  return present({
    application: hex(application),
    diversifiedByIssuer,
    city: city === undefined ? undefined : hex(city),
    lastTerminalSequence: last,
  });
}
