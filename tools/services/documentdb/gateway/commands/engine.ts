import type { Document } from 'bson';
import { nameWriteErrors } from '../duplicates/write-errors.js';
import { nameRaisedDuplicate, SAVEPOINT } from '../duplicates/raised.js';
import type { Cursors } from '../cursors.js';
import { CommandError, failure, reply } from '../errors.js';
import type { Row } from '../sql/decode.js';
import { readBoolean, readRecord } from '../sql/decode.js';
import type { SqlValue, Statement } from '../sql/encode.js';
import type { EngineCommand, Work } from '../work.js';
import { retryId } from './retry-id.js';

const BSON = 'documentdb_core.bson';

function statement(name: string, text: string): Statement {
  return { name, text };
}

async function required(work: Work, what: Statement, values: readonly SqlValue[]): Promise<Row> {
  const row = await work.connection.run(what, values);
  if (row === null) throw new Error(`the engine answered nothing to ${what.name}`);
  return row;
}

/** What a function of several results answered. Asked for as one record it costs the engine a third less than as a row. */
async function record(work: Work, what: Statement, values: readonly SqlValue[]): Promise<Row> {
  return readRecord(await document(work, what, values));
}

async function document(work: Work, what: Statement, values: readonly SqlValue[]): Promise<Buffer> {
  const [answer] = await required(work, what, values);
  if (!answer) throw new Error(`the engine answered nothing to ${what.name}`);
  return answer;
}

/** insert, update, delete: (database, command, documents that came beside it, id of a retryable write). */
function write(name: string, sequence: string): EngineCommand {
  const what = statement(
    name,
    `select documentdb_api.${name}($1::text, $2::${BSON}, $3::${BSON}sequence, $4::text)`,
  );
  return async (work) => {
    const { request } = work;
    const beside = request.sequence;
    if (beside !== null && beside.name !== sequence) {
      throw failure(
        40415,
        'Location40415',
        `BSON field '${request.name}.${beside.name}' is an unknown field.`,
      );
    }
    if (beside !== null && beside.tooLarge >= 0) {
      throw failure(10334, 'BSONObjectTooLarge', `document ${beside.tooLarge} is larger than 16777216 bytes`);
    }
    const values = [
      request.database,
      request.body,
      beside?.documents ?? null,
      name === 'insert' ? null : retryId(request),
    ];
    const [result, success] = await record(work, what, values);
    if (!result) throw new Error(`the engine answered nothing to ${name}`);
    return readBoolean(success) ? result : nameWriteErrors(work, result);
  };
}

const FIND_AND_MODIFY = statement(
  'findandmodify',
  `select p_result from documentdb_api.find_and_modify($1::text, $2::${BSON}, $3::text)`,
);

const findAndModify: EngineCommand = async (work) => {
  const { request, connection } = work;
  // A failure is raised here; in a transaction its reason is then looked for, which needs a way back.
  if (request.inTransaction) connection.simple(`savepoint ${SAVEPOINT}`).catch(() => undefined);
  try {
    return await document(work, FIND_AND_MODIFY, [request.database, request.body, retryId(request)]);
  } catch (error) {
    throw await nameRaisedDuplicate(work, error);
  }
};

function pageStatement(name: string, fn: string): Statement {
  return statement(name, `select documentdb_api.${fn}($1::text, $2::${BSON})`);
}

/** find, for those that run it themselves: (database, command) -> a record whose first column is the page. */
export const FIND = pageStatement('find', 'find_cursor_first_page');

/** find, aggregate and lists: (database, command) -> a first page and, perhaps, a cursor. */
function page(cursors: Cursors, name: string, fn: string): EngineCommand {
  const what = pageStatement(name, fn);
  return async (work) => {
    const { database, body } = work.request;
    return cursors.firstPage(work, await record(work, what, [database, body]));
  };
}

/** Functions of (database, command) that answer one document. */
function call(name: string, expression: string, from = ''): EngineCommand {
  const what = statement(name, `select ${expression}${from}`);
  return (work) => document(work, what, [work.request.database, work.request.body]);
}

