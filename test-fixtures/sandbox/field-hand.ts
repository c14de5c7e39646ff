import type { CardReaders, ReaderEvent } from '../../drivers/index.ts';
import type { Tear, TrayControl } from '../tray/index.ts';

/** The hand that holds cards to the reader, and waits until the reader has noticed. */
export interface FieldHand {
  /** False: the reader did not report it in time. */
  tap(card: string, tear?: Tear): Promise<boolean>;
  remove(): Promise<boolean>;
}

const REPORTED_WITHIN_MS = 6_000;

/** Waits for something the readers report; false when it does not come in time. */
function reported(
  readers: CardReaders,
  isIt: (event?: ReaderEvent) => boolean,
  act: () => Promise<unknown>,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const settle = (was: boolean): void => {
      clearTimeout(timer);
      unsubscribe();
      resolve(was);
    };
    const timer = setTimeout(() => settle(false), REPORTED_WITHIN_MS);
    const unsubscribe = readers.subscribe((event) => {
      if (isIt(event)) settle(true);
    });
    act().then(
      () => {
        if (isIt()) settle(true);
      },
      (error: Error) => {
        settle(false);
        reject(error);
      },
    );
  });
}

/** `tray` holds the cards, `readers` are those the agent watches. */
export function fieldHand(tray: TrayControl, readers: CardReaders): FieldHand {
  // The PSAM stays in its slot, whatever the hand does.
  const isEmpty = (): boolean => readers.list().every(({ presence, role }) => presence === undefined || role === 'sam');
  const remove = (): Promise<boolean> => reported(readers, isEmpty, () => tray.remove());

  return {
    remove,
    async tap(card, tear) {
      if (!(await remove())) return false;
      return reported(
        readers,
        (event) => event?.kind === 'card-arrived' && event.reader.role !== 'sam',
        () => tray.place(card, tear),
      );
    },
  };
}
