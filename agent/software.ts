import { statSync } from 'node:fs';
import { join } from 'node:path';

/** Name and version, as records and the enrolment carry them; the version is that of package.json. */
export const SOFTWARE = 'jdpos/0.1.0';

/** When this software was built, epoch milliseconds: when the file that runs was written. A clock before it is wrong. */
export const BUILT_AT = Math.floor(statSync(import.meta.filename).mtimeMs);

/** Where the build puts the cashier page. */
export const CASHIER_FOLDER = join(import.meta.dirname, 'cashier');