/** Functions of the command alone. */
function callGlobal(name: string, expression: string): EngineCommand {
  const what = statement(name, `select ${expression}`);
  return (work) => document(work, what, [work.request.body]);
}

/** Functions of database and collection. */
function callTarget(name: string, expression: string, answer: (found: boolean) => Document): EngineCommand {
  const what = statement(name, `select ${expression}`);
  return async (work) => {
    const [found] = await required(work, what, [work.request.database, work.request.target]);
    return reply(answer(readBoolean(found)));
  };
}

const CREATE_INDEXES = statement(
  'createindexes',
  `select documentdb_api_internal.create_indexes_non_concurrently($1::text, $2::${BSON}, true)`,
);

const createIndexes: EngineCommand = async (work) => {
  try {
    return await document(work, CREATE_INDEXES, [work.request.database, work.request.body]);
  } catch (error) {
    throw await nameRaisedDuplicate(work, error);
  }
};

const DROP_DATABASE = statement('dropdatabase', 'select documentdb_api.drop_database($1::text)');
const COLLECTION_STATS = statement('collstats', 'select documentdb_api.coll_stats($1::text, $2::text)');
const DATABASE_STATS = statement('dbstats', 'select documentdb_api.db_stats($1::text)');

/** What the engine does, by lower-case name. */
export function engineCommands(cursors: Cursors): ReadonlyMap<string, EngineCommand> {
  return new Map<string, EngineCommand>([
    ['insert', write('insert', 'documents')],
    ['update', write('update', 'updates')],
    ['delete', write('delete', 'deletes')],
    ['findandmodify', findAndModify],
    ['find', page(cursors, 'find', 'find_cursor_first_page')],
    ['aggregate', page(cursors, 'aggregate', 'aggregate_cursor_first_page')],
    ['listcollections', page(cursors, 'listcollections', 'list_collections_cursor_first_page')],
    ['listindexes', page(cursors, 'listindexes', 'list_indexes_cursor_first_page')],
    ['count', call('count', 'document', ` from documentdb_api.count_query($1::text, $2::${BSON})`)],
    ['distinct', call('distinct', 'document', ` from documentdb_api.distinct_query($1::text, $2::${BSON})`)],
    ['validate', call('validate', 'document', ` from documentdb_api.validate($1::text, $2::${BSON})`)],
    ['create', call('create', `documentdb_api.create_collection_view($1::text, $2::${BSON})`)],
    ['createindexes', createIndexes],
    [
      'dropindexes',
      call('dropindexes', `documentdb_api_internal.drop_indexes_non_concurrently($1::text, $2::${BSON})`),
    ],
    ['listdatabases', callGlobal('listdatabases', `documentdb_api.list_databases($1::${BSON})`)],
    ['renamecollection', callGlobal('renamecollection', `documentdb_api.rename_collection($1::${BSON})`)],
    ['currentop', callGlobal('currentop', `documentdb_api.current_op_command($1::${BSON})`)],
    ['drop', callTarget('drop', 'documentdb_api.drop_collection($1::text, $2::text)', dropped)],
    ['collmod', collMod],
    ['collstats', (work) => document(work, COLLECTION_STATS, [work.request.database, work.request.target])],
    ['dbstats', (work) => document(work, DATABASE_STATS, [work.request.database])],
    ['dropdatabase', dropDatabase],
  ]);
}

const COLL_MOD = statement('collmod', `select documentdb_api.coll_mod($1::text, $2::text, $3::${BSON})`);

function collMod(work: Work): Promise<Buffer> {
  const { database, target, body } = work.request;
  return document(work, COLL_MOD, [database, target, body]);
}

async function dropDatabase(work: Work): Promise<Buffer> {
  const { database } = work.request;
  await work.connection.run(DROP_DATABASE, [database]);
  return reply({ dropped: database, ok: 1 });
}

function dropped(found: boolean): Document {
  if (found) return { ok: 1 };
  throw new CommandError({ code: 26, codeName: 'NamespaceNotFound' }, 'ns not found');
}
