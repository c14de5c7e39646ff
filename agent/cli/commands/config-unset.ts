import { CliError } from '../cli-error.ts';
import type { Define } from '../define.ts';
import { editSettings, settingPath } from '../edit-settings.ts';
import { type ConfigOption, withConfig } from '../options.ts';

export const define: Define = (command, start) => {
  withConfig(command)
    .argument('<path>', 'the setting, such as log.level, or a part with all that is in it')
    .action((text: string, options: ConfigOption) =>
      start(async (io, json) => {
        const path = await settingPath(text);
        const { valueAt, withoutValue } = await import('../../config/setting-path.ts');
        const unset = (before: unknown): unknown => {
          if (valueAt(before, path) === undefined)
            throw new CliError(
              'not-found',
              `${text} is not in the file`,
              'Its default holds, or the environment sets it.',
            );
          return withoutValue(before, path);
        };
        return editSettings(unset, options, io, json);
      }),
    );
};
