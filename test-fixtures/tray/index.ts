export { type CardsServer, startCardsServer } from './cards-server.ts';
export { type Tear, type TrayControl, trayControl } from './control.ts';
export type { Field } from './field.ts';
export { TEST_MASTER_KEYS, TEST_PIN, TRAY_AIDS, type TrayAccount, trayAccounts } from './issue.ts';
export { openTray, type Tray, type TrayListing } from './tray.ts';
