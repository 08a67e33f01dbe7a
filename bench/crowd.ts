import { MongoClient, ObjectId } from 'mongodb';

const batch = 2_000;
/** Two inserts on their way, so that the server never waits for the next one to be made. */
const inFlight = 2;
const names = ['Ada', 'Grace', 'Edsger', 'Barbara', 'Alan', 'Radia', 'Donald', 'Frances', 'Tony', 'Leslie'];

/**
 * Users written by the driver, as the API writes them, until there are so many in all: through the API 200,000 would take
 * an hour. Nobody can log in as one of them.
 */
export async function fillUsers(uri: string, until: number): Promise<void> {
  const client = await MongoClient.connect(uri);
  try {
    const db = client.db();
    const users = db.collection('users');
    const role = await db.collection('roles').findOne({ name: 'user' });
    if (role === null) throw new Error('the database has no roles yet');
    let next = await users.countDocuments({ isDeleted: false });
    const lane = async (): Promise<void> => {
      while (next < until) {
        const first = next;
        next = Math.min(until, next + batch);
        await users.insertMany(
          Array.from({ length: next - first }, (_, index) => userOf(first + index, role._id)),
          { ordered: false },
        );
      }
    };
    await Promise.all(Array.from({ length: inFlight }, lane));
  } finally {
    await client.close();
  }
}

function userOf(index: number, role: ObjectId): object {
  // One a minute, each a bit after the other: the order of the list has no ties.
  const at = new Date(Date.UTC(2024, 0, 1) + index * 60_000);
  return {
    _id: new ObjectId(),
    email: `crowd-${index}@example.com`,
    name: `${names[index % names.length]} Crowd ${index}`,
    age: 20 + (index % 50),
    status: 'active',
    roles: [role],
    passwordHash: null,
    passwordHistory: [],
    pendingEmail: null,
    previousEmail: null,
    profileImage: null,
    emailVerified: index % 2 === 0,
    lastLoginAt: null,
    revision: 1,
    isDeleted: false,
    deletedAt: null,
    createdAt: at,
    updatedAt: at,
  };
}
