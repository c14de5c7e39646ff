import { readRecord, selectByName } from '../../apdu/index.ts';
import { TAG } from '../../dictionary/index.ts';
import { findTag, parseTlv, type Tlv } from '../../tlv/index.ts';
import { hex } from '../../values/index.ts';
import { MAX_CANDIDATES, MAX_DIRECTORIES, MAX_DIRECTORY_RECORDS } from '../bounds.ts';
import { declined, type Ended, TORN } from '../ending.ts';
import { fits, isAid, labelOf } from '../fci.ts';
import { templateOf } from '../read-application-data.ts';
import type { Step } from '../requests.ts';
import type { ApplicationParameters } from '../transaction.ts';
import { BLOCKED_CARD, SUCCESS, transceive } from '../transceive.ts';
import type { Candidate } from './candidate.ts';

/** 1PAY.SYS.DDF01 */
const PSE = hex('315041592E5359532E4444463031');

const RECORD_NOT_FOUND = 0x6a83;
const MAX_DIRECTORY_SFI = 10;

/** `unusable`: the card has none, or one that breaks the rules, and the terminal's own list serves instead. */
type Found = { readonly kind: 'candidates'; readonly list: readonly Candidate[] } | { readonly kind: 'unusable' };
type Directory =
  | { readonly kind: 'directory'; readonly entries: readonly Tlv[] }
  | { readonly kind: 'unusable' }
  | Ended;

const UNUSABLE = { kind: 'unusable' } as const;

/** The SFI of the directory (88), 1 to 10, in the FCI of a PSE or DDF (EMV Book 1, §11.3.4). */
function directorySfi(fci: Uint8Array): number | undefined {
  const parsed = parseTlv(fci);
  const nodes = parsed.kind === 'parsed' ? parsed.nodes : [];
  const value = findTag(nodes, TAG.fci, TAG.fciProprietary, TAG.sfi)?.value;
  const sfi = value?.length === 1 ? (value[0] ?? 0) : 0;
  return sfi >= 1 && sfi <= MAX_DIRECTORY_SFI ? sfi : undefined;
}

/** Reads a directory's records until the card has no more; `budget` bounds them. */
function* readDirectory(name: Uint8Array, budget: number): Step<Directory> {
  const selected = yield* transceive(selectByName(name));
  if (selected.kind === 'torn') return TORN;
  if (selected.kind === 'answered' && selected.sw === BLOCKED_CARD) return declined('card-blocked');
  const sfi = selected.kind === 'answered' && selected.sw === SUCCESS ? directorySfi(selected.data) : undefined;
  if (sfi === undefined) return UNUSABLE;
  const entries: Tlv[] = [];
  for (let record = 1; record <= budget; record++) {
    const reply = yield* transceive(readRecord(sfi, record));
    if (reply.kind === 'torn') return TORN;
    if (reply.kind === 'answered' && reply.sw === RECORD_NOT_FOUND) return { kind: 'directory', entries };
    const objects = reply.kind === 'answered' && reply.sw === SUCCESS ? templateOf(reply.data) : undefined;
    if (objects === undefined) return UNUSABLE;
    entries.push(...objects.filter(({ tag }) => tag === TAG.applicationTemplate));
  }
  return { kind: 'directory', entries };
}

/** What the terminal may take of an ADF entry (tag 61 with 4F). */
function candidateOf(entry: Tlv, applications: readonly ApplicationParameters[]): Candidate | undefined {
  const children = entry.children ?? [];
  const name = findTag(children, TAG.adfName)?.value;
  const parameters = name && isAid(name) ? applications.find((one) => fits(name, one)) : undefined;
  if (name === undefined || parameters === undefined) return undefined;
  const priority = findTag(children, TAG.priority)?.value[0] ?? 0;
  return { name, parameters, priority, label: labelOf(children) };
}

/** A DDF entry's name (tag 61 with 9D). */
const directoryNameOf = (entry: Tlv): Uint8Array | undefined => findTag(entry.children ?? [], TAG.ddfName)?.value;

/**
 * The payment system environment of a contact card (EMV Book 1, §12.3.2): its directory, then the directories that it refers
 * to. A directory is read to its end before another one is selected, since its file belongs to what is selected.
 */
export function* readPaymentSystemEnvironment(applications: readonly ApplicationParameters[]): Step<Found | Ended> {
  const names: Uint8Array[] = [PSE];
  const list: Candidate[] = [];
  let budget = MAX_DIRECTORY_RECORDS;
  for (const name of names) {
    const directory = yield* readDirectory(name, budget);
    if (directory.kind === 'unusable' && name !== PSE) continue;
    if (directory.kind !== 'directory') return directory;
    const { entries } = directory;
    budget -= entries.length;
    list.push(...entries.map((entry) => candidateOf(entry, applications)).filter((one) => one !== undefined));
    const deeper = entries
      .map(directoryNameOf)
      .filter((one) => one !== undefined)
      .filter(isAid);
    names.push(...deeper.slice(0, MAX_DIRECTORIES - names.length));
  }
  return { kind: 'candidates', list: list.slice(0, MAX_CANDIDATES) };
}
