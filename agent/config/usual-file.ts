/** Where the settings of an installed terminal are. */
export const USUAL_FILE = '/etc/jdpos/config.json';
