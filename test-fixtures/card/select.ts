import { equalBytes, hex } from '../../emv/values/index.ts';
import { ascii, PPSE, PSE, selectPpse, selectPse } from './directory.ts';
import { type ApplicationProfile, pdolOf } from './profile.ts';
import { type Handler, type Moment, type Reaction, SW } from './reaction.ts';
import { isBlocked } from './state.ts';
import { tlv } from './tlv.ts';

/** SELECT by name: the PSE, the PPSE, an application, or with part of its AID the first or the next that begins so. */
export const select: Handler = (command, moment) => {
  if (moment.profile.blocked || moment.card.blocked) return { sw: SW.notSupported };
  const { p1, p2, data: name } = command;
  if (p1 !== 0x04 || (p2 !== 0x00 && p2 !== 0x02)) return { sw: SW.wrongParameters };
  if (name.length < 5 || name.length > 16) return { sw: SW.wrongLength };
  if (equalBytes(name, PPSE)) return selectPpse(moment.profile);
  if (equalBytes(name, PSE)) return selectPse(moment.profile);
  return selectApplication(name, p2 === 0x02, moment);
};

function selectApplication(name: Uint8Array, next: boolean, moment: Moment): Reaction {
  const { profile, card, session } = moment;
  const goesOn = next && session.selected === 'application' && equalBytes(session.name, name);
  if (next && !goesOn) return { sw: SW.fileNotFound };
  const after = goesOn ? session.index : -1;
  const index = profile.applications.findIndex(
    ({ aid }, at) => at > after && equalBytes(aid.subarray(0, name.length), name),
  );
  const found = profile.applications[index];
  if (found === undefined) return { sw: SW.fileNotFound };
  return {
    sw: isBlocked(found, card.applications[index]) ? SW.applicationBlocked : SW.ok,
    data: fileControlInformation(found, pdolOf(profile, found)),
    session: { selected: 'application', index, name, gpo: 'awaited' },
  };
}

function fileControlInformation(
  { aid, label, priority }: ApplicationProfile,
  pdol: Uint8Array | undefined,
): Uint8Array {
  const proprietary = tlv(
    0xa5,
    tlv(0x50, ascii(label)),
    tlv(0x87, Uint8Array.of(priority)),
    ...(pdol === undefined ? [] : [tlv(0x9f38, pdol)]),
    tlv(0x5f2d, ascii('zhen')),
    tlv(0x9f11, Uint8Array.of(0x01)),
    tlv(0x9f12, ascii(label)),
    // Ten payments in SFI 11, ten loads in SFI 12.
    tlv(0xbf0c, tlv(0x9f4d, hex('0B0A')), tlv(0xdf4d, hex('0C0A'))),
  );
  return tlv(0x6f, tlv(0x84, aid), proprietary);
}
