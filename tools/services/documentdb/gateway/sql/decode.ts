/** One row's columns in PostgreSQL's binary format; null is SQL's NULL. */
export type Row = readonly (Buffer | null)[];

/** A DataRow message's body. The columns are views of it. */
export function readRow(body: Buffer): Row {
  const columns: (Buffer | null)[] = [];
  let at = 2;
  for (let left = body.readInt16BE(0); left > 0; left -= 1) {
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

/** A boolean column. */
export function readBoolean(column: Buffer | null | undefined): boolean {
  return column?.[0] === 1;
}
