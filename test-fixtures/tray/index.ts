export { startCardsServer } from './cards-server.ts';
export { type Tear, type TrayControl, trayControl } from './control.ts';
export type { Field } from './field.ts';
export { TEST_MASTER_KEYS, TRAY_AIDS, trayAccounts } from './issue.ts';
export { TRAY_PURSES, trayPurseAccounts } from './issue-purse.ts';
export { openTray } from './tray.ts';
