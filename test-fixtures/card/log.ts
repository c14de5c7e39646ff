import { hex } from '../../emv/values/index.ts';

/** Where the log of payments is read, and how many entries it keeps (9F4D). */
export const LOG_SFI = 11;
export const LOG_ENTRIES = 10;

/** 9F4F: 9A 9F21 9F02 9F03 9F1A 5F2A 9F4E 9C 9F36, 45 bytes an entry. */
export const LOG_FORMAT = hex('9A039F21039F02069F03069F1A025F2A029F4E149C019F3602');
