import { equalBytes, parseBcd } from '../../../emv/values/index.ts';
import { limitsNow } from '../limits.ts';
import type { ApplicationProfile } from '../profile.ts';
import type { StoredApplication } from '../state.ts';
import { splitDol, tlv } from '../tlv.ts';
import { type Sent, speaksSm } from '../transaction.ts';
import type { DebitCreditProfile } from './profile.ts';
import type { DebitCreditTransaction } from './state.ts';

/** What GPO of full debit/credit opens: its answer (AIP and AFL) and the transaction. `values`: those of the PDOL, as sent. */
export function openDebitCredit(parts: {
  application: ApplicationProfile;
  profile: DebitCreditProfile;
  stored: StoredApplication;
  over: 'contact' | 'contactless';
  pdol: Uint8Array;
  sent: Sent;
  values: Uint8Array;
}): { data: Uint8Array; transaction: DebitCreditTransaction } {
  const { application, profile, stored, over, sent, values } = parts;
  const files = profile.files[over];
  const sm = speaksSm(application, sent);
  const locators = (sm ? files.smLocators : undefined) ?? files.locators;
  const electronicCash = profile.electronicCash && isReadyToPay(parts);
  const afl = electronicCash ? locators.electronicCashAfl : locators.afl;
  return {
    data: profile.format === 0x80 ? tlv(0x80, files.aip, afl) : tlv(0x77, tlv(0x82, files.aip), tlv(0x94, afl)),
    transaction: {
      stage: 'options',
      over,
      sm,
      electronicCash,
      sent,
      values,
      lastOnlineNotCompleted: stored.debitCredit?.onlineNotCompleted ?? false,
      takesScripts: false,
      issuerAuthentication: 'none',
      pin: 'none',
      dda: false,
    },
  };
}

/**
 * Does the chip offer to pay (JR/T 0025.13)? As far as the PDOL tells: the terminal knows electronic cash, it is a purchase in the
 * card's currency, and balance and single limit allow it. What the PDOL does not ask for is left to GENERATE AC.
 */
function isReadyToPay(parts: Parameters<typeof openDebitCredit>[0]): boolean {
  const { application, profile, stored, pdol, sent } = parts;
  const asks = (dol: Uint8Array, tag: number): boolean => splitDol(dol).some((entry) => entry.tag === tag);
  const told = (tag: number): boolean => asks(pdol, tag);
  if (told(0x9f7a) ? sent(0x9f7a, 1)[0] !== 0x01 : !asks(profile.cdol1, 0x9f7a)) return false;
  if (told(0x5f2a) && !equalBytes(sent(0x5f2a, 2), application.risk.currency)) return false;
  if (told(0x9c) && sent(0x9c, 1)[0] !== 0x00) return false;
  const amount = told(0x9f02) ? parseBcd(sent(0x9f02, 6)) : 0;
  const limit = Math.min(stored.balance, limitsNow(application, stored).singleLimit);
  return amount !== undefined && amount <= limit;
}
