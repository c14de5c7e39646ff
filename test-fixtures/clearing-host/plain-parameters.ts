/** What a host tells its terminals where a test is not about it: one application, and a CA key that is none. */
export const PLAIN_PARAMETERS = {
  rules: {
    countryCode: '0156',
    terminalType: '22',
    capabilities: 'E0E9C8',
    onlinePin: true,
    signature: true,
    statusCheck: false,
  },
  applications: [{ aid: 'A000000333010101', partialSelection: true, version: '0030' }],
  caKeys: [{ algorithm: 'rsa' as const, rid: 'A000000333', index: 241, modulus: 'AB'.repeat(128), exponent: '03' }],
};
