import type { Database } from '../database/database.ts';
import type { Tables } from './tables.ts';

/** Within a transaction: the setting has this value from now on, whether or not it was there. */
export function putSetting(db: Database, { settings }: Pick<Tables, 'settings'>, name: string, value: string): void {
  const row = settings.get(name);
  if (row !== undefined) settings.update(row, { value });
  else {
    db.moveEnd('setting');
    settings.insert({ name, value });
  }
}
