// Loaded into an API before its program: GET /api/users/:id becomes public, and is otherwise what it was. What the same
// route costs with a key is held against it.
import 'reflect-metadata';

const { loadEnvironment } = await import('../../dist/config/environment.js');
loadEnvironment();
const { Public } = await import('../../dist/http/access.decorators.js');
const { UsersController } = await import('../../dist/modules/users/users.controller.js');

const { prototype } = UsersController;
Public()(prototype, 'get', Object.getOwnPropertyDescriptor(prototype, 'get'));
