/** What pcscd asks polkit about a user. */
export const PCSC_ACTIONS = ['org.debian.pcsc-lite.access_pcsc', 'org.debian.pcsc-lite.access_card'] as const;

/** Where the rule goes. */
export const POLKIT_FILE = '/etc/polkit-1/rules.d/50-jdpos.rules';

/** Lets a user without a session, as a service has, use readers and cards: otherwise polkit's answer is no. In one line. */
export const polkitRule = (user: string): string =>
  `polkit.addRule(function (action, subject) { if ((${PCSC_ACTIONS.map((id) => `action.id == "${id}"`).join(' || ')}) ` +
  `&& subject.user == "${user}") return polkit.Result.YES; });`;
