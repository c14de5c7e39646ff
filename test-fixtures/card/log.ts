import { hex } from '../../emv/values/index.ts';

/** Where the log of payments is read, and how many entries it keeps (9F4D). */
export const LOG_SFI = 11;
export const LOG_ENTRIES = 10;

/** 9F4F: 9A 9F21 9F02 9F03 9F1A 5F2A 9F4E 9C 9F36, 45 bytes an entry. */
export const LOG_FORMAT = hex('9A039F21039F02069F03069F1A025F2A029F4E149C019F3602');

/** Where the log of loads (圈存) is read (DF4D); it keeps as many entries. */
export const LOAD_LOG_SFI = 12;

/** DF4F: 9A 9F21 9F1A 9F4E 9F36, 30 bytes; tag and balance before and after (14 bytes) stand before it. */
export const LOAD_LOG_FORMAT = hex('9A039F21039F1A029F4E149F3602');
