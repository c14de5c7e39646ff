import type { CardReaders } from '../../drivers/index.ts';

/** Settles when it is so, or after so long: the service names readers a while after it was asked, or after one was plugged in. */
export function readersCome(readers: CardReaders, isSo: () => boolean, withinMs: number): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      unsubscribe();
      resolve();
    };
    const timer = setTimeout(end, withinMs);
    const unsubscribe = readers.subscribe(() => isSo() && end());
    if (isSo()) end();
  });
}
