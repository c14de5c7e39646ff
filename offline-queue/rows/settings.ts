import type { Database } from '../database/database.ts';
import type { Tables } from './tables.ts';

/** Within a transaction: the setting has this value from now on, whether or not it was there. */
export function putSetting(db: Database, { settings }: Pick<Tables, 'settings'>, name: string, value: string): void {
  if (settings.change(name, { value }) !== undefined) return;
  db.moveEnd('setting');
  settings.insert({ name, value });
}
