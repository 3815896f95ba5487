/** stdout takes no more: its reader has gone, as head does when it has enough, or what it is written to is full. */
export class OutputError extends Error {
  override readonly name = 'OutputError';
  /** Nobody is left to go on for, which is no failure. */
  readonly isReaderGone: boolean;

  constructor(cause: NodeJS.ErrnoException) {
    super(`stdout cannot be written: ${cause.message}`, { cause });
    this.isReaderGone = cause.code === 'EPIPE';
  }
}
