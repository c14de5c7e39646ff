import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Acknowledgement } from '../../clearing/contract/record/index.ts';
import { sm2VerifyingKey } from '../../emv/crypto/index.ts';
import { equalBytes, hex } from '../../emv/values/index.ts';
import { readJson } from '../database/json.ts';
import { readIfThere } from '../database/make-file.ts';
import { epochOf, isPlace, placeOf, sequenceOf } from '../database/place.ts';
import type { Identities } from '../identity/identity.ts';
import type { RecordRows } from '../records/record-rows.ts';
import { type Broken, badRecord, badRow } from '../rows/faults.ts';
import { readAcknowledgement } from './signed-documents.ts';

const FILE_MODE = 0o600;
/** An acknowledgement of a batch as large as the contract allows is a part of it. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * The host's last acknowledgement, in a file of its own beside the queue: what it says was once here. Who cuts the end off the
 * queue, or puts an older copy in its place, would have to have the host's signature as well.
 */
export interface HeadFile {
  /** As it was received, in JSON. Without it the queue is as good as before, so a disk that is full does not matter. */
  write(document: string): void;
  /** What is there; undefined when there is no such file. */
  read(): unknown;
}

export function headFile(queuePath: string): HeadFile {
  const path = `${queuePath}.head`;
  const draft = `${path}.new`;
  return {
    write(document) {
      try {
        // Whatever an earlier run has left there; writing into a pipe would wait for its other end.
        rmSync(draft, { force: true });
        const file = openSync(draft, 'wx', FILE_MODE);
        try {
          // All of it: on a disk that is nearly full one write takes a part and says nothing.
          writeFileSync(file, document);
          fsyncSync(file);
        } finally {
          closeSync(file);
        }
        // Without the folder's own sync: after a power cut the one before may be here, which says less and nothing wrong.
        renameSync(draft, path);
      } catch {
        tidied(draft);
      }
    },
    read() {
      try {
        const bytes = readIfThere(path, MAX_BYTES);
        return bytes && readJson<unknown>(Buffer.from(bytes).toString('utf8'), null);
      } catch {
        return undefined;
      }
    },
  };
}

function tidied(draft: string): void {
  try {
    rmSync(draft, { force: true });
  } catch {}
}

/** So many batches may be acknowledged before the file says so, while others wait: each write of it waits for the disk. */
const MAX_UNWRITTEN = 16;

export interface HeadKeeper {
  /** @param moreToCome other batches wait to be acknowledged */
  acknowledged(document: string, moreToCome: boolean): void;
  /** Writes what the file does not say yet. */
  write(): void;
}

/**
 * Follows the acknowledgements in the file. What shows that this queue is an older copy stays there: the centre also acknowledges
 * again what it has long had. Once it was seen to show no such thing it does so no more, since this queue only grows.
 */
export function keepHead(file: HeadFile, showsOlder: () => boolean): HeadKeeper {
  let follows = false;
  let unwritten: string | undefined;
  let count = 0;
  const write = (): void => {
    if (unwritten === undefined) return;
    follows ||= !showsOlder();
    if (follows) file.write(unwritten);
    unwritten = undefined;
    count = 0;
  };
  return {
    acknowledged(document, moreToCome) {
      unwritten = document;
      count += 1;
      if (!moreToCome || count >= MAX_UNWRITTEN) write();
    },
    write,
  };
}

/** Does the queue still have what the host has last acknowledged? */
export function checkAcknowledgedHead(
  document: unknown,
  identities: Identities,
  records: RecordRows,
): Broken | undefined {
  const present = identities.current();
  if (document === undefined) return undefined;
  if (present === undefined)
    return badRow('missing', 'The queue is new, and the file beside it is of one that was here before');
  // Whoever enrols anew may be another terminal at another centre; the last word of the one before stays beside the queue.
  const identity = identities.of(epochIn(document)) ?? present;
  const hostKey = sm2VerifyingKey(identity.hostAcknowledgementKey);
  const signed = hostKey && readAcknowledgement(document, hostKey);
  if (signed === undefined || !isPlace(signed.epoch, signed.lastSequence))
    return badRow('acknowledgement', 'The file beside the queue is no acknowledgement that the host has signed');
  if (signed.terminal !== identity.terminal)
    return badRow('foreign', `The file beside the queue is an acknowledgement of terminal ${signed.terminal}`);
  return checkHead(signed, records.head(present), records);
}

/** Has the host acknowledged what is not here? */
export const showsOlderCopy = (fault: Broken | undefined): boolean =>
  fault?.fault === 'truncated' || fault?.fault === 'changed';

const epochIn = (document: unknown): number =>
  typeof document === 'object' && document !== null && 'epoch' in document ? Number(document.epoch) : 0;

function checkHead(
  { epoch, lastSequence, chainHash }: Acknowledgement,
  head: { readonly epoch: number; readonly sequence: number },
  records: RecordRows,
): Broken | undefined {
  const [place, last] = [placeOf(epoch, lastSequence), placeOf(head.epoch, head.sequence)];
  if (place > last && epoch >= epochOf(last)) {
    const first = epoch === epochOf(last) ? sequenceOf(last) + 1 : 1;
    const what = `and those after it are missing, up to ${lastSequence} at least, which the centre has acknowledged`;
    return badRecord(epoch, first, 'truncated', what);
  }
  const hash = records.hashAt(place);
  return hash === undefined || equalBytes(hash, hex(chainHash))
    ? undefined
    : badRecord(epoch, lastSequence, 'changed', 'is another one than the centre has acknowledged');
}
