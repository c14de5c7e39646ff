import { describe, it } from 'vitest';
import { exchangeCases } from './exchange-cases.ts';
import { presenceCases } from './presence-cases.ts';
import { type Bench, stageOf } from './stage.ts';
import { tearCases } from './tear-cases.ts';

/** Holds an implementation of CardReaders to what all of them do, whatever is behind it. */
export function describeReaders(name: string, start: () => Promise<Bench>): void {
  describe(`${name} as card readers`, () => {
    for (const [sentence, run] of Object.entries({ ...presenceCases, ...exchangeCases, ...tearCases })) {
      it(sentence, async () => {
        const bench = await start();
        try {
          await run(stageOf(bench));
        } finally {
          await bench.stop();
        }
      });
    }
  });
}
