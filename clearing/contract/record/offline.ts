import type { Record } from './record.ts';

type Facts = Pick<Record, 'kind' | 'outcome' | 'fundedBy' | 'offline' | 'chip' | 'authorisationId'>;

/**
 * Has the terminal approved an ARQC on trust, since the host could not be asked? Nothing but the ARQC stands for it: the host has
 * given no authorisation, and the chip has not paid (design 4.13).
 */
export const isDeferred = ({ kind, outcome, fundedBy, offline, chip, authorisationId }: Facts): boolean =>
  kind === 'purchase' &&
  outcome === 'approved' &&
  fundedBy === 'account' &&
  offline &&
  chip?.cryptogramType === 'arqc' &&
  authorisationId === undefined;

/** Does the merchant count on the amount without the host's word? */
export const isApprovedOffline = ({ kind, outcome, offline }: Pick<Record, 'kind' | 'outcome' | 'offline'>): boolean =>
  kind === 'purchase' && outcome === 'approved' && offline;
