/** One row's columns in PostgreSQL's binary format; null is SQL's NULL. */
export type Row = readonly (Buffer | null)[];

/** A DataRow message's body, which begins at `start`. The columns are views of it. */
export function readRow(body: Buffer, start: number): Row {
  const columns: (Buffer | null)[] = [];
  let at = start + 2;
  for (let left = body.readInt16BE(start); left > 0; left -= 1) {
    const length = body.readInt32BE(at);
    at += 4;
    if (length < 0) {
      columns.push(null);
    } else {
      columns.push(body.subarray(at, at + length));
      at += length;
    }
  }
  return columns;
}

/** The columns of a record that came as one column: each with its type before it. */
export function readRecord(record: Buffer): Row {
  const columns: (Buffer | null)[] = [];
  let at = 4;
  for (let left = record.readInt32BE(0); left > 0; left -= 1) {
    const length = record.readInt32BE(at + 4);
    at += 8;
    columns.push(length < 0 ? null : record.subarray(at, at + length));
    at += Math.max(length, 0);
  }
  return columns;
}

/** A boolean column. */
export function readBoolean(column: Buffer | null | undefined): boolean {
  return column?.[0] === 1;
}
