import { concat, hex } from '../../emv/values/index.ts';
import type { CardProfile } from './profile.ts';
import { type Reaction, SW } from './reaction.ts';
import { tlv } from './tlv.ts';

/** 1PAY.SYS.DDF01 */
export const PSE = hex('315041592E5359532E4444463031');
/** 2PAY.SYS.DDF01 */
export const PPSE = hex('325041592E5359532E4444463031');

/** The SFI of the payment system directory (88). */
const DIRECTORY_SFI = 1;

export const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The directory entries of the applications, one each: 4F, 50, 87, and over the contacts 9F12. */
const entries = ({ applications }: CardProfile, ...more: readonly 0x9f12[]): Uint8Array[] =>
  applications.map(({ aid, label, priority }) =>
    tlv(
      0x61,
      tlv(0x4f, aid),
      tlv(0x50, ascii(label)),
      ...more.map((tag) => tlv(tag, ascii(label))),
      tlv(0x87, Uint8Array.of(priority)),
    ),
  );

/** SELECT of the PPSE: the whole directory in its FCI. */
export function selectPpse(profile: CardProfile): Reaction {
  if (!profile.ppse) return { sw: SW.fileNotFound };
  const data = tlv(0x6f, tlv(0x84, PPSE), tlv(0xa5, tlv(0xbf0c, ...entries(profile))));
  return { sw: SW.ok, data, session: { selected: 'ppse' } };
}

/** SELECT of the PSE (EMV Book 1 §11.3.4): its FCI names the file that READ RECORD finds the directory in. */
export function selectPse(profile: CardProfile): Reaction {
  if (!profile.pse) return { sw: SW.fileNotFound };
  const proprietary = concat(
    tlv(0x88, Uint8Array.of(DIRECTORY_SFI)),
    tlv(0x5f2d, ascii('zhen')),
    tlv(0x9f11, Uint8Array.of(0x01)),
  );
  return { sw: SW.ok, data: tlv(0x6f, tlv(0x84, PSE), tlv(0xa5, proprietary)), session: { selected: 'pse' } };
}

/** A record of the directory: one application in each. */
export function directoryRecord(profile: CardProfile, sfi: number, record: number): Reaction {
  if (sfi !== DIRECTORY_SFI) return { sw: SW.fileNotFound };
  const entry = entries(profile, 0x9f12)[record - 1];
  return entry === undefined ? { sw: SW.recordNotFound } : { sw: SW.ok, data: tlv(0x70, entry) };
}
