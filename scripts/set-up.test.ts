import { accessSync, constants, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

it('leaves the command of the package where npx finds it, and executable, however often it is built anew', () => {
  const { bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { bin: { jdpos: string } };
  const link = join(ROOT, 'node_modules/.bin/jdpos');
  expect(realpathSync(link)).toBe(realpathSync(join(ROOT, bin.jdpos)));
  expect(() => accessSync(link, constants.X_OK)).not.toThrow();
});
