/** Where a record stands: SFI 1 to 30, record number 1 to 255. */
export interface RecordPlace {
  readonly sfi: number;
  readonly record: number;
}

/** A record as READ RECORD answers it, without status word. */
export interface CardRecord extends RecordPlace {
  readonly data: Uint8Array;
}
