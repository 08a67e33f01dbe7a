import { section } from './section.js';
import { choice } from './variable.js';

export const appConfig = section('app', {
  environment: choice('NODE_ENV', ['development', 'test', 'production'], {
    default: 'development',
    description: 'What kind of run this is. production refuses missing secrets and hides the API docs.',
  }),
});
