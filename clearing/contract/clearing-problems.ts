/**
 * Every refusal of the clearing API, by its stable code (docs/clearing-api.md). What a card or an account decides is no
 * problem but an answer.
 */
export const CLEARING_PROBLEMS = {
  'code-unknown': { status: 403, title: 'This enrolment code was not given out' },
  'code-expired': { status: 403, title: 'This enrolment code has expired' },
  'code-used': { status: 409, title: 'This enrolment code has been used' },
  'bad-signing-key': { status: 422, title: 'The signing key is no SM2 public key' },
  'previous-required': { status: 409, title: 'The terminal has an epoch that this request does not know of' },
  'previous-mismatch': { status: 409, title: 'The last epoch does not stand where the terminal says' },

  'bad-certificate-request': { status: 422, title: 'The certificate request is none, or of a key that is not taken' },
  'no-certificates': { status: 404, title: 'This host gives out no client certificates' },
  'certificate-required': { status: 401, title: 'The connection shows no client certificate of the terminal' },

  unauthenticated: { status: 401, title: 'The request is not signed by an enrolled terminal' },
  'epoch-closed': { status: 409, title: 'The terminal has been enrolled anew since' },
  'id-reused': { status: 422, title: 'This id belongs to another message' },

  reversed: { status: 409, title: 'This authorisation was reversed before it came' },
  inconsistent: { status: 422, title: 'Amount, date or purpose contradict the chip data' },
  'sealed-pan': { status: 422, title: 'The sealed PAN does not open, or is not that of the token' },
  'pin-block': { status: 422, title: 'The PIN block cannot be read with this key and format' },

  gap: { status: 409, title: 'Records are missing before this batch' },
  overlap: { status: 409, title: 'Some of these records are in an earlier batch' },
  fork: { status: 409, title: 'Other records were received under these sequences' },
  'wrong-count': { status: 422, title: 'The seal counts other records than the batch holds' },
  'wrong-total': { status: 409, title: 'The sealed total is not the sum of the records' },
  'chain-broken': { status: 409, title: 'The records do not lead to the sealed chain head' },
  'bad-seal': { status: 422, title: 'The seal is not signed by the terminal, or is of another terminal' },
  'bad-bundle': { status: 422, title: 'The bundle is not whole, or not signed by an enrolled terminal' },
  'batch-unknown': { status: 404, title: 'This terminal has sent no batch with this id' },
  'bad-cursor': { status: 400, title: 'The cursor was not given out by this list' },

  'debt-unknown': { status: 404, title: 'There is no debt with this id' },
  'debt-closed': { status: 409, title: 'This debt is not open any more' },
  'suspense-unknown': { status: 404, title: 'There is no claim with this id' },
  'suspense-settled': { status: 409, title: 'This claim has been settled by another decision' },
  'suspense-unpayable': { status: 409, title: 'Nobody can pay this claim: it can be rejected' },
  'list-too-long': { status: 422, title: 'The change is too long for one piece' },
  'version-unknown': { status: 409, title: 'The host never gave out this version of the list' },

  starting: { status: 503, title: 'The host is starting' },
  overloaded: { status: 503, title: 'The host has too much to do' },
  'database-unavailable': { status: 503, title: 'The host cannot reach its database' },
} as const;
