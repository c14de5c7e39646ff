import { scannedCode } from '../../scanned-code.ts';
import { CliError } from '../cli-error.ts';
import type { Define } from '../define.ts';
import { printable } from '../text.ts';

export const define: Define = (command, start) => {
  command
    .argument('[code]', 'the code as a scanner types it; standard input for - or nothing')
    .action((given: string | undefined) =>
      start(async (io, json) => {
        const text = given === undefined || given === '-' ? await io.readInput() : given;
        const { family, why, applications = [], ...rest } = scannedCode(text);
        if (family === 'unknown') {
          const next = 'Give the whole code as it was scanned; in a shell, in quotes.';
          throw new CliError('not-parsed', `that is no payment code that is known: ${why}`, next);
        }
        if (json) io.out(JSON.stringify({ family, ...rest, ...(applications.length > 0 && { applications }) }));
        else {
          io.out(`${family}  to be verified online`);
          for (const { label, aid, maskedPan, lastFour, cryptogram } of applications) {
            const facts = [
              label || undefined,
              aid,
              maskedPan,
              lastFour && `card ending in ${lastFour}`,
              cryptogram ? 'with a cryptogram' : undefined,
            ];
            io.out(printable(`  ${facts.filter((fact) => fact !== undefined).join('  ')}`));
          }
        }
        return 0;
      }),
    );
};
