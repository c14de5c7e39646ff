import { SW } from '../reaction.ts';
import { tlv } from '../tlv.ts';
import { changed, inTransaction } from './here.ts';

/** INTERNAL AUTHENTICATE (EMV Book 3 §6.5.9): signs the values of the DDOL, which the terminal has put together, for DDA. */
export const internalAuthenticate = inTransaction(({ p1, p2, data }, here) => {
  const { algorithms, profile, moment, transaction } = here;
  if (!profile.dda || transaction.stage !== 'options') return { sw: SW.conditionsNotSatisfied };
  if (p1 !== 0 || p2 !== 0) return { sw: SW.wrongParameters };
  if (data.length < 4) return { sw: SW.wrongLength };
  const signature = algorithms.sign(data, moment.random(8));
  return {
    sw: SW.ok,
    data: profile.format === 0x80 ? tlv(0x80, signature) : tlv(0x77, tlv(0x9f4b, signature)),
    ...changed(here, { transaction: { dda: true } }),
  };
});
