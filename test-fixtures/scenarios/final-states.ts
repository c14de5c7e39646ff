/** The states in which a payment has ended, as the register API has them (docs/register-api.md). */
export const FINAL = ['approved', 'declined', 'cancelled', 'undecided', 'failed'];
