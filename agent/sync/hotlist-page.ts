import { z } from 'zod';
import {
  type HotlistAnswer,
  type HotlistPageAnswer,
  hotlistAnswer,
  hotlistPage,
} from '../../clearing/contract/index.ts';
import { type HotlistDebt, hotlistBytes, hotlistPageBytes } from '../../clearing/contract/record/index.ts';
import type { ArrivingHotlist, HotlistPart } from '../../offline-queue/index.ts';
import { isSigned } from './signed.ts';

/** A host with a short list may answer in one piece. */
export const hotlistReply = z.union([hotlistPage, hotlistAnswer]);

/** A piece of a list, in whichever form it came. */
export type Page = Omit<HotlistPageAnswer, 'fromHash' | 'hash' | 'entries'> & {
  readonly fromHash?: string;
  readonly hash?: string;
  readonly entries?: number;
};

const inOnePiece = (answer: HotlistAnswer | HotlistPageAnswer): answer is HotlistAnswer => !('entries' in answer);

export function pageOf(answer: HotlistAnswer | HotlistPageAnswer): Page {
  if (!inOnePiece(answer)) return answer;
  return { ...answer, add: answer.add.toSorted(), remove: answer.remove.toSorted(), debts: [] };
}

/** What the terminal has and what it has asked for. */
export interface HotlistStanding {
  readonly have: { readonly version: number; readonly hash?: string };
  /** The list that is arriving, of which the next piece was asked for. */
  readonly arriving?: ArrivingHotlist;
  /** The host's hotlist key, as it was pinned. */
  readonly key: Uint8Array | undefined;
}

export type PageFault =
  | 'signature'
  | 'older'
  | 'other-start'
  /** The host has another list under a number that the terminal knows. */
  | 'fork'
  /** Not the piece that was asked for. */
  | 'other-page'
  | 'order'
  | 'too-long';

/** More than any scheme has cards on its list; a list is never longer, so that it cannot fill the disk. */
const MAX_ROWS = 10_000_000;

/** Why a page is not taken; undefined: it is. */
export function faultOfPage(
  answer: HotlistAnswer | HotlistPageAnswer,
  { have, arriving, key }: HotlistStanding,
): PageFault | undefined {
  const bytes = () => (inOnePiece(answer) ? hotlistBytes(answer) : hotlistPageBytes(answer));
  if (key === undefined || !isSigned(key, bytes, answer.signature)) return 'signature';
  const page = pageOf(answer);
  if (page.to < have.version) return 'older';
  if (!page.full && page.from !== have.version) return 'other-start';
  if (differ(have.hash, page.full ? undefined : page.fromHash)) return 'fork';
  if (page.to === have.version && differ(have.hash, page.hash)) return 'fork';
  if (!isNext(page, arriving)) return 'other-page';
  if (!isInOrder(page)) return 'order';
  const rows = page.add.length + page.remove.length + page.debts.length + (arriving?.rows ?? 0);
  return rows > MAX_ROWS ? 'too-long' : undefined;
}

/** Only what both sides know can differ. */
const differ = (a: string | undefined, b: string | undefined): boolean => a !== undefined && b !== undefined && a !== b;

function isNext(page: Page, arriving: ArrivingHotlist | undefined): boolean {
  if (arriving === undefined) return page.after === undefined;
  const { to, from, full, hash, through } = arriving;
  return page.after === through && page.to === to && page.from === from && page.full === full && page.hash === hash;
}

/** Rising, within the page's bounds, and moving on: a list has an end. */
function isInOrder({ full, after = '', through, add, remove, debts }: Page): boolean {
  const within = (token: string): boolean => token > after && (through === undefined || token <= through);
  const cards = [...add, ...remove].sort();
  const owed = debts.map(keyOf);
  return (
    [add, remove, cards, owed].every(isRising) &&
    [...cards, ...debts.map(({ token }) => token)].every(within) &&
    (through === undefined || through > after) &&
    !(full && (remove.length > 0 || debts.some(({ amountMinor }) => amountMinor === 0)))
  );
}

const keyOf = ({ token, id }: HotlistDebt): string => `${token} ${id}`;

const isRising = (values: readonly string[]): boolean =>
  values.every((value, at) => at === 0 || value > (values[at - 1] ?? ''));

/** Cards of one part: it is laid aside in some hundredths of a second, between which taps are served. */
const CARDS_A_PART = 500;

/** The page in parts that are quick to store. */
export function* partsOf(page: Page, at: string): Generator<HotlistPart> {
  const { from, to, full, hash, entries, add, remove, debts } = page;
  const same = {
    from,
    to,
    full,
    at,
    ...(hash !== undefined && { hash }),
    ...(entries !== undefined && { expected: entries }),
  };
  const tokens = [...new Set([...add, ...remove, ...debts.map(({ token }) => token)])].sort();
  let after = page.after;
  for (let done = 0; done === 0 || done < tokens.length; done += CARDS_A_PART) {
    const isLast = done + CARDS_A_PART >= tokens.length;
    const through = isLast ? page.through : tokens[done + CARDS_A_PART - 1];
    const [above, upTo] = [after ?? '', through ?? '~'];
    const within = (token: string): boolean => token > above && token <= upTo;
    yield {
      ...same,
      ...(after !== undefined && { after }),
      ...(through !== undefined && { through }),
      add: add.filter(within),
      remove: remove.filter(within),
      debts: debts.filter(({ token }) => within(token)),
    };
    after = through;
  }
}
