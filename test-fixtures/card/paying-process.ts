import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { hex } from '../../emv/values/index.ts';
import { fileStorage } from './file-storage.ts';
import { goldenApplication, gpo, TAP } from './golden-card.ts';
import { chip } from './personalise.ts';
import { createVirtualCard } from './virtual-card.ts';

/*
 * A process for a test to kill: pays one fen again and again with the card whose memory is in the file named as its argument. Says
 * `agreed` before the command that takes the money and `paid` after it.
 */
const profile = chip([goldenApplication()]);
const card = createVirtualCard({ profile, storage: fileStorage(process.argv[2] ?? ''), random: randomBytes });

for (;;) {
  card.transmit(hex(TAP.select));
  card.transmit(hex(gpo('26000080', '000000000001')));
  writeSync(1, 'agreed\n');
  card.transmit(hex(TAP.last));
  writeSync(1, 'paid\n');
}
