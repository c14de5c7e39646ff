import { equalBytes } from '../../../emv/values/index.ts';
import type { After, DriverLog } from '../../driver-tools.ts';
import type { CardReader, CardReaders, ControlAnswer, ReaderControl } from '../../ports.ts';
import { CCID_ESCAPE, GET_FEATURE_REQUEST, readFeatures } from '../part10/features.ts';
import { type LightFamily, lightFamily, type ReaderSignal } from './families.ts';

/** A beep is over by then. */
const COMMAND_MS = 2_000;

/** A reader whose card is being talked with is tried again, for as long as a tap may take. */
const TRY_AGAIN_MS = 50;
const MAX_TRIES = 300;

/**
 * Why a reader's lights do not obey. `blocked`: its driver lets no escape command through (libccid, ifdDriverOptions);
 * `refused`: the reader does not carry it out; `no-answer`: it says nothing, or its connection fails.
 */
export type LightTrouble = 'blocked' | 'refused' | 'no-answer';

/** Lights and buzzers of the readers. Whatever goes wrong with them is noted here and disturbs nothing else. */
export interface ReaderLights {
  /** Shows it at every contactless reader that can, as soon as no card is being talked with. The latest signal counts. */
  show(signal: ReaderSignal): void;
  /** By reader name; a reader with a trouble is left alone until it has been unplugged. */
  troubles(): ReadonlyMap<string, LightTrouble>;
  close(): void;
}

export interface ReaderLightsParts {
  readonly readers: CardReaders;
  readonly after: After;
  readonly log: DriverLog;
}

export function readerLights({ readers, after, log }: ReaderLightsParts): ReaderLights {
  const lamps = new Map<CardReader, Lamp>();
  let closed = false;

  const lampOf = (reader: CardReader): Lamp | undefined => {
    const family = lightFamily(reader.name);
    if (family === undefined || reader.control === undefined) return undefined;
    const lamp = lamps.get(reader) ?? new Lamp(reader.control, family, after);
    lamps.set(reader, lamp);
    return lamp;
  };

  const showAt = async (reader: CardReader, signal: ReaderSignal): Promise<void> => {
    const lamp = lampOf(reader);
    const trouble = await lamp?.show(signal);
    // A reader that was pulled out meanwhile has no trouble with its lights.
    if (trouble === undefined || closed || lamps.get(reader) !== lamp || reader.state === 'unplugged') return;
    log('reader-lights-unavailable', { reader: reader.name, reason: trouble });
  };

  const unsubscribe = readers.subscribe(({ reader }) => {
    if (reader.state === 'unplugged') lamps.delete(reader);
  });

  return {
    show: (signal) => {
      for (const reader of readers.list())
        if (reader.role === 'contactless' && reader.state !== 'unplugged') void showAt(reader, signal);
    },
    troubles: () =>
      new Map([...lamps].flatMap(([{ name }, { trouble }]) => (trouble === undefined ? [] : [[name, trouble]]))),
    close: () => {
      closed = true;
      unsubscribe();
      for (const lamp of lamps.values()) lamp.close();
    },
  };
}

/** The lights of one reader, from one plugging in to the next. */
class Lamp {
  readonly #control: ReaderControl;
  readonly #family: LightFamily;
  readonly #after: After;
  /** Not yet sent. */
  #first: readonly Uint8Array[];
  #code: { readonly escape: number; readonly isListed: boolean } | undefined;
  #wanted: ReaderSignal | undefined;
  #isBusy = false;
  trouble: LightTrouble | undefined;

  constructor(control: ReaderControl, family: LightFamily, after: After) {
    this.#control = control;
    this.#family = family;
    this.#first = family.first;
    this.#after = after;
  }

  close(): void {
    this.#wanted = undefined;
  }

  /** Comes back with a trouble the first time that there is one. */
  async show(signal: ReaderSignal): Promise<LightTrouble | undefined> {
    if (this.trouble !== undefined) return undefined;
    this.#wanted = signal;
    if (this.#isBusy) return undefined;
    this.#isBusy = true;
    try {
      while (this.#wanted !== undefined && this.trouble === undefined) {
        const next: ReaderSignal = this.#wanted;
        this.trouble = await this.#carryOut(next);
        if (this.#wanted === next) this.#wanted = undefined;
      }
    } finally {
      this.#isBusy = false;
    }
    return this.trouble;
  }

  async #carryOut(signal: ReaderSignal): Promise<LightTrouble | undefined> {
    for (const command of [...this.#first, ...this.#family.signals[signal]]) {
      const trouble = await this.#escape(command, () => this.#wanted !== signal);
      if (trouble !== undefined || this.#wanted !== signal) return trouble;
      this.#first = this.#first.filter((first) => first !== command);
    }
    return undefined;
  }

  async #escape(data: Uint8Array, isStale: () => boolean): Promise<LightTrouble | undefined> {
    const code = await this.#escapeCode(isStale);
    if (code === undefined) return undefined;
    const answer = await this.#whenFree(code.escape, data, isStale);
    if (answer === undefined) return undefined;
    if (answer.kind === 'torn') return 'no-answer';
    if (answer.kind === 'answered') {
      const { done } = this.#family;
      return equalBytes(answer.bytes.subarray(0, done.length), done) ? undefined : 'refused';
    }
    return code.isListed ? 'refused' : 'blocked';
  }

  /** libccid lists the feature when, and only when, its options allow escape commands; other drivers need not list it. */
  async #escapeCode(isStale: () => boolean) {
    if (this.#code !== undefined) return this.#code;
    const answer = await this.#whenFree(GET_FEATURE_REQUEST, new Uint8Array(0), isStale);
    if (answer === undefined) return undefined;
    const listed = answer.kind === 'answered' ? readFeatures(answer.bytes)?.get('ccid-esc-command') : undefined;
    this.#code = { escape: listed ?? CCID_ESCAPE, isListed: listed !== undefined };
    return this.#code;
  }

  /** Undefined when the signal is stale before the reader was free. */
  async #whenFree(code: number, data: Uint8Array, isStale: () => boolean): Promise<ControlAnswer | undefined> {
    for (let tries = 0; tries < MAX_TRIES && !isStale(); tries++) {
      const answer = await this.#control.signal({ code, data, timeoutMs: COMMAND_MS });
      if (answer.kind !== 'busy') return answer;
      await new Promise<void>((resolve) => void this.#after(TRY_AGAIN_MS, resolve));
    }
    return undefined;
  }
}
